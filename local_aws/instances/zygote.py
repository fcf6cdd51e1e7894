"""A Python process that has imported an image's libraries and forks for each program; no job.

Started by `warm_python.py` as a plain script, stdlib only, with the interpreter of the venv. The
server controls it by its standard input: the line SWEEP ends all running programs, the end of the
input ends this process too. Linux only.
Left out: the launcher's process group and limits (each program leads its own session).
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
    """Return the variables that libraries read at import."""
    return {
        name: value
        for name, value in env.items()
        if name.startswith(READ_WHEN_LOADED) and not name.startswith(NOT_THEN)
    }


class Program:
    """One program to run in a child process, from the request of a launcher."""

    def __init__(self, request: dict, fds: list[int]):
        self.request, self.fds = request, fds

    def settle(self) -> None:
        """Take over the launcher's folder, umask, environment and files."""
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
        """Run the program as `python3` does; raise its SystemExit and errors."""
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
    """Runs programs for launchers and sends them the wait status; knows nothing of jobs."""

    def __init__(self, socket_path: str, commands: int, answers: int):
        self._commands, self._answers = commands, answers
        self._environment = read_when_loaded(dict(os.environ))
        self._site = next(path for path in sys.path if path.startswith(sys.prefix))
        self._installed = set(os.listdir(self._site))
        self._lines: dict[int, socket.socket] = {}
        self._socket = socket.socket(socket.AF_UNIX)
        folder = os.open(os.path.dirname(socket_path), os.O_PATH)
        self._socket.bind(f"/proc/self/fd/{folder}/{os.path.basename(socket_path)}")
        self._socket.listen(64)
        os.close(folder)
        self._ended, wake = os.pipe()
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._events = selectors.DefaultSelector()
        for file in (self._socket, commands, self._ended):
            self._events.register(file, selectors.EVENT_READ)

    def serve(self) -> Program | None:
        """Fork for each program until the input ends; in a child, return its program."""
        while True:
            for key, _ in self._events.select():
                if key.fileobj == self._ended:
                    os.read(self._ended, 4096)
                    self._reap()
                elif key.fileobj == self._commands:
                    word = os.read(self._commands, 4096)
                    self._sweep()
                    if not word:
                        return None
                    os.write(self._answers, b"swept\n")
                elif key.fileobj == self._socket:
                    if program := self._take():
                        return program
                elif key.fileobj.fileno() >= 0:
                    self._let_go(key.fileobj)

    def _take(self) -> Program | None:
        line, _ = self._socket.accept()
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
            pid = None  # the launcher has ended, or another program wrote to this socket
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
        """Say whether no imported module was changed by an installation since."""
        now = set(os.listdir(self._site))
        return self._installed <= now and not any(
            name.endswith((".pth", ".egg-link")) or name.partition(".")[0] in sys.modules
            for name in now - self._installed
        )

    def _abandon(self) -> None:
        # In a child: a socket that is garbage collected later would close a file of the program.
        self._events.close()
        for line in (self._socket, *self._lines.values()):
            line.close()

    def _let_go(self, line: socket.socket) -> None:
        # The launcher was killed: kill its program too.
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
                    pass  # the launcher has ended
                line.close()

    def _sweep(self) -> None:
        """End all programs, orphans included, and wait for their end."""
        while True:
            self._reap()
            if not (children := supervise.children()):
                return
            for pid in children:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.002)


def main() -> Program | None:
    """Import the libraries, report it, and serve."""
    commands, answers = os.dup(0), os.dup(1)
    with open(os.devnull, "r+b") as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(nothing.fileno(), 1)
    supervise.ask_linux(supervise.PR_SET_CHILD_SUBREAPER, 1)
    # This folder contains the server's modules, which a job must not import.
    del sys.path[0], sys.modules["supervise"]
    for name in sys.argv[2:]:
        try:
            importlib.import_module(name)
        except ImportError:
            pass  # not in this image
    gc.collect()
    gc.freeze()
    zygote = Zygote(sys.argv[1], commands, answers)
    os.write(answers, b"ready\n")
    return zygote.serve()


def exit_code(error: BaseException) -> int:
    """Print an error as Python does, and return its exit code."""
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
    """End as Python does, but without freeing the imported libraries, which takes most of the time.

    It waits for threads, runs exit handlers and flushes open files.
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
