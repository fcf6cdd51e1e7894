"""A Python of a kept instance with its image's libraries imported, which forks for each program.

Started by `warm_python.py` as a plain script, stdlib only, with the venv's own interpreter. Its
standard input is the rope to the server: the line SWEEP ends all that still runs, its end this
process too. Linux only. Left out: the parent's process group and limits (a program leads a session
of its own).
"""

import atexit
import contextlib
import ctypes
import fcntl
import gc
import importlib
import io
import json
import os
import random
import runpy
import selectors
import signal
import socket
import sys
import tempfile
import threading
import time
import types

import supervise  # lies beside this file

READ_WHEN_LOADED = ("PYTHON", "LD_", "LC_", "LANG", "KMP_", "GOMP_", "MKL_", "OPENBLAS_", "TORCH_")
NOT_THEN = ("TORCH_NCCL", "TORCHELASTIC")
HEADER = 8


def read_when_loaded(env: dict[str, str]) -> dict[str, str]:
    """Return the variables that a library looks at when it is imported."""
    return {
        name: value
        for name, value in env.items()
        if name.startswith(READ_WHEN_LOADED) and not name.startswith(NOT_THEN)
    }


class Program:
    """One program to run in a child: what a launcher asked for."""

    def __init__(self, request: dict, fds: list[int]):
        self.request, self.fds = request, fds

    def settle(self) -> None:
        """Make this process look as the launcher's did."""
        os.setsid()
        supervise.die_with_parent()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self._take_files()
        os.chdir(self.request["cwd"])
        os.umask(self.request["umask"])
        os.environ.clear()
        os.environ.update(self.request["env"])
        tempfile.tempdir = None
        importlib.invalidate_caches()
        random.seed()
        if "numpy" in sys.modules:
            sys.modules["numpy"].random.seed()
        if "torch" in sys.modules and (cores := os.environ.get("OMP_NUM_THREADS", "")).isdigit():
            sys.modules["torch"].set_num_threads(int(cores))

    def _take_files(self) -> None:
        wanted = self.request["fds"]
        above = max([*wanted, *map(int, os.listdir("/proc/self/fd"))]) + 1
        high = [fcntl.fcntl(fd, fcntl.F_DUPFD, above) for fd in self.fds]
        os.closerange(0, above)
        for number, fd in zip(wanted, high, strict=True):
            os.dup2(fd, number)
            os.close(fd)

    def run(self) -> None:
        """Do as `python3` does with these words; SystemExit and errors fly."""
        words = self.request["words"]
        words = words[1:] if words[0] == "-u" else words
        sys.executable = self.request["executable"]
        sys.orig_argv = [sys.executable, *self.request["words"]]
        main = sys.modules["__main__"] = types.ModuleType("__main__")
        main.__dict__.update(__builtins__=__builtins__, __annotations__={})
        first = words[0]
        if first == "-m":
            sys.argv = words[1:]
            sys.path.insert(0, os.getcwd())
            runpy.run_module(words[1], run_name="__main__", alter_sys=True)
            return
        if first == "-c":
            sys.argv = ["-c", *words[2:]]
            sys.path.insert(0, "")
            code = compile(words[1], "<string>", "exec")
        else:
            sys.argv = words
            sys.path.insert(0, os.path.dirname(os.path.realpath(first)))
            main.__file__ = os.path.abspath(first)
            with open(first, "rb") as file:
                code = compile(file.read(), first, "exec")
        exec(code, main.__dict__)


