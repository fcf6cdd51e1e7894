"""Finds processes that outlived their test; knows folders and process tables, ends nothing."""

from pathlib import Path

import psutil

# Python's own helpers: they end with the interpreter that started them.
STANDING = ("multiprocessing.resource_tracker", "multiprocessing.forkserver")


def describe(process: psutil.Process) -> str:
    """Return a process's number and command line, or an empty string if it is gone."""
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return ""
        return f"{process.pid}: {' '.join(process.cmdline())[:200]}"
    except psutil.Error:
        return ""


def belongs(process: psutil.Process, folder: str) -> bool:
    """Tell whether a process works in, was started with, or is told of anything below `folder`."""
    try:
        known = [process.cwd(), *process.cmdline(), *process.environ().values()]
    except psutil.Error:
        return False
    return any(folder in text for text in known)


def leftovers(folder: Path, wait_s: float = 5.0) -> list[str]:
    """Describe our children, and all processes of `folder`, that still run after `wait_s`.

    A detached server is nobody's child any more, and a job's environment names nobody: the folder
    that holds their state is what gives them away.
    """
    me = psutil.Process()
    above = {me.pid, *(parent.pid for parent in me.parents())}
    found = {process.pid: process for process in me.children(recursive=True)}
    for process in psutil.process_iter():
        if process.pid not in above and belongs(process, str(folder)):
            found[process.pid] = process
    _, alive = psutil.wait_procs(found.values(), timeout=wait_s)
    texts = sorted(filter(None, map(describe, alive)))
    return [text for text in texts if not any(name in text for name in STANDING)]
