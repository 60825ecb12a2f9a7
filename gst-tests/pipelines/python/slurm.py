# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""A Slurm cluster of this machine alone, on the loopback, with files of its own."""
import os
import socket
import subprocess
import time
import unittest


CONFIG = """
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={control_port}
SlurmdPort={node_port}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CryptoType=crypto/munge
SlurmUser=root
SlurmdUser=root
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_res
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=1
MinJobAge=300
ReturnToService=2
MpiDefault=none
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} State=UNKNOWN
PartitionName=main Nodes={host} Default=YES MaxTime=10 State=UP
"""


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def start(test):
    """The environment of Slurm's commands. Skips the test, and says why, where a cluster cannot be started."""
    for name in ("munged", "slurmctld", "slurmd", "sbatch"):
        if not any(os.access(os.path.join(folder, name), os.X_OK) for folder in ("/usr/sbin", "/usr/bin")):
            raise unittest.SkipTest(f"{name} is not here")
    if os.geteuid() != 0:
        raise unittest.SkipTest("slurmd needs root")
    folder = test.path("slurm", ".")
    host = socket.gethostname().split(".")[0]
    with open(os.path.join(folder, "slurm.conf"), "w", encoding="ascii") as file:
        file.write(
            CONFIG.format(
                folder=folder, host=host, control_port=free_port(), node_port=free_port(), cpus=os.cpu_count()
            )
        )
    key = os.path.join(folder, "munge.key")
    with open(key, "wb") as file:
        file.write(os.urandom(1024))
    os.chmod(key, 0o400)
    for name in ("state", "spool"):
        os.makedirs(os.path.join(folder, name))
    environment = {
        **os.environ,
        "SLURM_CONF": os.path.join(folder, "slurm.conf"),
        "PATH": os.environ["PATH"] + ":/usr/sbin",
    }
    run_daemon(
        test,
        environment,
        folder,
        "munged",
        "--foreground",
        "--force",
        f"--socket={folder}/munge.socket",
        f"--key-file={key}",
        f"--pid-file={folder}/munged.pid",
        f"--seed-file={folder}/munged.seed",
        f"--log-file={folder}/munged.log",
    )
    wait(folder, lambda: os.path.exists(f"{folder}/munge.socket"))
    run_daemon(test, environment, folder, "slurmctld", "-D", "-c")
    run_daemon(test, environment, folder, "slurmd", "-D", "-N", host)

    def is_idle():
        done = subprocess.run(["sinfo", "-h", "-o", "%t"], env=environment, capture_output=True, text=True, check=False)
        return done.stdout.strip() == "idle"

    wait(folder, is_idle)
    return environment


def is_empty(environment):
    """Whether the queue has no job that waits or runs."""
    done = subprocess.run(["squeue", "-h"], env=environment, capture_output=True, text=True, check=True)
    return not done.stdout.strip()


def wait_for_jobs(test, environment):
    # Not sbatch --wait, which asks ever more rarely.
    for _ in range(600):
        if is_empty(environment):
            return
        time.sleep(0.5)
    test.fail("jobs do not end")


def run_daemon(test, environment, folder, *command):
    with open(os.path.join(folder, command[0] + ".out"), "wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def stop():
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    test.addCleanup(stop)


def wait(folder, is_ready):
    for _ in range(150):
        if is_ready():
            return
        time.sleep(0.2)
    lines = []
    for name in ("munged", "slurmctld", "slurmd"):
        path = os.path.join(folder, name + ".out")
        if os.path.exists(path):
            with open(path, encoding="utf-8", errors="replace") as file:
                lines += file.read().splitlines()[-1:]
    raise unittest.SkipTest(f"no Slurm cluster can be started here: {'; '.join(lines)}")
