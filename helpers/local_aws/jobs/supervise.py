"""Runs one command in a session of its own and ends all of it when asked, or when orphaned.

Started by `group.py` as a plain script, stdlib only. Its standard input is the rope to the server:
the line TERM passes SIGTERM on, and its end (the server stopped or was killed) kills the lot.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading

PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Ask Linux to kill this process when its parent ends; elsewhere the rope alone does."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def signal_group(leader: int, number: int) -> None:
    """Send a signal to every process of a session's first group."""
    try:
        os.killpg(leader, number)
    except ProcessLookupError:
        pass


def follow_rope(leader: int) -> None:
    """Do as the server says until it lets go."""
    for line in sys.stdin:
        if line.strip() == "TERM":
            signal_group(leader, signal.SIGTERM)
    signal_group(leader, signal.SIGKILL)


def main(command: list[str]) -> int:
    """Run `command` and return its exit code, negative for a signal as in `subprocess`."""
    child = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=die_with_parent
    )
    threading.Thread(target=follow_rope, args=(child.pid,), daemon=True).start()
    code = child.wait()
    # Whatever the command left behind (data loaders, launchers) goes with it.
    signal_group(child.pid, signal.SIGKILL)
    return code


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    # A daemon thread sits in a read of stdin: leave without waiting for it.
    os._exit(code if code >= 0 else 128 - code)
