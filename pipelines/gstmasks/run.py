# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""Runs a pipeline to its end, with progress, and turns errors and signals into one line and an exit code."""
import os
import signal
import sys
import time

from .gst import GLib, Gst, Problem


class Interrupted(Exception):
    """A signal ended the program. exit_code: 128 and the signal's number, as shells have it."""

    def __init__(self, number):
        super().__init__()
        self.exit_code = 128 + number


def run(main):
    """Calls main() and ends the program."""
    name = os.path.basename(sys.argv[0])
    try:
        sys.exit(main())
    except Problem as problem:
        print(f"{name}: {problem}", file=sys.stderr)
        sys.exit(1)
    except (Interrupted, KeyboardInterrupt) as interrupted:
        print(f"{name}: interrupted", file=sys.stderr)
        sys.exit(getattr(interrupted, "exit_code", 130))


def play_to_end(pipeline, duration=0, label="", at_end=lambda: None):
    """Plays until the end of the stream.

    duration: ns, 0 where it is not known. at_end: called before the pipeline stops.

    Progress goes to standard error if that is a terminal. Warnings of sam2overlay are printed.
    Errors: Problem with the text of the pipeline's error; Interrupted.
    """
    loop, outcome = GLib.MainLoop(), []

    def end(result):
        outcome.append(result)
        loop.quit()
        return GLib.SOURCE_REMOVE

    bus = pipeline.get_bus()
    bus.add_signal_watch()
    bus.connect("message", lambda _, message: _on_message(message, end))
    signals = [
        GLib.unix_signal_add(GLib.PRIORITY_HIGH, number, lambda n: end(Interrupted(n)), number)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    ]
    progress = Progress(pipeline, duration, label)
    timer = GLib.timeout_add(500, progress.show)
    pipeline.set_state(Gst.State.PLAYING)
    try:
        loop.run()
        at_end()
    finally:
        pipeline.set_state(Gst.State.NULL)
        bus.remove_signal_watch()
        for source in (*signals, timer):
            if GLib.MainContext.default().find_source_by_id(source):
                GLib.source_remove(source)
        progress.clear()
    if outcome[0] is not None:
        raise outcome[0]


def _on_message(message, end):
    if message.type == Gst.MessageType.EOS:
        end(None)
    elif message.type == Gst.MessageType.ERROR:
        error, _ = message.parse_error()
        end(Problem(error.message.replace("\n", " ")))
    elif message.type == Gst.MessageType.WARNING and message.src.get_factory().get_name() == "sam2overlay":
        print("warning: " + message.parse_warning()[0].message.replace("\n", " "), file=sys.stderr)


class Progress:
    """One line of a terminal: per cent, position, and the time that is left at the speed so far."""

    def __init__(self, pipeline, duration, label):
        self.pipeline, self.duration, self.label = pipeline, duration, label
        self.begin = time.monotonic()
        self.is_shown = False

    def show(self):
        if not sys.stderr.isatty():
            return GLib.SOURCE_REMOVE
        is_known, position = self.pipeline.query_position(Gst.Format.TIME)
        if is_known and position >= 0:
            print("\r\033[K" + self.text(position, time.monotonic() - self.begin), end="", file=sys.stderr, flush=True)
            self.is_shown = True
        return GLib.SOURCE_CONTINUE

    def text(self, position, elapsed):
        """position: ns; elapsed: seconds."""
        if self.duration <= 0:
            return f"{self.label} {clock(position / 1e9)}"
        share = min(1.0, position / self.duration)
        left = f", {clock(elapsed / share - elapsed)} left" if share > 0.005 else ""
        return f"{self.label} {100 * share:3.0f} %, {clock(position / 1e9)} of {clock(self.duration / 1e9)}{left}"

    def clear(self):
        if self.is_shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def clock(seconds):
    """1:02:03, or 2:03 below an hour."""
    minutes, seconds = divmod(int(seconds + 0.5), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
