# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""to-npz.py and from-npz.py. Files of other programs are written here by hand, in other ways than the converters read
them.
"""
import json
import os
import pickle

import numpy as np
from PIL import Image

import checks
from maskio import polygons, rle, writer
from maskio.record import MaskError

CHAIR = os.path.join(checks.SHARED_DATA, "puma-chair")
SAV = os.path.join(checks.SHARED_DATA, "sav-000001-manual", "sav_000001_manual.npz")


def scene(frames=6, height=30, width=40):
    """bool (frames, 3, height, width): two squares that move and overlap, and one that is absent from frame 2 to 4."""
    masks = np.zeros((frames, 3, height, width), bool)
    for frame in range(frames):
        masks[frame, 0, 3:13, frame : frame + 12] = True
        masks[frame, 1, 20:28, 30 - frame : 38 - frame] = True
        if not 2 <= frame <= 4:
            masks[frame, 2, 10:16, 8:20] = True
    return masks


def naive_counts(mask):
    """COCO's counts, pixel by pixel."""
    counts, value, length = [], False, 0
    for x in range(mask.shape[1]):
        for y in range(mask.shape[0]):
            if bool(mask[y, x]) != value:
                counts.append(length)
                value, length = not value, 0
            length += 1
    return counts + [length]


def bits_of(values, value_bits, sizes):
    """Label Studio's brush format: single values and repeated ones, in turn."""
    bits = f"{len(values):032b}{value_bits - 1:05b}" + "".join(f"{size - 1:04b}" for size in sizes)
    at = 0
    while at < len(values):
        end = at
        while end < len(values) and values[end] == values[at] and end - at < 1 << sizes[3]:
            end += 1
        if end - at > 2:
            which = next(i for i, size in enumerate(sizes) if end - at - 1 < 1 << size)
            bits += f"1{which:02b}{end - at - 1:0{sizes[which]}b}{values[at]:0{value_bits}b}"
        else:
            end = at + 1
            bits += f"0{0:02b}{0:0{sizes[0]}b}{values[at]:0{value_bits}b}"
        at = end
    bits += "0" * (-len(bits) % 8)
    return [int(bits[i : i + 8], 2) for i in range(0, len(bits), 8)]


