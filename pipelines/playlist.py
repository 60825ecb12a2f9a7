#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""Plays clips one after the other without a gap, each with its own masks.

Example:
  playlist.py first.mp4 first.npz second.mp4 second.npz draw=contour+label
"""
import os

from gstmasks.arguments import plain_parser
from gstmasks.gst import Gst, Problem, make
from gstmasks.media import look_at
from gstmasks.overlay import Overlay
from gstmasks.run import play_to_end, run


class Playlist:
    """A playbin3 whose masks change with its clip.

    playbin3 asks for the next clip while frames of the current one are still on their way. So the masks must not change
    together with the URI, but when the new stream reaches the element.
    """

    def __init__(self, clips, overlays, sink):
        self.clips, self.overlays = clips, overlays
        self.opened = self.shown = 0  # positions in the lists
        self.stream = None
        self.reader = None
        self.filter = overlays[0].apply(make("sam2overlay"))
        self.filter.get_static_pad("sink").add_probe(Gst.PadProbeType.EVENT_DOWNSTREAM, self.on_event)
        self.player = make("playbin3", uri=self.uri(0))
        self.player.set_property("video-filter", self.filter)
        self.player.set_property("video-sink", Gst.parse_bin_from_description(sink, True))
        self.player.connect("about-to-finish", self.on_about_to_finish)

    def uri(self, index):
        return Gst.filename_to_uri(os.path.abspath(self.clips[index]))

    def on_about_to_finish(self, player):
        if self.opened + 1 == len(self.clips):
            return
        self.opened += 1
        player.set_property("uri", self.uri(self.opened))
        # Elements share the masks of a file, so this one reads them ahead.
        self.stop_reading()
        self.reader = self.overlays[self.opened].apply(make("sam2overlay"))
        self.reader.set_state(Gst.State.PAUSED)

    def on_event(self, _, info):
        event = info.get_event()
        if event.type == Gst.EventType.STREAM_START:
            # The same event may come again, and a clip that comes again has the same id in another group.
            before, self.stream = self.stream, (event.parse_stream_start(), event.parse_group_id())
            if before is not None and before != self.stream:
                self.show_next_masks()
        return Gst.PadProbeReturn.OK

    def show_next_masks(self):
        """Runs between the last frame of a clip and the first one of the next."""
        self.shown += 1
        # The masks of the clip before must not stay until the new ones are read.
        self.filter.set_property("location", None)
        self.filter.set_property("location", self.overlays[self.shown].npz)

    def stop_reading(self):
        if self.reader is not None:
            self.reader.set_state(Gst.State.NULL)


def main():
    parser = plain_parser(__doc__)
    parser.add_argument("words", metavar="WORD", nargs="+", help="CLIP NPZ CLIP NPZ ... PROPERTY=VALUE ...")
    parser.add_argument(
        "--sink", default=os.environ.get("SINK") or "autovideosink", help="video sink (default: SINK, else a window)"
    )
    options = parser.parse_intermixed_args()
    settings = [word for word in options.words if "=" in word and not os.path.exists(word)]
    files = [word for word in options.words if word not in settings]
    if len(files) % 2:
        raise Problem(f"{files[-1]} has no masks: expected CLIP NPZ CLIP NPZ ...")
    if not files:
        raise Problem("expected CLIP NPZ CLIP NPZ ...")
    clips = files[0::2]
    duration = sum(look_at(clip).duration for clip in clips)
    overlays = [Overlay(npz, settings) for npz in files[1::2]]
    playlist = Playlist(clips, overlays, f"videoflip video-direction=auto ! videoconvert ! {options.sink}")
    if options.sink == "fakesink":
        # No sound: a device that is not there is not looked for.
        playlist.player.set_property("audio-sink", make("fakesink"))
    play_to_end(playlist.player, duration, f"{len(clips)} clips", at_end=playlist.stop_reading)


run(main)
