# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""Sinks with a window, in a virtual display with Mesa's software renderer. The window is photographed."""
import os
import subprocess
import time

import numpy as np

import checks

WIDTH, HEIGHT = 320, 240
GREY = 128
# Half red over grey. What is drawn twice is (224, 32, 32).
COVERED = np.array([192, 64, 64])


def make_mask():
    """bool (HEIGHT, WIDTH), an L without any symmetry."""
    plane = np.zeros((HEIGHT, WIDTH), bool)
    plane[40:200, 50:110] = True
    plane[150:200, 50:260] = True
    return plane


def scaled(mask, width, height):
    rows = (np.arange(height) * 2 + 1) * HEIGHT // (2 * height)
    return mask[rows][:, (np.arange(width) * 2 + 1) * WIDTH // (2 * width)]


def away_from_edges(mask, margin=4):
    """bool: pixels whose neighbours up to `margin` have the same value; there, filters of textures change nothing."""
    same = np.ones_like(mask)
    for y in (-margin, 0, margin):
        for x in (-margin, 0, margin):
            same &= np.roll(mask, (y, x), (0, 1)) == mask
    return same


class Windows(checks.Case):
    def setUp(self):
        super().setUp()
        checks.need("Xvfb", "xdotool", "import")
        np.savez(self.path("still.npz"), masks=make_mask()[None], object_ids=[1])
        self.environment = {
            "DISPLAY": self.start_display(),
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "GST_GL_WINDOW": "x11",
            "GDK_BACKEND": "x11",
            "NO_AT_BRIDGE": "1",
            "XDG_RUNTIME_DIR": self.folder,
        }

    def play(self, sink):
        log = open(self.path("log"), "w", encoding="utf-8")
        self.addCleanup(log.close)
        self.player = self.start_program(
            "gst-launch-1.0",
            "-v",
            *(
                f"videotestsrc is-live=true pattern=solid-color foreground-color={0xff000000 + GREY * 0x10101} ! "
                f"video/x-raw,format=RGBA,width={WIDTH},height={HEIGHT},framerate=15/1 ! "
                f"sam2overlay name=masks location={self.path('still.npz')} draw=fill colors=#ff0000 ! {sink}"
            ).split(),
            env=self.environment,
            stdout=log,
            stderr=log,
        )

    def said(self):
        with open(self.path("log"), encoding="utf-8") as file:
            return file.read()

    def xdotool(self, *words):
        """Standard output, empty where it fails."""
        return subprocess.run(
            ["xdotool", *words], env={**os.environ, **self.environment}, capture_output=True, text=True, check=False
        ).stdout.split()

    def wait_for(self, what, get):
        for _ in range(400):
            value = get()
            if value is not None:
                return value
            self.assertIsNone(self.player.poll(), self.said())
            time.sleep(0.05)
        self.fail(f"{what} did not come: {self.said()}")

    def photograph(self, window):
        """int (height, width, 3)"""
        from maskio.frames import read_picture

        path = self.path("window.png")
        self.run_program("import", "-window", window, path, env=self.environment)
        return read_picture(path).astype(int)

    def shows_masks(self, window, width, height):
        """True where all pixels of a window of that size are as they should be, None where not all are."""
        picture = self.photograph(window)
        if picture.shape[:2] != (height, width):
            return None
        mask = scaled(make_mask(), width, height)
        expected = np.where(mask[..., None], COVERED, GREY)
        wrong = (np.abs(picture - expected).max(axis=2) > 8) & away_from_edges(mask)
        # GTK blends the rim of the picture with the window.
        return None if wrong[2:-2, 2:-2].any() else True

    def check(self, sink, is_composed):
        self.play(sink)
        # Both call it a renderer.
        search = ["search", "--onlyvisible", "--name", "renderer"]
        window = self.wait_for("the window", lambda: (self.xdotool(*search) or [None])[0])
        for width, height in ((WIDTH, HEIGHT), (560, 420), (200, 150)):
            self.xdotool("windowsize", window, str(width), str(height))
            self.wait_for(f"the mask in {width}x{height}", lambda: self.shows_masks(window, width, height))
        # It stays so, frame by frame.
        time.sleep(0.3)
        self.assertTrue(self.shows_masks(window, width, height))
        caps = [line for line in self.said().splitlines() if "masks.GstPad:src: caps" in line]
        self.assertEqual(all("GstVideoOverlayComposition" in line for line in caps[-1:]), is_composed, caps)
        self.assertNotIn("from element /GstPipeline:pipeline0/GstSam2Overlay", self.said())

    def test_glimagesink_draws_the_composition_once_in_windows_of_any_size(self):
        checks.need_elements("glimagesink")
        self.check("glimagesink", is_composed=True)

    def test_gtkglsink_draws_the_composition_once_in_windows_of_any_size(self):
        checks.need_elements("gtkglsink", "glupload")
        self.check("glupload ! gtkglsink", is_composed=True)

    def test_gtksink_shows_the_blended_masks_in_windows_of_any_size(self):
        checks.need_elements("gtksink")
        self.check("videoconvert ! gtksink", is_composed=False)


checks.main()