class Rle(checks.Case):
    def test_counts_of_the_examples_in_cocos_documentation(self):
        # maskApi.h: M=[0 0 1 1 1 0 1] is [2 3 1 1], and M=[1 1 1 1 1 1 0] is [0 6 1].
        for pixels, counts in (([0, 0, 1, 1, 1, 0, 1], [2, 3, 1, 1]), ([1, 1, 1, 1, 1, 1, 0], [0, 6, 1])):
            mask = np.array(pixels, bool)[:, None]
            self.assertEqual(rle.counts_of(mask), counts)
            np.testing.assert_array_equal(rle.decode({"size": [7, 1], "counts": counts}), mask)

    def test_a_published_mask_has_its_area_and_box(self):
        # Object 0 of the first frame of sav_000001 (SA-V dataset, CC BY 4.0).
        text = (
            "i\\Y4<Qj05K4L4M3M2N3O000010O00001O00010O00000O101O0000000000000O010000000O10O10000O01000O100O010O1O1O1N2O1O0O2O1N20O01"
            "O1001N101O1N100O100O10O01O2O00000O1O10O1O11N1O1O100O1O2N1O1O3L4HTXk5"
        )
        mask = rle.decode({"size": [848, 480], "counts": text})
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        self.assertEqual((mask.sum(), columns[0], rows[0], columns[-1], rows[-1]), (2808, 165, 747, 252, 796))
        self.assertEqual(rle.encode(mask)["counts"], text)

    def test_text_of_large_and_of_falling_counts(self):
        # By hand: 5 is one group; 40 = 01000 + 32 * 1, so 8 + 32 ("X") and then 1 ("1"); -3 as the difference 37 - 40
        # is 11101 ("M").
        self.assertEqual(rle.text_of_counts([5, 40, 7, 37]), "5X17M")
        self.assertEqual(rle.counts_of_text("5X17M"), [5, 40, 7, 37])

    def test_random_masks_come_back(self):
        random = np.random.default_rng(3)
        for density in (0, 0.01, 0.3, 0.9, 1):
            mask = random.random((23, 31)) < density
            self.assertEqual(rle.counts_of(mask), naive_counts(mask))
            for counts in (naive_counts(mask), rle.encode(mask)["counts"], rle.encode(mask)["counts"].encode()):
                np.testing.assert_array_equal(rle.decode({"size": [23, 31], "counts": counts}), mask)

    def test_counts_that_do_not_fit_are_refused(self):
        for counts in ([5, 2], "5X", "5\x10", [-1, 13]):
            with self.assertRaises(MaskError):
                rle.decode({"size": [3, 4], "counts": counts})

    def test_polygons_of_whole_pixels_cover_them_exactly(self):
        mask = polygons.draw([[2, 3, 9, 3, 9, 7, 2, 7]], 12, 15)
        expected = np.zeros((12, 15), bool)
        expected[3:7, 2:9] = True
        np.testing.assert_array_equal(mask, expected)

    def test_polygons_beyond_the_frame_are_cut(self):
        self.assertTrue(polygons.draw([[-5, -5, 50, -5, 50, 50, -5, 50]], 12, 15).all())

    def test_a_triangle_has_its_pixels_within_half_a_pixel(self):
        corners = np.array([[3.2, 2.7], [33.1, 9.4], [11.9, 26.3]])
        mask = polygons.draw([corners.ravel().tolist()], 30, 40)
        y, x = np.mgrid[:30, :40] + 0.5
        distances = []
        for a, b in zip(corners, np.roll(corners, -1, axis=0)):
            normal = np.array([b[1] - a[1], a[0] - b[0]]) / np.hypot(*(b - a))
            distances.append((x - a[0]) * normal[0] + (y - a[1]) * normal[1])
        depth = np.max(distances, axis=0)
        self.assertTrue(mask[depth < -0.75].all())
        self.assertFalse(mask[depth > 0.75].any())

    def test_a_polygon_is_the_same_from_any_corner_and_in_both_directions(self):
        random = np.random.default_rng(5)
        for _ in range(20):
            corners = random.random((3, 2)) * (40, 30)
            masks = [
                polygons.draw([np.roll(way, turn, axis=0).ravel().tolist()], 30, 40)
                for way in (corners, corners[::-1])
                for turn in range(3)
            ]
            for mask in masks:
                np.testing.assert_array_equal(mask, masks[0])


