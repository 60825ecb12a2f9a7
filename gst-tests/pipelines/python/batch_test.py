# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""Many clips by GNU parallel, by Slurm and by Kubernetes. One clip is broken, and one worker is killed."""
import contextlib
import os
import signal
import subprocess
import time

import numpy as np

import checks
import slurm

BATCH = os.path.join(checks.ROOT, "pipelines", "batch")
FRAMES = 20


def pids_of(*arguments):
    done = subprocess.run(["pgrep", *arguments], capture_output=True, text=True, check=False)
    return [int(pid) for pid in done.stdout.split()]


def kill_tree(pid):
    children = pids_of("-P", str(pid))
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    for child in children:
        kill_tree(child)


class Batch(checks.Case):
    def setUp(self):
        """Five clips of a manifest. Clip 2 is broken in the middle, clip 4 takes some seconds."""
        super().setUp()
        self.manifest = self.path("list.tsv")
        clip = checks.make_video(self.path("clip.mkv"), frames=FRAMES, encoder="jpegenc ! matroskamux")
        slow = checks.make_video(self.path("slow.mkv"), 640, 480, frames=300, encoder="jpegenc ! matroskamux")
        with open(clip, "rb") as file:
            data = bytearray(file.read())
        data = data[: len(data) // 2]
        with open(self.path("broken.mkv"), "wb") as file:
            file.write(b"\0" * 64 + bytes(data[64:]))
        np.savez(
            self.path("masks.npz"),
            masks=np.ones((300, 1, 12, 16), bool),
            object_ids=[1],
            frame_indices=np.arange(300),
            fps=12.0,
        )
        with open(self.manifest, "w", encoding="ascii") as file:
            file.write("# clip, masks, result\n\n")
            for index, name in enumerate(("clip", "broken", "clip", "slow", "clip"), 1):
                file.write(f"{name}.mkv\tmasks.npz\tout/{index}.mp4\tdraw=fill\topacity=0.3\n")
        os.makedirs(self.path("out", "x", ".."), exist_ok=True)
        os.rmdir(self.path("out", "x"))
        self.whole = clip
        self.slow = slow

    def one(self, index, expect=0, **more):
        return self.run_program(os.path.join(BATCH, "process-one.sh"), self.manifest, index, expect=expect, **more)

    def outcomes(self, since=0):
        """{index: outcome} of the log's lines after the first `since`."""
        with open(self.manifest + ".log", encoding="utf-8") as file:
            lines = [line.rstrip("\n").split("\t") for line in file][since:]
        return {int(line[1]): line[2] for line in lines}, since + len(lines)

    def results(self):
        return sorted(os.listdir(self.path("out", ".")))

    def kill_worker_of_clip_4(self, is_over):
        """Kills it without warning once it writes."""
        while (
            not os.path.isdir(self.path("out", ".4.mp4.work")) or len(os.listdir(self.path("out", ".4.mp4.work"))) < 2
        ):
            self.assertFalse(is_over(), "nobody works on clip 4")
            time.sleep(0.02)
        for pid in pids_of("-f", f"process-one.sh {self.manifest} 4"):
            kill_tree(pid)

    def test_one_clip_is_done_once(self):
        line = self.one(1).rstrip("\n").split("\t")
        self.assertEqual([line[1], line[2], line[4], line[5]], ["1", "done", str(FRAMES), "out/1.mp4"])
        self.assertEqual(self.results(), ["1.mp4"])
        before = os.stat(self.path("out", "1.mp4")).st_mtime_ns
        self.assertIn("\tskipped\t", self.one(1))
        self.assertEqual(os.stat(self.path("out", "1.mp4")).st_mtime_ns, before)
        os.utime(self.path("masks.npz"))
        self.assertIn("\tdone\t", self.one(1))

    def test_a_broken_clip_fails_and_leaves_no_result(self):
        self.assertIn("\tfailed\t", self.one(2, expect=1))
        self.assertNotIn("2.mp4", self.results())

    def test_a_result_with_missing_frames_is_no_result(self):
        # A stand-in for a writer that stops early and says nothing.
        os.makedirs(self.path("fake", "pipelines", "batch"), exist_ok=True)
        for name in ("common.sh", "gstmasks", "batch/process-one.sh", "batch/count-frames.py"):
            os.symlink(os.path.join(checks.ROOT, "pipelines", name), self.path("fake", "pipelines", name))
        short = checks.make_video(self.path("short.mp4"), frames=FRAMES - 3)
        with open(self.path("fake", "pipelines", "write.py"), "w", encoding="ascii") as file:
            file.write(f"#!/bin/sh\ncp {short} $3\n")
        os.chmod(self.path("fake", "pipelines", "write.py"), 0o755)
        out = self.run_program(self.path("fake", "pipelines", "batch", "process-one.sh"), self.manifest, 1, expect=1)
        self.assertIn("17 frames instead of 20", out)
        self.assertNotIn("1.mp4", self.results())

    def test_two_workers_never_write_one_clip(self):
        worker = subprocess.Popen(
            [os.path.join(BATCH, "process-one.sh"), self.manifest, "4"], stdout=subprocess.PIPE, text=True
        )
        while not os.path.exists(self.path("out", ".4.mp4.work", "lock")):
            time.sleep(0.02)
        time.sleep(0.2)
        self.assertIn("\tbusy\t", self.one(4, expect=75))
        self.assertIn("\tdone\t", worker.communicate()[0])

    def test_wrong_usage_has_its_exit_code(self):
        for arguments, words in (
            (("none.tsv", 1), "no such file"),
            ((self.manifest, 9), "no line 9"),
            ((self.manifest, "x"), "expected a number"),
            ((self.manifest,), "no index"),
        ):
            self.run_program(os.path.join(BATCH, "process-one.sh"), *arguments, expect=2)
            self.assertIn(words, self.errors)

    def test_gnu_parallel_finishes_what_is_missing(self):
        checks.need("parallel", "pgrep")
        command = [os.path.join(BATCH, "parallel.sh"), self.manifest, "2"]
        first = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.kill_worker_of_clip_4(lambda: first.poll() is not None)
        self.assertEqual(first.wait(), 2)
        outcomes, lines = self.outcomes()
        self.assertEqual(outcomes, {1: "done", 2: "failed", 3: "done", 5: "done"})
        os.replace(self.whole, self.path("broken.mkv"))
        os.symlink("broken.mkv", self.whole)
        times = {name: os.stat(self.path("out", name)).st_mtime_ns for name in ("1.mp4", "3.mp4", "5.mp4")}
        self.run_program(*command)
        self.assertEqual(self.outcomes(lines)[0], {1: "skipped", 2: "done", 3: "skipped", 4: "done", 5: "skipped"})
        self.assertEqual(self.results(), [f"{i}.mp4" for i in range(1, 6)])
        for name, before in times.items():
            self.assertEqual(os.stat(self.path("out", name)).st_mtime_ns, before)

    def test_slurm_finishes_what_is_missing(self):
        cluster = slurm.start(self)
        command = [os.path.join(BATCH, "slurm.sh"), self.manifest]
        self.run_program(*command, env=cluster)
        self.kill_worker_of_clip_4(lambda: slurm.is_empty(cluster))
        slurm.wait_for_jobs(self, cluster)
        outcomes, lines = self.outcomes()
        self.assertEqual(outcomes, {1: "done", 2: "failed", 3: "done", 5: "done"})
        os.replace(self.whole, self.path("broken.mkv"))
        os.symlink("broken.mkv", self.whole)
        self.run_program(*command, env=cluster)
        slurm.wait_for_jobs(self, cluster)
        self.assertEqual(self.outcomes(lines)[0], {1: "skipped", 2: "done", 3: "skipped", 4: "done", 5: "skipped"})

    def test_the_index_of_slurm_and_of_kubernetes(self):
        program = os.path.join(BATCH, "process-one.sh")
        self.assertIn("\t3\tdone\t", self.run_program(program, self.manifest, env={"SLURM_ARRAY_TASK_ID": "3"}))
        # Kubernetes counts from 0.
        self.assertIn("\t3\tskipped\t", self.run_program(program, self.manifest, env={"JOB_COMPLETION_INDEX": "2"}))

    def test_every_script_answers_help(self):
        for name in ("process-one.sh", "parallel.sh", "slurm.sh", "kubernetes.sh"):
            text = self.run_program(os.path.join(BATCH, name), "--help")
            self.assertIn("Usage: " + name, text)
            self.run_program(os.path.join(BATCH, name), "--no-such-option", expect=2)
            self.assertIn("unknown option --no-such-option", self.errors)

    def test_the_kubernetes_job_has_an_index_for_each_clip(self):
        text = self.run_program(os.path.join(BATCH, "kubernetes.sh"), self.manifest, "registry/masks:1", "clips", "8")
        for words in (
            "kind: Job",
            "completionMode: Indexed",
            "completions: 5",
            "parallelism: 8",
            "image: registry/masks:1",
            "claimName: clips",
            '"/data/list.tsv"',
        ):
            self.assertIn(words, text)


checks.main()
