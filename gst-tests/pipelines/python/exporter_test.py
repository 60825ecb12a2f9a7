# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""sam2-to-npz.py with each package that segments. Stand-ins give what the real ones give."""
import os
import sys

import numpy as np

import checks

STANDINS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "standins")
sys.path.append(STANDINS)
import scene  # noqa: E402

BOTH = ("--box", "3:4,5,16,15", "--box", "7:30,20,42,30")


def drawn(slots, frames=range(scene.FRAMES)):
    """What the element shall draw: `slots` are the ids that the stand-ins see, in the order of the file."""
    picture = np.zeros((scene.FRAMES, scene.HEIGHT, scene.WIDTH), np.uint8)
    for slot, object_id in enumerate(slots, 1):
        for frame in frames:
            picture[frame][scene.square(object_id, frame)] = slot
    return picture


class Exporter(checks.Case):
    def export(self, *arguments, suffix=".mp4", expect=0, **more):
        encoder = {".mp4": "x264enc ! h264parse ! mp4mux", ".mkv": "x264enc ! h264parse ! matroskamux"}[suffix]
        self.clip = checks.make_video(self.path("clip" + suffix), encoder=encoder)
        self.npz = self.path("clip.npz")
        out = self.run_script(
            "masks/sam2-to-npz.py",
            self.clip,
            "-o",
            self.npz,
            *arguments,
            env={"PYTHONPATH": STANDINS},
            expect=expect,
            **more,
        )
        return dict(np.load(self.npz)) if expect == 0 else out

    def assert_drawn(self, expected):
        played = checks.play(self.npz, scene.WIDTH, scene.HEIGHT, scene.FRAMES)
        for frame in range(scene.FRAMES):
            np.testing.assert_array_equal(played[frame], expected[frame], f"frame {frame}")

    def test_sam2_gives_one_array_of_all_frames_and_objects(self):
        arrays = self.export("--model", "sam2", *BOTH, "--label", "3=cat")
        self.assertEqual(arrays["masks"].shape, (12, 2, 48, 64))
        self.assertEqual(arrays["masks"].dtype, bool)
        self.assertEqual(arrays["object_ids"].tolist(), [3, 7])
        self.assertEqual(arrays["frame_indices"].tolist(), list(range(12)))
        np.testing.assert_allclose(arrays["timestamps"], np.arange(12) / 12, atol=1e-6)
        self.assertAlmostEqual(float(arrays["fps"]), 12)
        self.assertEqual(arrays["labels"].tolist(), ["cat", ""])
        for frame in range(12):
            for slot, object_id in enumerate((3, 7)):
                np.testing.assert_array_equal(arrays["masks"][frame, slot], scene.square(object_id, frame))
        self.assert_drawn(drawn((3, 7)))

    def test_sam2_also_segments_the_frames_before_the_prompt(self):
        arrays = self.export("--model", "sam2", "--point", "3:8,8", "--point", "3:1,1,-", "--frame", "5")
        self.assertEqual(arrays["frame_indices"].tolist(), [5, 6, 7, 8, 9, 10, 11, 4, 3, 2, 1, 0])
        self.assertEqual(arrays["masks"].shape, (12, 48, 64))
        self.assert_drawn(drawn((3,)))

    def test_sam2_forward_only_leaves_the_frames_before_the_prompt_out(self):
        arrays = self.export("--model", "sam2", "--point", "3:8,8@5", "--direction", "forward")
        self.assertEqual(arrays["frame_indices"].tolist(), [5, 6, 7, 8, 9, 10, 11])
        np.testing.assert_allclose(arrays["timestamps"], np.arange(5, 12) / 12, atol=1e-6)
        self.assert_drawn(drawn((3,), range(5, 12)))

    def test_sam2_gets_pictures_where_it_cannot_read_the_video(self):
        arrays = self.export("--model", "sam2", "--box", "3:4,5,16,15", suffix=".mkv")
        self.assertEqual(arrays["masks"].shape, (12, 1, 48, 64))

    def test_sam2_takes_masks_as_prompts_and_a_checkpoint(self):
        from PIL import Image

        Image.fromarray(scene.square(3, 0)).save(self.path("prompt.png"))
        with open(self.path("sam2.1_hiera_large.pt"), "w", encoding="ascii"):
            pass
        arrays = self.export(
            "--model", "sam2", "--mask", "3:" + self.path("prompt.png"), "--weights", self.path("sam2.1_hiera_large.pt")
        )
        self.assertEqual(arrays["masks"].shape, (12, 1, 48, 64))

    def test_sam3_gives_a_plane_for_each_object_that_is_seen(self):
        arrays = self.export("--model", "sam3", "--text", "square")
        # Object 0 is found on frame 2. Object 1 is hidden from frame 6 to 8.
        expected = [(f, i) for f in range(12) for i in (0, 1) if (f >= 2 if i == 0 else f not in scene.HIDDEN)]
        self.assertEqual(list(zip(arrays["frame_indices"], arrays["object_ids"])), expected)
        self.assertEqual(arrays["masks"].shape, (len(expected), 48, 64))
        np.testing.assert_allclose(arrays["scores"], [0.5 + 0.25 * i for _, i in expected])
        self.assertEqual(set(arrays["labels"]), {"square"})
        picture = drawn((7, 3))
        picture[:2] = drawn((7,))[:2]
        self.assert_drawn(picture)

    def test_sam3_numbers_the_objects_of_several_texts_on(self):
        arrays = self.export("--model", "sam3", "--text", "square", "--text", "other")
        labels = dict(zip(arrays["object_ids"].tolist(), arrays["labels"].tolist()))
        self.assertEqual(labels, {0: "square", 1: "square", 2: "other"})

    def test_sam3_takes_points_in_pixels_and_boxes(self):
        arrays = self.export("--model", "sam3", "--point", "7:32,24@3")
        self.assertEqual(sorted(set(arrays["frame_indices"].tolist())), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
        self.assert_drawn(drawn((7,)))
        arrays = self.export("--model", "sam3", "--box", "3:4,5,16,15")
        self.assert_drawn(drawn((3,)))

    def test_an_object_that_leaves_does_not_stay_on_the_screen(self):
        arrays = self.export("--model", "sam3", "--point", "7:32,24")
        # Nothing at all is seen on the frames in between. Frame 6 has an empty mask, or that of frame 5 would hold.
        self.assertFalse(arrays["masks"][arrays["frame_indices"] == 6].any())
        self.assert_drawn(drawn((7,)))

    def test_transformers_goes_frame_by_frame(self):
        arrays = self.export("--model", "transformers", *BOTH)
        self.assertEqual(arrays["masks"].shape, (12, 2, 48, 64))
        self.assert_drawn(drawn((3, 7)))

    def test_transformers_begins_with_the_first_prompt(self):
        arrays = self.export("--model", "transformers", "--point", "3:8,8@4", "--box", "7:30,20,42,30@9")
        self.assertEqual(arrays["frame_indices"].tolist()[:6], [4, 5, 6, 7, 8, 9])
        picture = drawn((3, 7), range(9, 12))
        picture[4:9] = drawn((3,), range(4, 9))[4:9]
        self.assert_drawn(picture)

    def test_transformers_forgets_old_frames(self):
        # The stand-in fails when more than 70 frames are kept.
        clip = checks.make_video(self.path("long.mp4"), frames=150, fps="30/1")
        scene_frames = self.run_script(
            "masks/sam2-to-npz.py",
            clip,
            "-o",
            self.path("long.npz"),
            "--model",
            "transformers",
            "--point",
            "3:8,8",
            env={"PYTHONPATH": STANDINS},
        )
        self.assertIn("masks of 150 of 150 frames, 1 objects", scene_frames)

    def test_transformers_takes_texts(self):
        arrays = self.export("--model", "transformers", "--text", "cat", "--text", "dog")
        self.assertEqual(dict(zip(arrays["object_ids"].tolist(), arrays["labels"].tolist())), {0: "cat", 1: "dog"})
        self.assertAlmostEqual(float(arrays["scores"][0]), 0.75)
        picture = drawn((7, 3))
        picture[:2] = drawn((7,))[:2]
        self.assert_drawn(picture)

    def test_ultralytics_keeps_identity_where_results_leave_objects_out(self):
        arrays = self.export("--model", "ultralytics", "--box", "30,20,42,30", "--box", "4,5,16,15")
        hidden = arrays["frame_indices"] == 7
        self.assertEqual(arrays["object_ids"][hidden].tolist(), [2])
        self.assert_drawn(drawn((7, 3)))

    def test_ultralytics_takes_texts(self):
        arrays = self.export("--model", "ultralytics", "--text", "cat", "--text", "dog")
        self.assertEqual(dict(zip(arrays["object_ids"].tolist(), arrays["labels"].tolist())), {0: "cat", 1: "dog"})
        np.testing.assert_allclose(arrays["scores"], 0.5)

    def test_ultralytics_refuses_what_it_cannot_do(self):
        self.export("--model", "ultralytics", "--point", "3:8,8@4", expect=1)
        self.assertIn("use --model sam2", self.errors)

    def test_errors_are_one_line_and_leave_no_file(self):
        for arguments, words in (
            (("--model", "sam2", "--point", "3:8"), "expected [ID:]X,Y"),
            (("--model", "sam2", "--box", "9,9,3,3"), "LEFT below RIGHT"),
            (("--model", "sam2", "--text", "cat"), "sam2 takes no text"),
            (("--model", "sam2", "--point", "8,8@12"), "has 12 frames"),
            ((), "nothing says what to segment"),
        ):
            self.export(*arguments, expect=1)
            self.assertIn(words, self.errors)
            self.assertEqual(self.errors.count("\n"), 1, self.errors)
            self.assertEqual([name for name in os.listdir(self.folder) if "npz" in name], [])

    def test_a_package_that_is_missing_is_named_with_its_install_line(self):
        clip = checks.make_video(self.path("clip.mp4"))
        self.run_script(
            "masks/sam2-to-npz.py", clip, "-o", self.path("a.npz"), "--point", "1,1", "--model", "sam3", expect=1
        )
        self.assertIn("the package sam3 is needed", self.errors)
        self.assertIn("pip install", self.errors)


class Times(checks.Case):
    def test_all_ways_to_read_the_times_of_frames_agree(self):
        from maskio import clip

        video = checks.make_video(
            self.path("clip.mkv"),
            frames=20,
            fps="24000/1001",
            encoder="x264enc bframes=2 ! h264parse ! matroskamux offset-to-zero=false",
        )
        checks.need("ffprobe")
        for method in (clip._times_by_pyav, clip._times_by_ffprobe, clip._times_by_gstreamer):
            times = np.sort(method(video))
            # Matroska rounds to milliseconds.
            np.testing.assert_allclose(times - times[0], np.arange(20) * 1001 / 24000, atol=0.0011, err_msg=str(method))

    def test_times_count_from_the_first_frame(self):
        from maskio import clip

        video = checks.make_video(self.path("clip.ts"), encoder="x264enc ! h264parse ! mpegtsmux")
        times = clip.frame_times(video)
        self.assertEqual(times[0], 0)
        np.testing.assert_allclose(times, np.arange(12) / 12, atol=1e-4)

    def test_frames_are_turned_as_ffmpeg_turns_them(self):
        from maskio import frames

        checks.need("ffmpeg")
        stored = checks.make_video(self.path("stored.mp4"), pattern="smpte")
        clip = self.path("clip.mp4")
        self.run_program("ffmpeg", "-v", "error", "-i", stored, "-c", "copy", "-metadata:s:v", "rotate=90", clip)
        self.run_program("ffmpeg", "-v", "error", "-i", clip, self.path("turned-%02d.png"))
        expected = [frames.read_picture(self.path(f"turned-{number:02d}.png")) for number in range(1, 13)]
        for way in (frames._by_pyav(clip), frames._by_gstreamer(clip)):
            if way is None:
                continue
            found = list(way)
            self.assertEqual((len(found), found[0].shape), (12, (64, 48, 3)))
            self.assertLess(np.abs(found[3].astype(int) - expected[3]).mean(), 12)


class Writer(checks.Case):
    def test_the_checksum_of_two_parts_is_that_of_the_whole(self):
        import zlib

        from maskio import writer

        random = np.random.default_rng(7)
        for size in (0, 1, 2, 255, 4096, 100003):
            a, b = random.bytes(17), random.bytes(size)
            self.assertEqual(writer.combined_crc(zlib.crc32(a), zlib.crc32(b), size), zlib.crc32(a + b))

    def test_memory_is_flat_in_the_number_of_frames(self):
        program = """
import resource, sys
import numpy as np
from maskio.record import make_record
from maskio.writer import NpzWriter
plane = np.zeros((1, 540, 960), bool)
plane[0, 100:300, 200:500] = True
with NpzWriter(sys.argv[1]) as writer:
    for frame in range(int(sys.argv[2])):
        writer.add(make_record(frame, [1], plane))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
        peaks = [
            int(
                self.run_program(
                    checks.PYTHON,
                    "-c",
                    program,
                    self.path("a.npz"),
                    count,
                    env={"PYTHONPATH": os.path.join(checks.ROOT, "pipelines", "masks")},
                )
            )
            for count in (5, 200)
        ]
        # 195 frames would be 98 MiB.
        self.assertLess(peaks[1] - peaks[0], 5000)


checks.main()