class Zygote:
    """Takes programs from launchers and says how they ended; knows nothing of jobs."""

    def __init__(self, socket_path: str, rope: int, answers: int):
        self._rope, self._answers = rope, answers
        self._environment = read_when_loaded(dict(os.environ))
        self._site = next(path for path in sys.path if path.startswith(sys.prefix))
        self._installed = set(os.listdir(self._site))
        self._lines: dict[int, socket.socket] = {}
        self._door = socket.socket(socket.AF_UNIX)
        folder = os.open(os.path.dirname(socket_path), os.O_PATH)
        self._door.bind(f"/proc/self/fd/{folder}/{os.path.basename(socket_path)}")
        self._door.listen(64)
        os.close(folder)
        self._ended, wake = os.pipe()
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._events = selectors.DefaultSelector()
        for file in (self._door, rope, self._ended):
            self._events.register(file, selectors.EVENT_READ)

    def serve(self) -> Program | None:
        """Fork for each program until the rope is let go; in a child, return its program."""
        while True:
            for key, _ in self._events.select():
                if key.fileobj == self._ended:
                    os.read(self._ended, 4096)
                    self._reap()
                elif key.fileobj == self._rope:
                    word = os.read(self._rope, 4096)
                    self._sweep()
                    if not word:
                        return None
                    os.write(self._answers, b"swept\n")
                elif key.fileobj == self._door:
                    if program := self._take():
                        return program
                elif key.fileobj.fileno() >= 0:
                    self._let_go(key.fileobj)

    def _take(self) -> Program | None:
        line, _ = self._door.accept()
        line.settimeout(10)
        fds: list[int] = []
        try:
            header, fds, _, _ = socket.recv_fds(line, HEADER, 253)
            body = b""
            while len(body) < int.from_bytes(header, "big"):
                if not (part := line.recv(2**20)):
                    raise ConnectionError("a launcher has ended")
                body += part
            program = Program(json.loads(body), list(fds))
            pid = self._fork(program, line)
        except (OSError, ValueError, TypeError, LookupError, AttributeError):
            pid = None  # a launcher that ended, or something else that spoke to this door
            line.close()
        if pid != 0:
            for fd in fds:
                os.close(fd)
        return program if pid == 0 else None

    def _fork(self, program: Program, line: socket.socket) -> int | None:
        environment = read_when_loaded(program.request["env"])
        if environment != self._environment or not self._is_as_imported():
            line.sendall(b"no\n")
            line.close()
            return None
        if (pid := os.fork()) == 0:
            signal.set_wakeup_fd(-1)
            self._abandon()
            return 0
        self._lines[pid] = line
        line.sendall(b"%d\n" % pid)
        self._events.register(line, selectors.EVENT_READ)
        return pid

    def _is_as_imported(self) -> bool:
        """Say whether what was installed since then touches nothing of what is imported."""
        now = set(os.listdir(self._site))
        return self._installed <= now and not any(
            name.endswith((".pth", ".egg-link")) or name.partition(".")[0] in sys.modules
            for name in now - self._installed
        )

    def _abandon(self) -> None:
        # In a child. A socket that is collected later would close a file of the program's.
        self._events.close()
        for line in (self._door, *self._lines.values()):
            line.close()

    def _let_go(self, line: socket.socket) -> None:
        # A launcher says nothing more: it was killed, and so is its program.
        for pid, open_line in self._lines.items():
            if open_line is line:
                os.kill(pid, signal.SIGKILL)
        self._events.unregister(line)

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            if line := self._lines.pop(pid, None):
                if line in {key.fileobj for key in self._events.get_map().values()}:
                    self._events.unregister(line)
                try:
                    line.sendall(b"%d\n" % status)
                except OSError:
                    pass  # nobody is there to hear it
                line.close()

    def _sweep(self) -> None:
        """End all that was started, orphans included, and wait for it."""
        while True:
            self._reap()
            if not (children := supervise.children()):
                return
            for pid in children:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.002)


def main() -> Program | None:
    """Import, say so, serve."""
    rope, answers = os.dup(0), os.dup(1)
    with open(os.devnull, "r+b") as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(nothing.fileno(), 1)
    supervise.ask_linux(supervise.PR_SET_CHILD_SUBREAPER, 1)
    # This folder holds the server's modules, which no job may see.
    del sys.path[0], sys.modules["supervise"]
    for name in sys.argv[2:]:
        try:
            importlib.import_module(name)
        except ImportError:
            pass  # not in this image
    gc.collect()
    gc.freeze()
    zygote = Zygote(sys.argv[1], rope, answers)
    os.write(answers, b"ready\n")
    return zygote.serve()


def exit_code(error: BaseException) -> int:
    """Say what went wrong as Python does, and return the exit code that goes with it."""
    if isinstance(error, SystemExit):
        if error.code is None or isinstance(error.code, int):
            return (error.code or 0) & 0xFF
        print(error.code, file=sys.stderr)
        return 1
    trace = error.__traceback__
    while trace and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    sys.excepthook(type(error), error.with_traceback(trace), trace)
    return 130 if isinstance(error, KeyboardInterrupt) else 1


def leave(code: int) -> None:
    """End as Python does, but for taking the imported libraries apart, which is most of the time.

    Threads are waited for, exit handlers run, files that are still open get their last bytes.
    """
    threading._shutdown()
    atexit._run_exitfuncs()
    for each in gc.get_objects():
        if issubclass(type(each), io.IOBase):
            with contextlib.suppress(OSError, ValueError):
                each.flush()
    ctypes.CDLL(None).fflush(None)
    os._exit(code)


if __name__ == "__main__" and (program := main()):
    program.settle()
    code = 0
    try:
        program.run()
    except BaseException as error:
        code = exit_code(error)
    leave(code)