class Converters(checks.Case):
    def to_npz(self, source, *arguments, **more):
        self.npz = self.path("out.npz")
        self.said = self.run_script("masks/to-npz.py", source, "-o", self.npz, *arguments, **more)
        return dict(np.load(self.npz)) if more.get("expect", 0) == 0 else None

    def assert_masks(self, arrays, masks, ids, frames=None):
        """The planes of `arrays` are those of masks (T, N, H, W), with nothing where a mask is empty."""
        frames = list(range(len(masks))) if frames is None else frames
        if arrays["masks"].ndim == 4:
            keys = [(f, i) for f in arrays["frame_indices"].tolist() for i in arrays["object_ids"].tolist()]
            planes = arrays["masks"].reshape(-1, *arrays["masks"].shape[2:])
        else:
            keys, planes = list(zip(arrays["frame_indices"].tolist(), arrays["object_ids"].tolist())), arrays["masks"]
        found = {key: plane for key, plane in zip(keys, planes) if plane.any()}
        expected = {(f, i): masks[t, n] for t, f in enumerate(frames) for n, i in enumerate(ids) if masks[t, n].any()}
        self.assertEqual(sorted(found), sorted(expected))
        for key, mask in expected.items():
            np.testing.assert_array_equal(found[key], mask, str(key))

    def npz_of(self, masks, ids, **more):
        path = self.path("in.npz")
        np.savez_compressed(
            path, masks=masks, object_ids=np.array(ids), frame_indices=np.arange(len(masks)), fps=12.0, **more
        )
        return path

    def test_a_palette_folder(self):
        masks = scene()[:, :2]
        for frame, planes in enumerate(masks):
            picture = Image.fromarray(
                (planes[0] * 3 + planes[1] * 9 + 255 * (np.indices((30, 40))[1] == 39)).astype(np.uint8), "P"
            )
            picture.putpalette([0] * 768)
            picture.save(self.path("pictures", f"{frame + 1:05d}.png"))
        self.assert_masks(self.to_npz(self.path("pictures")), masks, (3, 9))  # 1 is the lowest number; 255 is no object
        played = checks.play(self.npz, 40, 30, 6)
        np.testing.assert_array_equal(played, masks[:, 0] + 2 * masks[:, 1])

    def test_frames_between_numbers_keep_the_mask_before(self):
        masks = scene()[:, :1]
        for index, planes in enumerate(masks):
            Image.fromarray(planes[0].astype(np.uint8)).save(self.path("pictures", f"{index * 5:05d}.png"))
        self.assert_masks(self.to_npz(self.path("pictures")), masks, (1,), [0, 5, 10, 15, 20, 25])
        np.testing.assert_array_equal(checks.play(self.npz, 40, 30, 12)[9], masks[1, 0])

    def test_folders_for_each_object(self):
        masks = scene()
        for number, name in enumerate(("004", "007", "010")):
            for frame in range(6):
                if masks[frame, number].any() or number == 0:
                    Image.fromarray(masks[frame, number].astype(np.uint8) * 255).save(
                        self.path("objects", name, f"{frame:05d}.png")
                    )
        self.assert_masks(self.to_npz(self.path("objects")), masks, (4, 7, 10))

    def test_names_of_object_folders_are_labels(self):
        masks = scene()[:, :2]
        for number, name in enumerate(("cat", "dog")):
            for frame in range(6):
                Image.fromarray(masks[frame, number]).save(self.path("objects", name, f"{frame:05d}.png"))
        self.assertEqual(self.to_npz(self.path("objects"))["labels"].tolist(), ["cat", "dog"])

    def write_json(self, data):
        with open(self.path("masks.json"), "w", encoding="utf-8") as file:
            json.dump(data, file)
        return self.path("masks.json")

    def test_sa_v(self):
        masks = scene()
        rows = [
            [{"size": [30, 40], "counts": rle.text_of_counts(naive_counts(mask))} for mask in planes]
            for planes in masks
        ]
        arrays = self.to_npz(
            self.write_json(
                {"masklet": rows, "masklet_id": [0, 1, 2], "video_frame_count": 21, "video_duration": 0.875}
            )
        )
        self.assert_masks(arrays, masks, (0, 1, 2), [0, 4, 8, 12, 16, 20])
        self.assertAlmostEqual(float(arrays["fps"]), 24)

    def coco(self, masks, ids, kind):
        segmentation = {"list": naive_counts, "text": lambda mask: rle.text_of_counts(naive_counts(mask))}[kind]
        annotations = [
            {
                "id": 50 + n,
                "image_id": 900 + t,
                "track_id": ids[n],
                "category_id": 7,
                "score": 0.5,
                "segmentation": {"size": [30, 40], "counts": segmentation(masks[t, n])},
            }
            for t in range(len(masks))
            for n in range(len(ids))
            if masks[t, n].any()
        ]
        images = [
            {"id": 900 + t, "file_name": f"clip/{t + 1:06d}.jpg", "height": 30, "width": 40} for t in range(len(masks))
        ]
        return {"images": images, "annotations": annotations, "categories": [{"id": 7, "name": "fish"}]}

    def test_coco_with_both_kinds_of_counts(self):
        masks = scene()
        for kind in ("list", "text"):
            arrays = self.to_npz(self.write_json(self.coco(masks, (5, 6, 8), kind)))
            self.assert_masks(arrays, masks, (5, 6, 8))
            self.assertEqual(set(arrays["labels"]), {"fish"})
            self.assertAlmostEqual(float(arrays["scores"][0]), 0.5)

    def test_images_without_annotations_show_nothing(self):
        masks = scene()
        masks[3] = False
        self.to_npz(self.write_json(self.coco(masks, (5, 6, 8), "list")))
        self.assertFalse(checks.play(self.npz, 40, 30, 6)[3].any())

    def test_one_coco_image_is_a_still_if_asked(self):
        data = self.coco(scene()[:1], (5, 6, 8), "list")
        arrays = self.to_npz(self.write_json(data), "--still")
        self.assertEqual(arrays["masks"].shape, (3, 30, 40))
        self.assertTrue((checks.play(self.npz, 40, 30, 6) > 0).any(axis=(1, 2)).all())

    def test_coco_polygons(self):
        data = {
            "images": [{"id": 1, "file_name": "a.jpg", "height": 30, "width": 40}],
            "annotations": [{"id": 4, "image_id": 1, "category_id": 1, "segmentation": [[2, 3, 12, 3, 12, 9, 2, 9]]}],
        }
        masks = np.zeros((1, 1, 30, 40), bool)
        masks[0, 0, 3:9, 2:12] = True
        self.assert_masks(self.to_npz(self.write_json(data)), masks, (4,))

    def test_youtube_vis(self):
        masks = scene()
        annotations = [
            {
                "id": i,
                "video_id": 3,
                "category_id": 1,
                "height": 30,
                "width": 40,
                "segmentations": [
                    {"size": [30, 40], "counts": naive_counts(mask)} if mask.any() else None for mask in masks[:, n]
                ],
            }
            for n, i in enumerate((11, 12, 13))
        ]
        data = {
            "videos": [{"id": 3, "height": 30, "width": 40, "file_names": [f"v/{5 * t:05d}.jpg" for t in range(6)]}],
            "annotations": annotations,
            "categories": [{"id": 1, "name": "bird"}],
        }
        self.assert_masks(self.to_npz(self.write_json(data)), masks, (11, 12, 13), [0, 5, 10, 15, 20, 25])
        data["annotations"].append({**annotations[0], "video_id": 4})
        self.to_npz(self.write_json(data), expect=1)
        self.assertIn("choose one by --video", self.errors)
        self.to_npz(self.write_json(data), "--video", "3")

    def test_mots(self):
        masks = scene()[:, :2]
        lines = [
            f"{t + 1} {1001 + n} 1 30 40 {rle.text_of_counts(naive_counts(masks[t, n]))}"
            for t in range(6)
            for n in (0, 1)
        ]
        lines.append(f"1 10000 10 30 40 {rle.text_of_counts([1200])}")
        with open(self.path("gt.txt"), "w", encoding="ascii") as file:
            file.write("\n".join(lines) + "\n")
        arrays = self.to_npz(self.path("gt.txt"))
        self.assert_masks(arrays, masks, (1001, 1002))
        self.assertEqual(set(arrays["labels"]), {"car"})

    def test_cvat_masks_and_polygons(self):
        mask = scene()[0, 0]
        box = mask[3:13, 0:12]
        lengths = [0, box.size]
        with open(self.path("annotations.xml"), "w", encoding="ascii") as file:
            file.write(
                f"""<annotations><meta><task><labels><label><name>cat</name></label></labels>
<original_size><width>40</width><height>30</height></original_size></task></meta>
<track id="4" label="cat"><polygon frame="0" outside="0" points="2.0,3.0;12.0,3.0;12.0,9.0;2.0,9.0"/>
<polygon frame="1" outside="1" points="2.0,3.0;12.0,3.0;12.0,9.0;2.0,9.0"/></track>
<image id="2" width="40" height="30"><mask label="cat" rle="{', '.join(map(str, lengths))}" left="0" top="3" width="12" height="10"/>
</image></annotations>"""
            )
        arrays = self.to_npz(self.path("annotations.xml"))
        expected = np.zeros((3, 2, 30, 40), bool)
        expected[0, 0, 3:9, 2:12] = True
        expected[2, 1] = mask
        self.assert_masks(arrays, expected, (4, 5))
        self.assertEqual(set(arrays["labels"]), {"cat"})
        self.assertFalse(checks.play(self.npz, 40, 30, 3)[1].any())

    def test_label_studio_brushes(self):
        masks = scene()[:2, :1]
        tasks = []
        for t in range(2):
            rgba = np.repeat(masks[t, 0].ravel().astype(int) * 255, 4)
            value = {"format": "rle", "rle": bits_of(rgba.tolist(), 8, (3, 4, 8, 16)), "brushlabels": ["cat"]}
            tasks.append(
                {
                    "data": {"image": f"/data/upload/1/ab-{t:04d}.png"},
                    "annotations": [
                        {
                            "result": [
                                {"type": "brushlabels", "original_width": 40, "original_height": 30, "value": value}
                            ]
                        }
                    ],
                }
            )
        arrays = self.to_npz(self.write_json(tasks), "--by-label")
        self.assert_masks(arrays, masks, (1,))
        self.assertEqual(arrays["labels"].tolist(), ["cat"])

    def test_a_folder_of_arrays(self):
        masks = scene()
        for t in range(6):
            if t % 2:
                np.save(self.path("arrays", f"frame_{t}.npy"), masks[t].astype(np.uint8))
            else:
                np.savez(self.path("arrays", f"frame_{t}.npz"), masks=masks[t][:, None], obj_ids=[1, 2, 3])
        self.assert_masks(self.to_npz(self.path("arrays")), masks, (1, 2, 3))

    def test_pickles_need_trust(self):
        masks = scene()
        segments = {t: {i: masks[t, n][None] for n, i in enumerate((2, 4, 6))} for t in range(6)}
        with open(self.path("video_segments.pkl"), "wb") as file:
            pickle.dump(segments, file)
        self.to_npz(self.path("video_segments.pkl"), expect=1)
        self.assertIn("--trust", self.errors)
        self.assert_masks(self.to_npz(self.path("video_segments.pkl"), "--trust"), masks, (2, 4, 6))

    def test_pickled_generator_lists_are_one_picture(self):
        masks = scene()[0]
        with open(self.path("amg.pkl"), "wb") as file:
            pickle.dump(
                [{"segmentation": mask, "area": int(mask.sum()), "predicted_iou": 0.75} for mask in masks], file
            )
        arrays = self.to_npz(self.path("amg.pkl"), "--trust", "--still")
        np.testing.assert_array_equal(arrays["masks"], masks)
        np.testing.assert_allclose(arrays["scores"], 0.75)

    def test_pytorch_files_are_read_without_running_code(self):
        standin = self.path("standin", "torch.py")
        with open(standin, "w", encoding="ascii") as file:
            file.write(
                "import pickle\ndef load(path, map_location=None, weights_only=False):\n    assert weights_only\n"
                "    return pickle.load(open(path, 'rb'))\n"
            )
        masks = scene()
        with open(self.path("masks.pt"), "wb") as file:
            pickle.dump({"masks": np.where(masks, 2.5, -1024).astype(np.float32)[:, :, None]}, file)
        arrays = self.to_npz(self.path("masks.pt"), env={"PYTHONPATH": os.path.dirname(standin)})
        self.assert_masks(arrays, masks, (1, 2, 3))

    def test_there_and_back(self):
        masks = scene()
        masks[:, 0] &= ~masks[:, 2]
        source = self.npz_of(masks, (4, 5, 9))
        for kind, name, shift in (
            ("davis", "out", 0),
            ("objects", "out2", 0),
            ("coco", "out.json", 0),
            ("mots", "out.txt", 2000),
        ):
            self.run_script("masks/from-npz.py", source, "--to", kind, "-o", self.path(name))
            self.assert_masks(self.to_npz(self.path(name)), masks, [i + shift for i in (4, 5, 9)])

    def test_pairs_in_any_order_come_out_in_order_of_frames(self):
        masks = scene()
        keys = [(t, n) for n in (2, 0, 1) for t in (4, 5, 0, 1, 2, 3) if masks[t, n].any()]
        np.savez(
            self.path("pairs.npz"),
            masks=np.stack([masks[key] for key in keys]),
            frame_indices=[t for t, _ in keys],
            object_ids=[n + 1 for _, n in keys],
        )
        self.run_script("masks/from-npz.py", self.path("pairs.npz"), "--to", "mots", "-o", self.path("out.txt"))
        with open(self.path("out.txt"), encoding="ascii") as file:
            frames = [int(line.split()[0]) for line in file]
        self.assertEqual(frames, sorted(frames))
        self.assert_masks(self.to_npz(self.path("out.txt")), masks, (2001, 2002, 2003))

    def test_mot_boxes(self):
        masks = scene()
        self.run_script("masks/from-npz.py", self.npz_of(masks, (4, 5, 9)), "--to", "mot", "-o", self.path("out.txt"))
        with open(self.path("out.txt"), encoding="ascii") as file:
            lines = file.read().splitlines()
        self.assertEqual(lines[0], "1,4,0,3,12,10,1,-1,-1,-1")
        self.assertEqual(len(lines), int(masks.any(axis=(2, 3)).sum()))

    def test_a_mask_video_comes_back_exactly_and_holds_masks(self):
        masks = scene(12)[:, :1]
        np.savez(self.path("every-third.npz"), masks=masks[::3], object_ids=[1], frame_indices=[0, 3, 6, 9], fps=12.0)
        self.run_script("masks/from-npz.py", self.path("every-third.npz"), "--to", "video", "-o", self.path("out.mkv"))
        self.assert_masks(self.to_npz(self.path("out.mkv")), masks[[0, 0, 0, 3, 3, 3, 6, 6, 6, 9]], (1,))

    def test_overlaps_are_said(self):
        out = self.run_script(
            "masks/from-npz.py", self.npz_of(scene(), (4, 5, 9)), "--to", "davis", "-o", self.path("out")
        )
        self.assertRegex(out, r"note: \d+ pixels belong to several objects")

    def test_errors_are_one_line(self):
        with open(self.path("a.json"), "w", encoding="ascii") as file:
            file.write("{}")
        with open(self.path("b.dat"), "w", encoding="ascii") as file:
            file.write("")
        for name, words in (("a.json", "no annotations"), ("b.dat", "--from palette|"), ("none", "no such file")):
            self.to_npz(self.path(name), expect=1)
            self.assertIn(words, self.errors)
            self.assertEqual(self.errors.count("\n"), 1, self.errors)
            self.assertFalse(os.path.exists(self.npz))

    def test_the_chair_comes_back_exactly(self):
        checks.need(CHAIR)
        source = np.load(os.path.join(CHAIR, "chair_video.npz"))
        arrays = self.to_npz(os.path.join(CHAIR, "annotations"), "--clip", os.path.join(CHAIR, "chair.mp4"))
        np.testing.assert_array_equal(arrays["masks"], source["masks"] > 0)
        self.assertAlmostEqual(float(arrays["fps"]), 30)
        for kind, name in (("davis", "chair"), ("coco", "chair.json"), ("video", "chair.mkv")):
            self.run_script(
                "masks/from-npz.py", os.path.join(CHAIR, "chair_video.npz"), "--to", kind, "-o", self.path(name)
            )
            np.testing.assert_array_equal(self.to_npz(self.path(name))["masks"], source["masks"] > 0)

    def test_sa_v_with_objects_that_overlap_comes_back_exactly(self):
        checks.need(SAV)
        masks = np.load(SAV)["masks"] > 0
        with writer.NpzWriter(self.path("part.npz"), fps=24) as npz:
            from maskio.record import make_record

            for row in range(110, 121):
                npz.add(make_record(4 * row, range(5), masks[row]))
        self.run_script("masks/from-npz.py", self.path("part.npz"), "--to", "coco", "-o", self.path("sav.json"))
        self.assert_masks(
            self.to_npz(self.path("sav.json"), "--first", "0"),
            masks[110:],
            range(5),
            [4 * row for row in range(110, 121)],
        )


checks.main()
