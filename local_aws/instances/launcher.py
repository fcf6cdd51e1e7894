"""Replaces `python3` on a kept instance: has the zygote run the program; runs none itself.

Copied into the instance's venv as bin/python3, stdlib only. To its parent it acts as the program:
it passes signals on and ends with the program's exit code or signal, and the program ends when it
is killed. Where the zygote can't run a program faithfully (other options, another environment for
libraries that read it at import), this process executes the real Python.
"""

import json
import os
import resource
import signal
import socket
import sys

PASSED = ("SIGTERM", "SIGINT", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGQUIT")
MAX_FDS = 250
"""Linux passes 253 at once."""


def is_plain(words: list[str]) -> bool:
    """Say whether the words are `script`, `-m module` or `-c code`, perhaps behind -u."""
    words = words[1:] if words[:1] == ["-u"] else words
    return bool(words) and (words[0] in ("-c", "-m") or os.path.isfile(words[0]))


def open_fds() -> list[int]:
    """Return the numbers of this process's open files."""
    numbers = []
    for number in map(int, os.listdir("/proc/self/fd")):
        try:
            os.fstat(number)
        except OSError:
            continue  # the descriptor that read the folder
        numbers.append(number)
    return numbers


def ask(words: list[str], home: str) -> "socket.socket | None":
    """Send the program to the zygote; return the connection, or None without a zygote."""
    if not is_plain(words) or len(fds := open_fds()) > MAX_FDS:
        return None
    program = {"words": words, "env": dict(os.environ), "cwd": os.getcwd(), "fds": fds}
    program |= {"umask": os.umask(0o22), "executable": sys.argv[0]}
    os.umask(program["umask"])
    body = json.dumps(program).encode()
    folder = os.open(home, os.O_PATH)
    line = socket.socket(socket.AF_UNIX)
    try:
        # A socket's path is at most 107 bytes; a folder's number is short.
        line.connect(f"/proc/self/fd/{folder}/zygote")
        socket.send_fds(line, [len(body).to_bytes(8, "big")], fds)
        line.sendall(body)
        return line
    except OSError:
        line.close()
        return None
    finally:
        os.close(folder)


def follow(line: socket.socket) -> int | None:
    """Act as the program until it ends; return its wait status, None if the zygote refused it."""
    answers = line.makefile("r")
    if not (pid := answers.readline().strip()).isdigit():
        return None

    def pass_on(number: int, _: object) -> None:
        try:
            os.kill(int(pid), number)
        except ProcessLookupError:
            pass  # it has just ended

    # Close our copies: readers of these files must see their end when the program closes them.
    for fd in open_fds():
        if fd != line.fileno():
            os.close(fd)
    for name in PASSED:
        signal.signal(getattr(signal, name), pass_on)
    status = answers.readline().strip()
    # No answer: the zygote was killed, and its programs with it.
    return int(status) if status else signal.SIGKILL


def end_as(status: int) -> None:
    """End with the program's exit code or signal."""
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if -code not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


def main() -> None:
    words, folder = sys.argv[1:], os.path.dirname(sys.argv[0])
    if line := ask(words, os.path.dirname(folder)):
        if (status := follow(line)) is not None:
            end_as(status)
        line.close()
    # argv[0] makes it the venv's Python, with this file as sys.executable.
    os.execv(sys.executable, [sys.argv[0], *words])


if __name__ == "__main__":
    main()
