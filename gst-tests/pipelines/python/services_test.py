# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""Masks on their way to other programs and machines: RTSP, WebRTC, HLS, and players with their lists. Every frame that
arrives says by its mark whether the mask is its own."""
import os
import re
import socket
import sys

import checks
import marked_clip
from marked_clip import FRAMES, RATE

RAW = "video/x-raw,format=RGB"


def cookbook_line(title):
    """The launch line below a title of the cookbook."""
    with open(os.path.join(checks.ROOT, "pipelines", "README.md"), encoding="utf-8") as file:
        section = file.read().split(f"### {title}\n")[1].split("\n### ")[0]
    return re.search(r"^```\w*\n(.*?)^```", section, re.M | re.S).group(1)


class Client:
    """Plays an RTSP address, and counts in frames where it is."""

    def __init__(self, case, url):
        from gstmasks.gst import Gst

        self.case, self.gst = case, Gst
        self.pipeline = Gst.parse_launch(
            # A pause loses packets that are on their way.
            f"rtspsrc location={url} protocols=tcp latency=0 ! rtph264depay wait-for-keyframe=true ! "
            f"avdec_h264 output-corrupt=false ! videoconvert ! {RAW} ! "
            "appsink name=frames sync=false async=false max-buffers=1000"
        )
        self.frames = self.pipeline.get_by_name("frames")
        case.addCleanup(self.pipeline.set_state, Gst.State.NULL)
        self.play()

    def play(self):
        self.pipeline.set_state(self.gst.State.PLAYING)

    def pause(self):
        """Returns the frames that came before the pause."""
        self.pipeline.set_state(self.gst.State.PAUSED)
        self.pipeline.get_state(5 * self.gst.SECOND)
        return self.numbers(wait=300)

    def seek(self, frame):
        is_done = self.pipeline.seek_simple(
            self.gst.Format.TIME, self.gst.SeekFlags.FLUSH, frame * self.gst.SECOND // RATE
        )
        self.case.assertTrue(is_done)

    def numbers(self, count=10**6, wait=20000):
        """The next frames that come, each with its own mask. wait: ms for each of them."""
        pictures = []
        while len(pictures) < count:
            sample = self.frames.emit("try-pull-sample", wait * self.gst.MSECOND)
            if sample is None:
                break
            buffer = sample.get_buffer()
            pictures.append(marked_clip.pictures_of(buffer.extract_dup(0, buffer.get_size()))[0])
        return marked_clip.check(self.case, pictures)


class Services(checks.Case):
    @classmethod
    def setUpClass(cls):
        checks.need("ffmpeg")
        cls.data = cls.enterClassContext(__import__("tempfile").TemporaryDirectory(prefix="sam2-"))
        cls.clip, cls.npz = os.path.join(cls.data, "clip.mp4"), os.path.join(cls.data, "clip.npz")
        marked_clip.make(cls.clip, cls.npz)
        cls.long, cls.long_npz = os.path.join(cls.data, "long.mp4"), os.path.join(cls.data, "long.npz")
        marked_clip.make(cls.long, cls.long_npz, frames=marked_clip.MOST_FRAMES)
        # The other clip has a white mark, and its masks elsewhere.
        cls.other, cls.other_npz = os.path.join(cls.data, "other.mp4"), os.path.join(cls.data, "other.npz")
        marked_clip.make(cls.other, cls.other_npz, mark=marked_clip.WHITE, top=4)
        sys.path.insert(0, os.path.join(checks.ROOT, "pipelines"))

    def serve(self, *options):
        """Address of an RTSP server."""
        try:
            import gi

            gi.require_version("GstRtspServer", "1.0")
        except (ImportError, ValueError):
            self.skipTest("GstRtspServer is not installed; Debian: gir1.2-gst-rtsp-server-1.0")
        server = self.start_program(
            os.path.join(checks.ROOT, "pipelines/rtsp.py"),
            self.long,
            self.long_npz,
            "--port",
            "0",
            *options,
            *marked_clip.LOOK,
            stdout=-1,
            text=True,
        )
        url = server.stdout.readline().strip()
        self.assertRegex(url, r"^rtsp://127\.0\.0\.1:\d+/masks$")
        with socket.socket() as other:
            other.connect(("127.0.0.1", int(url.split(":")[2].split("/")[0])))
        return url

    def test_two_rtsp_clients_see_the_same_picture_with_its_masks(self):
        url = self.serve()
        first = Client(self, url)
        seen = first.numbers(5)
        second = Client(self, url)
        also_seen = second.numbers(5)
        while seen[-1] < also_seen[-1]:
            seen += first.numbers(1)
        self.assertEqual(seen, list(range(seen[0], seen[0] + len(seen))))
        # As of a camera: who comes later has missed the begin.
        self.assertGreater(also_seen[0], 4)
        self.assertEqual(also_seen, seen[-5:])

    def test_rtsp_clients_pause_and_seek_for_themselves(self):
        url = self.serve("--on-demand")
        first, second = Client(self, url), Client(self, url)
        seen = first.numbers(5) + first.pause()
        self.assertEqual(second.numbers(25), list(range(25)))
        first.play()
        later = first.numbers(20)
        self.assertEqual(seen, list(range(len(seen))))
        # Some frames may be lost until the next key frame.
        self.assertEqual(seen + later, sorted(set(seen + later)))
        self.assertEqual(later[10:], list(range(later[10], later[10] + 10)))
        self.assertLess(later[-1], len(seen) + 60)
        first.seek(120)
        after = first.numbers(10)
        # A server goes to the key frame before.
        self.assertIn(after[0], range(105, 121))
        self.assertEqual(after, list(range(after[0], after[0] + 10)))

    def test_webrtc_brings_every_mask_on_its_frame(self):
        checks.need_elements("webrtcbin", "nicesink", "vp8enc")
        try:
            import gi

            gi.require_version("GstWebRTC", "1.0")
        except (ImportError, ValueError):
            self.skipTest("GstWebRTC is not installed; Debian: gir1.2-gst-plugins-bad-1.0")
        self.run_script("webrtc.py", self.clip, self.npz, "--save", self.path("out.webm"), *marked_clip.LOOK)
        numbers = marked_clip.check(self, marked_clip.decode(self.path("out.webm")))
        self.assertEqual(numbers, sorted(numbers))
        self.assertGreater(len(numbers), FRAMES * 3 // 4)

    def test_hls_segments_have_every_frame_with_its_mask(self):
        os.symlink(self.clip, self.path("clip.mp4"))
        os.symlink(self.npz, self.path("clip.npz"))
        line = cookbook_line("Segments for HLS").replace("clip.npz", "clip.npz " + " ".join(marked_clip.LOOK))
        self.run_program("bash", "-c", line, cwd=self.folder)
        with open(self.path("clip.m3u8"), encoding="ascii") as file:
            self.assertGreater(file.read().count(".ts\n"), 1)
        self.assertEqual(marked_clip.check(self, marked_clip.decode(self.path("clip.m3u8"))), list(range(FRAMES)))

    def test_clips_of_a_playlist_have_their_own_masks(self):
        out = self.path("frames.rgb")
        files = [self.clip, self.npz, self.other, self.other_npz] * 2
        sink = f"{RAW} ! filesink location={out}"
        self.assertEqual(self.run_script("playlist.py", *files, *marked_clip.LOOK, "--sink", sink), "")
        self.assertEqual(self.errors, "")
        with open(out, "rb") as file:
            pictures = marked_clip.pictures_of(file.read())
        self.assertEqual(len(pictures), 4 * FRAMES)
        for k in range(4):
            mark, top = [(marked_clip.BLACK, 40), (marked_clip.WHITE, 4)][k % 2]
            part = pictures[k * FRAMES : (k + 1) * FRAMES]
            self.assertEqual(marked_clip.check(self, part, mark, top), list(range(FRAMES)))
        self.run_script("playlist.py", *files[:3], expect=1)
        self.assertIn("other.mp4 has no masks", self.errors)

    def test_gst_play_draws_the_masks_before_its_sink(self):
        os.symlink(self.clip, self.path("clip.mp4"))
        os.symlink(self.npz, self.path("clip.npz"))
        line = cookbook_line("In gst-play-1.0").replace("clip.npz", "clip.npz " + " ".join(marked_clip.LOOK))
        line = line.replace("autovideosink", f"{RAW} ! filesink location=frames.rgb")
        self.run_program("bash", "-c", line, cwd=self.folder)
        with open(self.path("frames.rgb"), "rb") as file:
            self.assertEqual(marked_clip.check(self, marked_clip.pictures_of(file.read())), list(range(FRAMES)))


checks.main()
