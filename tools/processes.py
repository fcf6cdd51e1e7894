"""Finds processes that outlived their test; knows folders and process tables, ends nothing."""

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

STANDING = ("multiprocessing.resource_tracker", "multiprocessing.forkserver")
"""Python's own helpers: they end with the interpreter that started them."""
WORD = re.compile(r"[\w-]")
"""What goes on a file's name: a worker's folder popen-gw1 is not popen-gw10."""


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
    """Return whether a text holds a folder's path or one below it, not one that begins alike."""
    return any(not rest or not WORD.match(rest) for rest in text.split(folder)[1:])


def stands(process: psutil.Process) -> bool:
    """Return whether a process is one of Python's own helpers, which nobody need wait for."""
    return any(name in describe(process) for name in STANDING)


def leftovers(folder: Path, wait_s: float = 5.0) -> list[str]:
    """Describe our children, and all processes of `folder`, that still run after `wait_s`.

    A detached server is nobody's child any more, and a job's environment names nobody: the folder
    that holds their state is what gives them away.
    """
    me = psutil.Process()
    above = {me.pid, *(parent.pid for parent in me.parents())}
    processes = {process.pid: process for process in me.children(recursive=True)}
    for process in psutil.process_iter():
        if process.pid not in above and belongs(process, str(folder)):
            processes[process.pid] = process
    passing = [process for process in processes.values() if not stands(process)]
    _, alive = psutil.wait_procs(passing, timeout=wait_s)
    return sorted(filter(None, map(describe, alive)))


@contextmanager
def interrupts_left_to_children() -> Iterator[None]:
    """Wait for children to the end while the block lasts, though the keyboard interrupts.

    It interrupts the children as well. `subprocess.run` would kill them a quarter of a second
    later, in the middle of stopping what they started.
    """
    before = signal.signal(signal.SIGINT, lambda number, frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
