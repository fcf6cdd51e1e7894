"""What a check of a defect gets: a folder, and ranks that run a function; it knows no defect."""

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist

from helpers.training.distributed import Ranks

COLLECTIVE_SECONDS = 3
"""A rank that waits longer for the others waits for ever, as far as these tests go."""
RANK_SECONDS = 20.0


@dataclass(frozen=True)
class Defect:
    """A property, code that has it, and code with the defect in the same place."""

    name: str
    check: Callable[[Any, "Bench"], None]
    """Raises AssertionError where its first argument lacks the property."""
    ours: Any
    defective: Any


@dataclass(frozen=True)
class Bench:
    """Where a check works."""

    folder: Path
    host: "RankHost"

    def on_ranks(self, work: Callable, *arguments: object, count: int = 2) -> list:
        """Return what `work(ranks, *arguments)` gives on each of `count` ranks.

        Raises:
            AssertionError: a rank raised, died or waits for ever.
        """
        kind, value = self.host.ask(work, arguments, count, self.folder)
        assert kind == "done", value
        return value


class RankHost:
    """A process that has torch loaded and never trains: ranks are forked from it at once.

    From the test process they can't be: autograd forbids a fork after a backward pass.
    """

    def __init__(self) -> None:
        self._pipe, theirs = multiprocessing.Pipe()
        command = [sys.executable, str(Path(__file__).with_name("host.py")), str(theirs.fileno())]
        self._process = subprocess.Popen(
            command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL
        )
        theirs.close()

    def ask(self, work: Callable, arguments: tuple, count: int, folder: Path) -> tuple[str, Any]:
        """Run a function on ranks and return ("done", values) or ("failed", why)."""
        self._pipe.send((work, arguments, count, folder))
        return self._pipe.recv()

    def close(self) -> None:
        """End the process."""
        self._pipe.close()
        self._process.wait(10)


def serve(pipe: Connection) -> None:
    """Run in the host: fork ranks for each request."""
    torch.set_num_threads(1)
    while True:
        try:
            request = pipe.recv()
        except EOFError:
            return
        pipe.send(_run(*request))


def _run(work: Callable, arguments: tuple, count: int, folder: Path) -> tuple[str, Any]:
    """Fork the ranks and collect their answers; the first bad one ends all."""
    context = multiprocessing.get_context("fork")
    number = sum(1 for _ in folder.glob("store-*"))
    ends, processes = [], []
    for rank in range(count):
        ours, theirs = context.Pipe(duplex=False)
        about = (theirs, folder / f"store-{number}", rank, count, work, arguments)
        processes.append(context.Process(target=_rank, args=about))
        processes[-1].start()
        theirs.close()
        ends.append(ours)
    try:
        return _collect(ends)
    finally:
        for process in processes:
            process.kill()
            process.join()


def _collect(ends: list[Connection]) -> tuple[str, Any]:
    """Return all ranks' values, or what is wrong with one."""
    values: list = [None] * len(ends)
    waiting = dict(zip(ends, range(len(ends)), strict=True))
    while waiting:
        ready = multiprocessing.connection.wait(list(waiting), RANK_SECONDS)
        if not ready:
            return "failed", f"ranks {list(waiting.values())} wait for ever"
        for end in ready:
            rank = waiting.pop(end)
            try:
                kind, values[rank] = end.recv()
            except EOFError:
                kind, values[rank] = "failed", f"rank {rank} died"
            if kind == "failed":
                return kind, values[rank]
    return "done", values


def _rank(
    pipe: Connection, store: Path, rank: int, count: int, work: Callable, arguments: tuple
) -> None:
    """Run in a rank: join the others over gloo, work, answer."""
    os.environ["GLOO_SOCKET_IFNAME"] = "lo"
    try:
        dist.init_process_group(
            "gloo",
            store=dist.FileStore(str(store), count),
            rank=rank,
            world_size=count,
            timeout=timedelta(seconds=COLLECTIVE_SECONDS),
        )
        pipe.send(("done", work(Ranks(rank, count, "gloo", "a test"), *arguments)))
    except BaseException as error:  # told where it can be asserted
        pipe.send(("failed", f"rank {rank}: {type(error).__name__}: {error}"))
    os._exit(0)
