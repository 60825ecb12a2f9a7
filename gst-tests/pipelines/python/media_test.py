# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""Pipelines that people need: written video of each kind, snapshots, tracks, a camera."""
import csv
import glob
import os
import signal
import subprocess
import time

import numpy as np

import checks

WIDTH, HEIGHT, FRAMES = 160, 120, 45
SUBTITLES = "1\n00:00:00,200 --> 00:00:00,600\nfirst\n\n2\n00:00:00,800 --> 00:00:01,300\nsecond\n"


def mask(frame):
    """bool (HEIGHT, WIDTH): a square that moves by two pixels a frame."""
    plane = np.zeros((HEIGHT, WIDTH), bool)
    plane[40:80, 2 * frame : 2 * frame + 40] = True
    return plane


class Media(checks.Case):
    @classmethod
    def setUpClass(cls):
        """A clip of a grey picture with sound and subtitles, and its masks."""
        checks.need("ffmpeg", "ffprobe")
        cls.data = cls.enterClassContext(__import__("tempfile").TemporaryDirectory(prefix="sam2-"))
        cls.clip, cls.npz = os.path.join(cls.data, "clip.mp4"), os.path.join(cls.data, "clip.npz")
        plain = os.path.join(cls.data, "plain.mp4")
        subprocess.run(
            f"gst-launch-1.0 -q videotestsrc num-buffers={FRAMES} pattern=gray foreground-color=0xff808080 ! "
            f"video/x-raw,format=I420,width={WIDTH},height={HEIGHT},framerate=30000/1001 ! x264enc ! h264parse ! "
            f"mp4mux name=mux ! filesink location={plain} audiotestsrc num-buffers=66 ! audio/x-raw,rate=44100 ! "
            "avenc_aac ! aacparse ! mux.".replace(
                "pattern=gray foreground-color", "pattern=solid-color foreground-color"
            ),
            shell=True,
            check=True,
        )
        with open(os.path.join(cls.data, "words.srt"), "w", encoding="ascii") as file:
            file.write(SUBTITLES)
        cls.ffmpeg(
            "-i",
            plain,
            "-i",
            os.path.join(cls.data, "words.srt"),
            "-map",
            "0",
            "-map",
            "1",
            "-c",
            "copy",
            "-c:s",
            "mov_text",
            cls.clip,
        )
        np.savez_compressed(
            cls.npz,
            masks=np.stack([mask(t) for t in range(FRAMES)])[:, None],
            object_ids=[1],
            frame_indices=np.arange(FRAMES),
            fps=30000 / 1001,
        )

    @classmethod
    def ffmpeg(cls, *arguments):
        subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *arguments], check=True)

    def streams(self, path):
        """{kind: codec}"""
        text = self.run_program(
            "ffprobe", "-v", "error", "-show_entries", "stream=codec_type,codec_name", "-of", "csv=p=0", path
        )
        return {line.split(",")[1]: line.split(",")[0] for line in text.split()}

    def frames(self, path, width=WIDTH, height=HEIGHT):
        """uint8 (frames, height, width, 3), RGB, as ffmpeg shows them."""
        return checks.decode(path, "-pix_fmt", "rgb24").reshape(-1, height, width, 3)

    def times(self, path):
        text = self.run_program(
            "ffprobe",
            "-v",
            "error",
            "-select_streams",
            "v:0",
            "-show_entries",
            "frame=pts_time",
            "-of",
            "csv=p=0",
            path,
        )
        return np.array([float(word.rstrip(",")) for word in text.split()])

    def assert_masked(self, pictures, expected):
        """Pixels that are not grey are those of the masks, but for a rim that encoders blur."""
        for frame, plane in enumerate(expected):
            changed = (
                np.abs(pictures[frame].astype(int) - pictures[frame].mean(axis=-1, keepdims=True)).max(axis=-1) > 25
            )
            self.assertLess((changed != plane).mean(), 0.02, f"frame {frame}")

    def test_write_keeps_frames_times_sound_and_subtitles(self):
        before = self.streams(self.clip)
        for suffix, audio in ((".mp4", "aac"), (".mov", "aac"), (".mkv", "aac"), (".webm", "opus")):
            out = self.path("out" + suffix)
            self.assertEqual(self.run_script("write.py", self.clip, self.npz, out, "draw=fill", "opacity=1"), "")
            self.assertEqual(self.errors, "")
            self.assertEqual(set(self.streams(out)), set(before), suffix)
            self.assertEqual(self.streams(out)["audio"], audio)
            np.testing.assert_allclose(self.times(out), np.arange(FRAMES) * 1001 / 30000, atol=0.0011)
            self.assert_masked(self.frames(out), [mask(t) for t in range(FRAMES)])
            self.ffmpeg("-copyts", "-i", out, self.path("words.srt"))
            with open(self.path("words.srt"), encoding="utf-8") as file:
                words = file.read()
            for line in ("00:00:00,200 --> 00:00:00,600", "00:00:00,800 --> 00:00:01,300", "first", "second"):
                self.assertIn(line, words, suffix)

    def test_sound_is_copied_bit_by_bit_where_the_container_takes_it(self):
        self.run_script("write.py", self.clip, self.npz, self.path("out.mp4"))
        sums = []
        for path in (self.clip, self.path("out.mp4")):
            sums.append(
                self.run_program(
                    "ffmpeg", "-nostdin", "-v", "error", "-i", path, "-map", "0:a", "-c", "copy", "-f", "md5", "-"
                )
            )
        self.assertEqual(sums[0], sums[1])

    def test_the_picture_is_420_whatever_the_clip_is(self):
        clip = checks.make_video(
            self.path("clip.mkv"),
            WIDTH,
            HEIGHT,
            encoder=("videoconvert ! video/x-raw,format=Y444 ! x264enc ! h264parse ! matroskamux"),
        )
        self.run_script("write.py", clip, self.npz, self.path("out.mp4"))
        formats = self.run_program(
            "ffprobe", "-v", "error", "-show_entries", "stream=pix_fmt", "-of", "csv=p=0", self.path("out.mp4")
        )
        self.assertEqual(formats.strip(), "yuv420p")

    def test_a_clip_of_odd_size_and_of_varying_rate(self):
        subprocess.run(
            f"gst-launch-1.0 -q videotestsrc num-buffers=1 ! video/x-raw,width=63,height=47 ! pngenc ! filesink location={self.path('p.png')}",
            shell=True,
            check=True,
        )
        subprocess.run(
            f"ffmpeg -nostdin -v error -y -framerate 25 -loop 1 -t 1 -i {self.path('p.png')} -vf select='not(mod(n\\,3))+lt(n\\,6)' "
            f"-fps_mode vfr -c:v ffv1 {self.path('vfr.mkv')}",
            shell=True,
            check=True,
        )
        self.run_script("write.py", self.path("vfr.mkv"), self.npz, self.path("out.mp4"))
        np.testing.assert_allclose(self.times(self.path("out.mp4")), self.times(self.path("vfr.mkv")), atol=0.002)

    def test_turned_clips_come_out_upright(self):
        turned = self.path("turned.mp4")
        self.ffmpeg("-i", self.clip, "-map", "0:v", "-c", "copy", "-metadata:s:v", "rotate=90", turned)
        upright = np.stack([np.rot90(mask(t), 1) for t in range(FRAMES)])[:, None]
        if self.frames(turned, HEIGHT, WIDTH).shape[0] != FRAMES:
            self.fail("ffmpeg does not turn the clip")
        np.savez_compressed(
            self.path("upright.npz"), masks=upright, object_ids=[1], frame_indices=np.arange(FRAMES), fps=30000 / 1001
        )
        self.run_script("write.py", turned, self.path("upright.npz"), self.path("out.mp4"), "draw=fill", "opacity=1")
        self.assert_masked(self.frames(self.path("out.mp4"), HEIGHT, WIDTH), upright[:, 0])

    def test_an_interrupted_run_leaves_no_file(self):
        long = checks.make_video(self.path("long.mkv"), 320, 240, frames=1500, encoder="jpegenc ! matroskamux")
        with open(self.path("out.mp4"), "w", encoding="ascii") as file:
            file.write("what was there")
        for number in (signal.SIGINT, signal.SIGTERM):
            process = subprocess.Popen(
                [os.path.join(checks.ROOT, "pipelines/write.py"), long, self.npz, self.path("out.mp4")],
                stderr=subprocess.PIPE,
                text=True,
            )
            while not glob.glob(self.path(".*.part.out.mp4")):
                self.assertIsNone(process.poll())
                time.sleep(0.05)
            process.send_signal(number)
            self.assertEqual((process.communicate()[1], process.returncode), ("write.py: interrupted\n", 128 + number))
            self.assertEqual(sorted(os.listdir(self.folder)), ["long.mkv", "out.mp4"])
        with open(self.path("out.mp4"), encoding="ascii") as file:
            self.assertEqual(file.read(), "what was there")

    def test_errors_are_one_line_and_leave_no_file(self):
        broken = self.path("broken.mp4")
        with open(broken, "wb") as file:
            file.write(b"no video" * 100)
        out = self.path("out.mp4")
        for arguments, words in (
            ((self.clip, "none.npz", out), "none.npz: no such file"),
            (("none.mp4", self.npz, out), "none.mp4: no such file"),
            ((broken, self.npz, out), "broken.mp4"),
            ((self.clip, broken, out), "broken.mp4"),
            ((self.clip, self.npz, self.path("out.avi")), "ends in .mp4"),
            ((self.clip, self.npz, out, "colour=red"), "expected PROPERTY=VALUE"),
            ((self.clip, self.npz, self.clip), "is the clip itself"),
            ((self.clip, self.npz, "/nowhere/out.mp4"), "cannot be written there"),
        ):
            self.run_script("write.py", *arguments, expect=1)
            self.assertIn(words, self.errors)
            self.assertEqual(self.errors.count("\n"), 1, self.errors)
        self.assertEqual(os.listdir(self.folder), ["broken.mp4"])

    def test_no_mask_at_all_is_an_error(self):
        np.savez(
            self.path("empty.npz"), masks=np.zeros((3, 1, HEIGHT, WIDTH), bool), object_ids=[1], frame_indices=[0, 1, 2]
        )
        self.run_script("write.py", self.clip, self.path("empty.npz"), self.path("out.mp4"), expect=1)
        self.assertIn("no mask of", self.errors)

    def test_side_by_side_and_picture_in_picture(self):
        self.run_script("side-by-side.sh", self.clip, self.npz, self.path("both.mp4"), "draw=fill", "opacity=1")
        both = self.frames(self.path("both.mp4"), 2 * WIDTH)
        self.assertEqual(len(both), FRAMES)
        self.assert_masked(both[:, :, WIDTH:], [mask(t) for t in range(FRAMES)])
        self.assert_masked(both[:, :, :WIDTH], [np.zeros((HEIGHT, WIDTH), bool)] * FRAMES)
        self.run_script("picture-in-picture.sh", self.clip, self.npz, self.path("pip.mp4"), "draw=fill", "opacity=1")
        small = self.frames(self.path("pip.mp4"))
        expected = np.stack([mask(t) for t in range(FRAMES)])
        # The small picture lies 16 pixels from the corner.
        expected[:, HEIGHT - 16 - 30 : HEIGHT - 16, WIDTH - 16 - 40 : WIDTH - 16] = False
        self.assert_masked(small, expected)
        self.assertEqual(set(self.streams(self.path("pip.mp4"))), {"video", "audio", "subtitle"})

    def test_mask_video_is_black_and_white(self):
        self.run_script("mask-video.sh", self.clip, self.npz, self.path("masks.mkv"))
        pictures = self.frames(self.path("masks.mkv"))[..., 1]
        for frame in range(FRAMES):
            np.testing.assert_array_equal(pictures[frame] > 127, mask(frame))
        self.assertLess(pictures[~np.stack([mask(t) for t in range(FRAMES)])].mean(), 3)

    def test_redact_leaves_nothing_of_the_objects(self):
        clip = checks.make_video(
            self.path("noise.mkv"),
            WIDTH,
            HEIGHT,
            frames=20,
            fps="30000/1001",
            pattern="snow",
            encoder="avenc_ffv1 ! matroskamux",
        )
        self.run_script("redact.sh", clip, self.npz, self.path("out.mp4"))
        pictures = self.frames(self.path("out.mp4"))
        for frame in range(20):
            inside = np.zeros((HEIGHT, WIDTH), bool)
            inside[44:76, 2 * frame + 4 : 2 * frame + 36] = True
            # Noise of the source would be about 70.
            self.assertLess(pictures[frame][inside].std(), 6)
            self.assertLess(pictures[frame][inside].mean(), 8)

    def test_cut_out_is_transparent_around_the_objects(self):
        self.run_script("cut-out.sh", self.clip, self.npz, self.path("out.mov"))
        alpha = checks.decode(self.path("out.mov"), "-vf", "alphaextract,format=gray").reshape(-1, HEIGHT, WIDTH)
        self.assertEqual(len(alpha), FRAMES)
        for frame in range(FRAMES):
            np.testing.assert_array_equal(alpha[frame] > 127, mask(frame))
        self.assertIn("audio", self.streams(self.path("out.mov")))
        self.run_script("cut-out.sh", self.clip, self.npz, self.path("out.mp4"), expect=1)
        self.assertIn("ends in .mov", self.errors)

    def test_snapshot_shows_the_frame_of_its_time(self):
        from maskio.frames import read_picture

        for text, frame in (("0", 0), ("0.7", 20), ("0:1.2", 35)):
            self.run_script("snapshot.py", self.clip, self.npz, text, self.path("frame.png"), "draw=fill", "opacity=1")
            self.assert_masked(read_picture(self.path("frame.png"))[None], [mask(frame)])
        self.run_script("snapshot.py", self.clip, self.npz, "99", self.path("late.png"), expect=1)
        self.assertIn("lasts 1.5", self.errors)
        self.run_script("snapshot.py", self.clip, self.npz, "soon", self.path("late.png"), expect=1)
        self.assertIn("expected a time", self.errors)

    def test_tracks_have_a_line_for_each_object_and_frame(self):
        self.run_script("tracks.py", self.clip, self.npz, self.path("tracks.csv"))
        with open(self.path("tracks.csv"), encoding="ascii") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual(len(rows), FRAMES)
        self.assertEqual([int(row["bb_left"]) for row in rows], [2 * t for t in range(FRAMES)])
        self.assertEqual(float(rows[10]["x"]), 2 * 10 + 19.5)

    def test_play_without_a_display_says_so_and_plays(self):
        self.run_script("play.sh", self.clip, self.npz, env={"DISPLAY": "", "WAYLAND_DISPLAY": "", "SINK": ""})
        self.assertEqual(self.errors.count("\n"), 1, self.errors)
        self.assertIn("No display: ", self.errors)

    def test_progress_has_the_time_that_is_left(self):
        self.run_program(
            checks.PYTHON,
            "-c",
            """
from gstmasks.run import Progress, clock
progress = Progress(None, 60 * 10**9, "out.mp4")
assert progress.text(15 * 10**9, 5.0) == "out.mp4  25 %, 0:15 of 1:00, 0:15 left", progress.text(15 * 10**9, 5.0)
assert clock(3723) == "1:02:03"
""",
            env={"PYTHONPATH": os.path.join(checks.ROOT, "pipelines")},
        )

    def test_camera_shows_the_masks_of_a_still(self):
        still = np.zeros((1, 360, 640), bool)
        still[0, 100:200, 300:400] = True
        np.savez(self.path("still.npz"), masks=still, object_ids=[1])
        self.run_script(
            "camera.sh",
            self.path("still.npz"),
            self.path("camera.mp4"),
            "draw=fill",
            "opacity=1",
            "colors=#000000",
            env={"FRAMES": "15", "CAMERA": ""},
        )
        pictures = self.frames(self.path("camera.mp4"), 640, 360)
        self.assertEqual(len(pictures), 15)
        self.assertLess(pictures[:, 105:195, 305:395].mean(), 8)
        self.assertGreater(pictures[:, 105:195, 205:295].mean(), 60)
        self.run_script("camera.sh", self.path("still.npz"), env={"CAMERA": "/dev/video99"}, expect=1)
        self.assertIn("no such camera", self.errors)

    def test_every_program_answers_help(self):
        for path in glob.glob(os.path.join(checks.ROOT, "pipelines", "*.py")) + glob.glob(
            os.path.join(checks.ROOT, "pipelines/masks/*.py")
        ):
            if path.endswith("scene.py"):
                continue
            text = self.run_program(checks.PYTHON, path, "--help")
            self.assertIn("usage: " + os.path.basename(path), text)
            self.assertIn("Example", text)


checks.main()
