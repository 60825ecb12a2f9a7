# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""Runs the commands of the pages from top to bottom, with stand-ins for SAM 2, and compares what they print."""
import os
import re

import numpy as np

import checks

PAGES = os.path.join(checks.ROOT, "pipelines")


def blocks_of(page):
    """[(command, expected output or None)] of a page: a block `shell`, and a block `text` if it follows."""
    with open(os.path.join(PAGES, page), encoding="utf-8") as file:
        text = file.read()
    found = re.findall(r"^```shell\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", text, re.M | re.S)
    return [(command, expected or None) for command, expected in found]


class Docs(checks.Case):
    def setUp(self):
        super().setUp()
        # Debian's Python, for which Debian's NumPy is.
        os.symlink(checks.PYTHON, self.path("bin", "python3"))
        standins = os.path.join(os.path.dirname(os.path.abspath(__file__)), "standins")
        self.environment = {
            "PATH": self.path("bin") + ":" + os.environ["PATH"],
            "PYTHONPATH": standins,
            "SCENE": "640x360x120",
            "OUT": self.path("out-of-demo"),
            "DISPLAY": "",
            "WAYLAND_DISPLAY": "",
        }

    def run_blocks(self, page):
        count = 0
        for command, expected in blocks_of(page):
            script = re.sub(r"(\./)?\bpipelines/", os.path.join(checks.ROOT, "pipelines") + "/", command)
            out = self.run_program("bash", "-e", "-c", script, env=self.environment, cwd=self.folder)
            if expected is not None:
                self.assertEqual(out, expected, command)
            count += 1
        return count

    def test_the_ten_commands_lead_from_a_clip_to_the_screen(self):
        self.assertEqual(self.run_blocks("from-sam2-to-the-screen.md"), 10)
        for name in ("frame.png", "masked.mp4", "both.mp4", "redacted.mp4", "tracks.csv", "annotations/00119.png"):
            self.assertGreater(os.path.getsize(self.path(name)), 500, name)
        self.assertEqual(np.load(self.path("clip.npz"))["labels"].tolist(), ["walker", "car"])

    def test_the_programs_of_the_cookbook_print_what_it_says(self):
        self.run_script("make-clip.sh", self.path("clip.mp4"), self.path("clip.npz"))
        self.assertGreaterEqual(self.run_blocks("README.md"), 5)
        self.assertGreater(os.path.getsize(self.path("labels.webm")), 10000)

    def test_the_cookbook_names_every_program(self):
        with open(os.path.join(PAGES, "README.md"), encoding="utf-8") as file:
            text = file.read()
        for folder in (".", "masks", "batch"):
            for name in os.listdir(os.path.join(PAGES, folder)):
                if name.endswith(".py") and name not in ("scene.py", "count-frames.py"):
                    self.assertIn(name, text)


checks.main()
