"""Finds processes that outlived their test; knows folders and process tables, ends nothing."""

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

STANDING = ("multiprocessing.resource_tracker", "multiprocessing.forkserver")
"""Python's own helper processes: they end with the interpreter that started them."""
WORD = re.compile(r"[\w-]")
"""A character that continues a file's name: a worker's folder popen-gw1 is not popen-gw10."""


def describe(process: psutil.Process) -> str:
    """Return a process's number and command line, or an empty string if it is gone."""
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return ""
        return f"{process.pid}: {' '.join(process.cmdline())[:200]}"
    except psutil.Error:
        return ""


def belongs(process: psutil.Process, folder: str) -> bool:
    """Return whether a process's folder, command line or environment names a path in `folder`."""
    try:
        known = [process.cwd(), *process.cmdline(), *process.environ().values()]
    except psutil.Error:
        return False
    return any(mentions(text, folder) for text in known)


def mentions(text: str, folder: str) -> bool:
    """Return whether a text has a folder's path or one below it."""
    return any(not rest or not WORD.match(rest) for rest in text.split(folder)[1:])


def stands(process: psutil.Process) -> bool:
    """Return whether a process is one of Python's own helpers, which need no waiting."""
    return any(name in describe(process) for name in STANDING)


def leftovers(folder: Path, wait_s: float = 5.0) -> list[str]:
    """Describe our children, and all processes of `folder`, that still run after `wait_s`.

    A detached server is no child of ours, and a job's environment names no parent: only the folder
    of their state identifies them.
    """
    me = psutil.Process()
    above = {me.pid, *(parent.pid for parent in me.parents())}
    children = {process.pid: process for process in me.children(recursive=True)}
    for process in psutil.process_iter():
        if process.pid not in above and belongs(process, str(folder)):
            children[process.pid] = process
    passing = [process for process in children.values() if not stands(process)]
    _, alive = psutil.wait_procs(passing, timeout=wait_s)
    return sorted(filter(None, map(describe, alive)))


@contextmanager
def interrupts_left_to_children() -> Iterator[None]:
    """Ignore keyboard interrupts during the block, and wait for the children, which get them too.

    `subprocess.run` would kill the children a quarter of a second later, before they have stopped
    their own processes.
    """
    before = signal.signal(signal.SIGINT, lambda number, frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
