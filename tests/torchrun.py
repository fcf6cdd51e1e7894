"""Runs programs on several ranks for tests, as SageMaker's launcher does."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil

from local_aws.instances.container import NO_NAMES
from tests.places import ROOT
from tools.course_run import free_port


def environment() -> dict[str, str]:
    """Return the environment of a rank: one thread, loopback, and the helpers of this tree."""
    extra = {"OMP_NUM_THREADS": "1", "GLOO_SOCKET_IFNAME": "lo", "PYTHONPATH": str(ROOT)}
    return {**os.environ, **extra, **NO_NAMES}


def start_node(
    program: Path,
    *args: object,
    node: int = 0,
    nodes: int = 1,
    ranks: int = 1,
    port: int,
    log: Path,
) -> subprocess.Popen:
    """Start one instance's torchrun in a process group of its own."""
    command = [sys.executable, "-m", "torch.distributed.run"]
    command += [f"--nnodes={nodes}", f"--nproc_per_node={ranks}", f"--node_rank={node}"]
    command += ["--master_addr=127.0.0.1", f"--master_port={port}", str(program), *map(str, args)]
    with log.open("w") as file:
        return subprocess.Popen(
            command,
            stdout=file,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=environment(),
            cwd=log.parent,
            start_new_session=True,
        )


def run_ranks(program: Path, *args: object, ranks: int, log: Path, timeout_s: float = 120) -> str:
    """Run a program on some ranks of one instance and return its log; it must end well."""
    process = start_node(program, *args, ranks=ranks, port=free_port(), log=log)
    assert end(process, timeout_s) == 0, log.read_text()
    return log.read_text()


def end(process: subprocess.Popen, timeout_s: float) -> int:
    """Wait for a node and return its exit status; what is left of it then is killed."""
    try:
        return process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        return -1
    finally:
        kill(process)


def kill(process: subprocess.Popen) -> None:
    """Take an instance away, with all its processes, as a spot interruption does in the end.

    All at once: torchrun's ranks have sessions of their own, and notice its death seconds later.
    """
    ranks = []
    if process.poll() is None:
        with suppress(psutil.NoSuchProcess):
            ranks = psutil.Process(process.pid).children(recursive=True)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    for rank in ranks:
        with suppress(psutil.NoSuchProcess):
            rank.kill()
    process.wait()
