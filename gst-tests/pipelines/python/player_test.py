# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""The player in a virtual display, driven by keys and clicks. What it saves is compared with the scripts."""
import os
import subprocess
import time

import numpy as np

import checks

PLAYER = os.path.join(os.environ.get("SAM2OVERLAY_BUILD", ""), "pipelines", "player", "sam2overlay-player")
WALKER = 1


class Player(checks.Case):
    def setUp(self):
        super().setUp()
        checks.need(PLAYER, "Xvfb", "xdotool", "import", "ffprobe")
        self.clip, self.npz = self.path("clip.mp4"), self.path("clip.npz")
        self.run_script("make-clip.sh", self.clip, self.npz)
        self.environment = {
            **os.environ,
            "DISPLAY": self.start_display(),
            "GSK_RENDERER": "cairo",
            "GTK_A11Y": "none",
            "GDK_BACKEND": "x11",
            "XDG_RUNTIME_DIR": self.folder,
            "GSETTINGS_BACKEND": "memory",
        }

    def start(self, *arguments):
        self.log = open(self.path("log"), "w+", encoding="utf-8")
        self.addCleanup(self.log.close)
        self.player = subprocess.Popen([PLAYER, *arguments], env=self.environment, stdout=self.log, stderr=self.log)
        self.addCleanup(self.player.wait)
        self.addCleanup(self.player.terminate)
        self.wait_for(
            lambda: subprocess.run(
                ["xdotool", "search", "--onlyvisible", "--class", "sam2overlay-player"],
                env=self.environment,
                capture_output=True,
                check=False,
            ).returncode
            == 0
        )

    def wait_for(self, is_true, seconds=40):
        for _ in range(seconds * 10):
            if is_true():
                return
            self.assertIsNone(self.player.poll(), self.said())
            time.sleep(0.1)
        self.fail("it did not happen: " + self.said())

    def said(self):
        with open(self.path("log"), encoding="utf-8") as file:
            return file.read()

    def keys(self, *names):
        subprocess.run(["xdotool", "key", "--delay", "150", *names], env=self.environment, check=True)

    def mouse(self, *commands):
        subprocess.run(["xdotool", *(str(c) for c in commands)], env=self.environment, check=True)
        time.sleep(0.1)

    def drop(self, *files):
        """Drags the files from another window, below the player's, into the middle of the player's."""
        source = subprocess.Popen(
            [checks.PYTHON, os.path.join(os.path.dirname(os.path.abspath(__file__)), "drag_source.py"), *files],
            env=self.environment,
            stdout=self.log,
            stderr=self.log,
        )
        try:
            self.mouse("search", "--sync", "--onlyvisible", "--name", "^drag source$", "windowmove", "--sync", 1000, 720)
            self.mouse("mousemove", 1030, 728, "mousedown", 1)
            for step in range(12):
                self.mouse("mousemove", 1030 - 50 * step, 728 - 35 * step)
            self.mouse("mouseup", 1)
            # It ends when the player has taken the files.
            self.assertEqual(source.wait(timeout=40), 0)
        finally:
            source.kill()
            source.wait()

    def saved(self, name):
        """Presses s until the picture is there. uint8 (360, 640, 3)."""
        from maskio.frames import read_picture

        path = self.path(name)
        if os.path.exists(path):
            os.unlink(path)

        def press():
            self.keys("s")
            time.sleep(0.5)
            return os.path.exists(path)

        self.wait_for(press)
        return read_picture(path).astype(int)

    def screen(self):
        from maskio.frames import read_picture

        subprocess.run(["import", "-window", "root", self.path("screen.png")], env=self.environment, check=True)
        return read_picture(self.path("screen.png")).astype(int)

    def snapshot(self, seconds, *settings):
        from maskio.frames import read_picture

        self.run_script("snapshot.py", self.clip, self.npz, seconds, self.path("expected.png"), *settings)
        return read_picture(self.path("expected.png")).astype(int)

    def assert_same(self, picture, expected):
        # Conversions by different paths differ by little, masks by much.
        self.assertLess((np.abs(picture - expected).max(axis=2) > 30).mean(), 0.002)

    def test_it_shows_steps_hides_and_exports(self):
        self.start(self.npz, self.clip)  # in any order
        self.assert_same(self.saved("clip-0ms.png"), self.snapshot("0"))
        self.keys("period", "period", "period")
        self.assert_same(self.saved("clip-100ms.png"), self.snapshot("0.1"))
        self.keys("comma")
        self.assert_same(self.saved("clip-66ms.png"), self.snapshot("0.067"))

        # The lanes are there when the list is: only then does a digit hide an object.
        def is_hidden():
            before = self.saved("clip-66ms.png")
            self.keys("1")
            time.sleep(0.7)
            return np.abs(self.saved("clip-66ms.png") - before).max() > 60

        self.wait_for(is_hidden)
        self.assert_same(self.saved("clip-66ms.png"), self.snapshot("0.067", "objects=2-4"))
        self.keys("1")

        # A click on the walker marks its row.
        before = self.screen()
        mask = np.load(self.npz)["masks"][2, WALKER - 1]
        y, x = (int(np.median(axis)) for axis in np.nonzero(mask))
        subprocess.run(
            ["xdotool", "mousemove", str(13 + x * 812 // 640), str(82 + y * 812 // 640), "click", "1"],
            env=self.environment,
            check=True,
        )
        time.sleep(1)
        self.assertGreater(np.abs(self.screen() - before)[:, 840:].max(), 60)

        self.keys("e")
        self.wait_for(lambda: os.path.exists(self.path("clip-masks.mp4")))
        frames = self.run_program(
            "ffprobe",
            "-v",
            "error",
            "-count_frames",
            "-show_entries",
            "stream=nb_read_frames",
            "-of",
            "csv=p=0",
            self.path("clip-masks.mp4"),
        )
        self.assertEqual(frames.strip(), "120")
        self.assertEqual(self.said(), "")

    def test_broken_masks_are_said_and_mended_ones_are_shown(self):
        with open(self.path("broken.npz"), "wb") as file:
            file.write(b"no masks")
        self.start(self.clip, self.path("broken.npz"))
        self.wait_for(lambda: "broken.npz" in self.said())
        # The clip is seen all the same.
        without = self.saved("clip-0ms.png")
        os.rename(self.npz, self.path("broken.npz"))
        self.npz = self.path("broken.npz")
        expected = self.snapshot("0")
        self.assertGreater((np.abs(without - expected).max(axis=2) > 30).mean(), 0.02)
        self.wait_for(lambda: (np.abs(self.saved("clip-0ms.png") - expected).max(axis=2) > 30).mean() < 0.002)

    def test_files_are_dropped_in_any_order_and_broken_ones_are_named(self):
        for name in ("broken.npz", "broken.mp4"):
            with open(self.path(name), "wb") as file:
                file.write(b"neither a clip nor masks")
        self.start()
        self.drop(self.path("broken.mp4"))
        self.wait_for(lambda: "broken.mp4" in self.said())
        time.sleep(1)
        self.assertIn("type of stream", self.said())
        self.assertEqual(self.said().count("\n"), 1, self.said())
        self.drop(self.npz, self.clip)
        expected = self.snapshot("0")
        self.assert_same(self.saved("clip-0ms.png"), expected)
        self.drop(self.path("broken.npz"))
        self.wait_for(lambda: "broken.npz" in self.said())
        self.assert_same(self.saved("clip-0ms.png"), expected)


checks.main()
