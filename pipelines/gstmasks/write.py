# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""Writes a clip with masks into a new file: video encoded again, all other streams kept."""
import contextlib
import os

from .gst import GLib, Gst, Problem, make
from .media import look_at
from .run import play_to_end

# H.264 of quality 20 (lower is better; x264's own default is 23), and VP9 of about the same. Without B-frames: with
# them, mp4mux cuts the last frames of a clip of varying rate off, since its edit list ends with the decoding times.
H264 = "x264enc bframes=0 pass=qual quantizer=20 speed-preset=fast ! video/x-h264,profile=high ! h264parse"
VP9 = "vp9enc deadline=1 cpu-used=5 row-mt=true end-usage=cq cq-level=24 target-bitrate=20000000"
AAC, OPUS = "avenc_aac bitrate=192000 ! aacparse", "opusenc bitrate=160000"
# Suffix: muxer, video encoder, audio encoder for streams that the muxer does not take.
CONTAINERS = {
    ".mp4": ("mp4mux", H264, AAC),
    ".mov": ("qtmux", H264, AAC),
    ".mkv": ("matroskamux", H264, OPUS),
    ".webm": ("webmmux", VP9, OPUS),
}
# Streams wait for the encoder's look-ahead and for each other: by time, not by size.
QUEUE = "queue max-size-buffers=0 max-size-bytes=0 max-size-time=30000000000"

LAYOUTS = {
    "masks-on-clip": "{overlay}",
    "side-by-side": (
        "tee name=both compositor name=mix {background} sink_0::xpos=0 sink_1::xpos={width} "
        "both. ! queue ! mix.sink_0 both. ! queue ! {overlay} ! mix.sink_1 mix. ! video/x-raw{rate}"
    ),
    "picture-in-picture": (
        "tee name=both compositor name=mix {background} sink_1::width={small_width} sink_1::height={small_height} "
        "sink_1::xpos={small_x} sink_1::ypos={small_y} "
        "both. ! queue ! {overlay} ! mix.sink_0 both. ! queue ! mix.sink_1 mix. ! video/x-raw{rate}"
    ),
    "masks-only": "videobalance contrast=0 brightness=-1 saturation=0 ! {overlay}",
    "cut-out": "videoconvert ! video/x-raw,format=AYUV ! {overlay}",
}
# ProRes 4444 keeps what is transparent.
ALPHA_FORMAT, ALPHA_ENCODER = "A444_10LE", "avenc_prores_ks"


@contextlib.contextmanager
def finished_or_nothing(path):
    """Gives a name beside `path`. The file gets its own name only when the block ends without an exception."""
    folder, name = os.path.split(os.path.abspath(path))
    if not os.access(folder, os.W_OK):
        raise Problem(f"{path}: cannot be written there")
    part = os.path.join(folder, f".{os.getpid()}.part.{name}")
    try:
        yield part
        os.replace(part, path)
    finally:
        if os.path.exists(part):
            os.unlink(part)


def write_clip(clip, overlay, out, layout="masks-on-clip"):
    """Writes the clip with masks. Returns notes about what could not be kept, and the number of frames with masks.

    overlay: an Overlay. out: a name that ends in .mp4, .mov, .mkv or .webm. layout: a key of LAYOUTS.
    Frames keep their times. Frames of turned video are turned upright, since not every muxer writes the tag.
    Errors: Problem; Interrupted. `out` then is as it was.
    """
    suffix = os.path.splitext(out)[1].lower()
    if suffix not in CONTAINERS:
        raise Problem(f"{out}: expected a name that ends in {', '.join(CONTAINERS)}")
    if layout == "cut-out" and suffix != ".mov":
        raise Problem(f"{out}: expected a name that ends in .mov, the only one of these that keeps transparency here")
    if os.path.exists(out) and os.path.samefile(clip, out):
        raise Problem(f"{out}: is the clip itself")
    media = look_at(clip)
    with finished_or_nothing(out) as part:
        writer = ClipWriter(media, overlay, CONTAINERS[suffix], layout)
        writer.source.set_property("location", clip)
        writer.sink.set_property("location", part)
        play_to_end(writer.pipeline, media.duration, os.path.basename(out), writer.count)
    return writer.notes, writer.rendered


