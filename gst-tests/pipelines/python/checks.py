# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""What the Python tests share: running them, running programs, and playing masks in the element."""
import os
import subprocess
import sys
import tempfile
import unittest

import numpy as np

ROOT = os.environ["SAM2_SOURCE_ROOT"]
SHARED_DATA = os.environ.get("SAM2_SHARED_DATA", "")
PYTHON = "/usr/bin/python3"
sys.path.insert(0, os.path.join(ROOT, "pipelines", "masks"))


def decode(path, *options):
    """uint8 (bytes), all frames of a video or playlist one after the other, as ffmpeg decodes them with these options."""
    command = ["ffmpeg", "-nostdin", "-v", "error", "-i", path, *options, "-f", "rawvideo", "-fps_mode", "passthrough", "-"]
    return np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, np.uint8)


class Case(unittest.TestCase):
    """A test with a folder of its own."""

    def setUp(self):
        self._folder = tempfile.TemporaryDirectory(prefix="sam2-")
        self.addCleanup(self._folder.cleanup)
        self.folder = self._folder.name

    def path(self, *names):
        path = os.path.join(self.folder, *names)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return path

    def run_program(self, *command, expect=0, env=None, **more):
        """Standard output of a program; its standard error is in self.errors."""
        done = subprocess.run(
            [str(c) for c in command],
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **(env or {})},
            **more,
        )
        self.errors = done.stderr
        self.assertEqual(done.returncode, expect, f"{command}\n{done.stdout}{done.stderr}")
        return done.stdout

    def run_script(self, name, *arguments, **more):
        """Runs a program of pipelines/, in Debian's Python if it is one of Python's."""
        path = os.path.join(ROOT, "pipelines", name)
        return self.run_program(*([PYTHON] if name.endswith(".py") else []), path, *arguments, **more)

    def start_program(self, *command, env=None, **more):
        """A program that runs until the end of the test."""
        process = subprocess.Popen([str(c) for c in command], env={**os.environ, **(env or {})}, **more)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                self.addCleanup(stream.close)
        return process

    def start_display(self):
        """The name of a virtual display. Xvfb chooses a free number and writes it.

        Without -noreset, it throws out whoever is just connecting when its only client, such as xdotool, leaves.
        """
        need("Xvfb")
        read, write = os.pipe()
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", "1200x800x24", "-nolisten", "tcp", "-noreset"],
            pass_fds=[write],
            stderr=subprocess.DEVNULL,
        )
        os.close(write)
        self.addCleanup(server.wait)
        self.addCleanup(server.terminate)
        with os.fdopen(read) as numbers:
            return ":" + numbers.readline().strip()


def need(*names):
    """Skips a test where a program, or data beside the repository, is not there."""
    for name in names:
        found = (
            os.path.exists(name)
            if "/" in name
            else any(os.access(os.path.join(folder, name), os.X_OK) for folder in os.environ["PATH"].split(":"))
        )
        if not found:
            raise unittest.SkipTest(f"{name} is not here")


def need_elements(*names):
    """Skips a test where GStreamer lacks an element, whose Debian package the message names."""
    packages = {
        "glimagesink": "gstreamer1.0-gl",
        "gtksink": "gstreamer1.0-gtk3",
        "gtkglsink": "gstreamer1.0-gtk3",
        "nicesink": "gstreamer1.0-nice",
    }
    for name in names:
        if subprocess.run(["gst-inspect-1.0", name], stdout=subprocess.DEVNULL, check=False).returncode != 0:
            raise unittest.SkipTest(f"GStreamer has no {name}; Debian: {packages.get(name, 'gstreamer1.0-plugins-bad')}")


def make_video(
    path, width=64, height=48, frames=12, fps="12/1", encoder="x264enc ! h264parse ! mp4mux", pattern="ball"
):
    """A clip of a moving ball."""
    subprocess.run(
        ["gst-launch-1.0", "-q"]
        + (
            f"videotestsrc num-buffers={frames} pattern={pattern} ! video/x-raw,format=I420,width={width},height={height},"
            f"framerate={fps} ! {encoder} ! filesink location={path}"
        ).split(),
        check=True,
    )
    return path


def play(npz, width, height, frames, fps="12/1", properties=""):
    """What the element draws: uint8 (frames, height, width), the slot of the uppermost object plus 1, 0 for none."""
    colors = ",".join(f"#{slot:02x}{slot:02x}{slot:02x}" for slot in range(1, 41))
    command = (
        f"videotestsrc num-buffers={frames} pattern=black ! video/x-raw,format=RGB,width={width},height={height},"
        f"framerate={fps} ! sam2overlay location={npz} draw=fill opacity=1 colors={colors} {properties} ! fdsink"
    )
    done = subprocess.run(["gst-launch-1.0", "-q", *command.split()], capture_output=True, check=False)
    if done.returncode != 0 or done.stderr:
        raise AssertionError(f"{command}\n{done.stderr.decode()}")
    stride = (3 * width + 3) // 4 * 4
    rows = np.frombuffer(done.stdout, np.uint8).reshape(frames, height, stride)
    return rows[:, :, : 3 * width : 3]


def main():
    """Runs the tests of the program, and says how many there are as gst-check does."""
    loader = unittest.defaultTestLoader
    # Arguments are names of tests to run: Class.test_name.
    module = sys.modules["__main__"]
    suite = loader.loadTestsFromNames(sys.argv[1:], module) if sys.argv[1:] else loader.loadTestsFromModule(module)
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    for test, reason in result.skipped:
        print(f"skipped: {test}: {reason}")
    checks = result.testsRun
    failures, errors = len(result.failures), len(result.errors)
    good = 100 if checks == 0 else 100 * (checks - failures - errors) // checks
    print(f"{good}%: Checks: {checks}, Failures: {failures}, Errors: {errors}", flush=True)
    sys.exit(0 if result.wasSuccessful() else 1)
