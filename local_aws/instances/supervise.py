"""Runs one command in its own session, and ends all its processes on request or when orphaned.

Started by `group.py` as a plain script, stdlib only; knows nothing of AWS. The server controls it
by its standard input: the line TERM passes SIGTERM on, and the end of the input (the server stopped
or was killed) kills all processes.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


def ask_linux(option: int, value: int) -> None:
    """Set an option of this process on Linux; other systems lack these options."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value)


def die_with_parent() -> None:
    """Have Linux kill this process when its parent ends; elsewhere only standard input does."""
    ask_linux(PR_SET_PDEATHSIG, signal.SIGKILL)


def children() -> list[int]:
    """Return the ids of this process's children, on Linux with adopted orphans (subreaper)."""
    pids = []
    for name in filter(str.isdigit, os.listdir("/proc") if sys.platform == "linux" else []):
        try:
            with open(f"/proc/{name}/stat", errors="replace") as file:
                # The name in brackets may hold anything; state and parent follow it.
                parent = file.read().rpartition(")")[2].split()[1]
        except OSError:
            continue  # the process has ended meanwhile
        if int(parent) == os.getpid():
            pids.append(int(name))
    return pids


def end_orphans() -> None:
    """Kill processes that left the command's group, such as torchrun's ranks, and children."""
    while pids := children():
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        for pid in pids:
            os.waitpid(pid, 0)


def end_strays(home: str, output: int) -> None:
    """Kill the processes of an instance whose supervisor was killed, as a job can do.

    Args:
        home: the instance's HOME, which they have in their environment.
        output: the inode of the pipe of its output, which they hold where they have none.
    """
    marks = f"HOME={home}".encode(), f"pipe:[{output}]"
    while strays := [pid for pid in _others() if _is_marked(pid, *marks)]:
        for pid in strays:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)


def _others() -> list[int]:
    names = os.listdir("/proc") if sys.platform == "linux" else []
    return [int(name) for name in names if name.isdigit() and int(name) != os.getpid()]


def _is_marked(pid: int, variable: bytes, pipe: str) -> bool:
    """Say whether a process that has not ended has a variable, or holds a pipe open."""
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            if variable in file.read().split(b"\0"):
                return True
        files = os.listdir(f"/proc/{pid}/fd")
        return any(os.readlink(f"/proc/{pid}/fd/{number}") == pipe for number in files)
    except OSError:
        return False  # it has ended, or is another user's


def signal_group(leader: int, number: int) -> None:
    """Send a signal to every process of a session's first group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, number)


def follow_commands(leader: int) -> None:
    """Follow the server's commands on standard input until its end."""
    for line in sys.stdin:
        if line.strip() == "TERM":
            signal_group(leader, signal.SIGTERM)
    signal_group(leader, signal.SIGKILL)


def main(command: list[str]) -> int:
    """Run `command` and return its exit code, negative for a signal as in `subprocess`."""
    ask_linux(PR_SET_CHILD_SUBREAPER, 1)
    child = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=die_with_parent
    )
    threading.Thread(target=follow_commands, args=(child.pid,), daemon=True).start()
    code = child.wait()
    # Kill processes that the command has left (data loaders, launchers).
    signal_group(child.pid, signal.SIGKILL)
    end_orphans()
    return code


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    # A daemon thread still reads stdin: exit without waiting for it.
    os._exit(code if code >= 0 else 128 - code)