class ClipWriter:
    """parsebin gives the clip's streams without decoding them. Video is decoded, masked and encoded; the others go to
    the muxer as they are, or are encoded again where it does not take them.
    """

    def __init__(self, media, overlay, container, layout):
        muxer, self.video_encoder, self.audio_encoder = container
        self.format = "I420"
        if layout == "cut-out":
            self.format, self.video_encoder = ALPHA_FORMAT, ALPHA_ENCODER
        self.media, self.overlay, self.layout, self.notes = media, overlay, layout, []
        self.has_video, self.element, self.rendered = False, None, 0
        self.pipeline = Gst.Pipeline.new()
        self.source, self.parser = make("filesrc"), make("parsebin")
        self.muxer = make(muxer)
        if self.muxer.find_property("faststart") is not None:
            self.muxer.set_property("faststart", True)
        self.sink = make("filesink")
        for element in (self.source, self.parser, self.muxer, self.sink):
            self.pipeline.add(element)
        self.source.link(self.parser)
        self.muxer.link(self.sink)
        self.parser.connect("pad-added", lambda _, pad: self._on_pad(pad))

    def count(self):
        """Counts the frames on which masks were drawn, while the element still knows."""
        if self.element is not None:
            self.rendered = self.element.get_property("stats").get_uint64("rendered")[1]

    def _on_pad(self, pad):
        try:
            self._take(pad).sync_state_with_parent()
        except (Problem, GLib.Error) as error:
            message = Gst.Message.new_error(self.pipeline, GLib.Error(str(error)), "")
            self.pipeline.post_message(message)

    def _take(self, pad):
        caps = pad.get_current_caps() or pad.query_caps(None)
        name = caps[0].get_name()
        kind = "video" if name == "image/jpeg" else name.split("/")[0]
        if kind == "video" and not self.has_video:
            self.has_video = True
            part = self._add(pad, f"decodebin ! {self._picture()} ! {self.video_encoder}", "video_%u")
            self.element = self.overlay.apply(part.get_by_name("overlay"))
            return part
        if self._muxer_takes(caps):
            part = self._add(pad, "identity", {"video": "video_%u", "audio": "audio_%u"}.get(kind, "subtitle_%u"))
            if kind not in ("video", "audio") and self.muxer.find_property("faststart") is not None:
                part.get_static_pad("src").add_probe(Gst.PadProbeType.BUFFER, begin_subtitles)
            return part
        if kind == "audio":
            return self._add(pad, f"decodebin ! audioconvert ! audioresample ! {self.audio_encoder}", "audio_%u")
        self.notes.append(
            f"a stream of {name} was left out, because {self.muxer.get_factory().get_name()} does not take it"
        )
        return self._add(pad, "identity", None)

    def _muxer_takes(self, caps):
        templates = [
            t for t in self.muxer.get_factory().get_static_pad_templates() if t.direction == Gst.PadDirection.SINK
        ]
        return any(caps.is_subset(template.get_caps()) for template in templates)

    def _picture(self):
        """The launch line from decoded frames to frames for the encoder."""
        numbers = {
            "width": self.media.width,
            "background": "background=black",
            "rate": ",framerate={}/{}".format(*self.media.rate) if self.media.rate[0] else "",
        }
        numbers.update(small_width=self.media.width // 4, small_height=self.media.height // 4)
        numbers.update(
            small_x=self.media.width - self.media.width // 4 - 16,
            small_y=self.media.height - self.media.height // 4 - 16,
        )
        flow = LAYOUTS[self.layout].format(overlay="sam2overlay name=overlay", **numbers)
        flip = "videoflip video-direction=auto ! " if self.media.is_turned() else ""
        # 4:2:0 has no odd sizes.
        width = 2 * self.media.width if self.layout == "side-by-side" else self.media.width
        crop = (
            f"videocrop right={width % 2} bottom={self.media.height % 2} ! " if (width | self.media.height) % 2 else ""
        )
        return f"{flow} ! {crop}{flip}videoconvert ! video/x-raw,format={self.format}"

    def _add(self, pad, description, target):
        """Puts a part between the parser's pad and the muxer; a target of None leads nowhere."""
        part = Gst.parse_bin_from_description(f"{QUEUE} name=first ! {description} ! {QUEUE} name=last", False)
        for name, element in (("sink", "first"), ("src", "last")):
            part.add_pad(Gst.GhostPad.new(name, part.get_by_name(element).get_static_pad(name)))
        self.pipeline.add(part)
        if target is None:
            end = make("fakesink", sync="false", async_="false")
            self.pipeline.add(end)
            end.sync_state_with_parent()
            part.get_static_pad("src").link(end.get_static_pad("sink"))
        else:
            part.get_static_pad("src").link(self.muxer.request_pad_simple(target))
        pad.link(part.get_static_pad("sink"))
        return part


def begin_subtitles(pad, info):
    """Puts an empty text before the first one, from the start on. Where a track begins later, mp4mux writes an edit
    list that takes as much from the track's end.
    """
    first = info.get_buffer()
    segment = pad.get_sticky_event(Gst.EventType.SEGMENT, 0)
    start = segment.parse_segment().start if segment is not None else 0
    if first.pts != Gst.CLOCK_TIME_NONE and first.pts > start:
        nothing = Gst.Buffer.new()
        nothing.pts, nothing.dts, nothing.duration = start, start, first.pts - start
        pad.push(nothing)
    return Gst.PadProbeReturn.REMOVE
