"""Runs the instances of one job in parallel; knows processes and lines, and nothing of AWS.

Deadlines count real seconds, not those of the local AWS's clock: a process computes no faster when
the clock is moved. SIGTERM goes to all processes of an instance's first process group. A shell that
leads the group ends at once, and its children with it. On SageMaker a shell does not pass the
signal on, so a script behind a shell must not rely on it there either.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from local_aws.instances import supervise
from local_aws.instances.output import Output

SUPERVISOR = Path(__file__).with_name("supervise.py")
GRACE_SECONDS = 120.0
"""Seconds from SIGTERM to SIGKILL, as when SageMaker stops a job."""
PEER_SECONDS = 5.0
"""Seconds that the other instances may run on after one has failed."""


@dataclass
class Instance:
    """One instance of a job: its command, its disk and the last lines of its output."""

    host: str
    command: list[str]
    environment: dict[str, str]
    folder: Path
    on_error: Callable[[str], None] | None = None
    """Called for each line of the standard error; without it they are lines of the output."""
    tail: list[str] = field(default_factory=list)
    error_tail: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Outcome:
    """The end of a group: exit codes by host, the first host that failed, a stop or deadline."""

    codes: dict[str, int]
    failed: str | None
    stopped: bool
    timed_out: bool
    interrupted: bool


class Group:
    """The instances of one job; a group that is stopped before `run` starts none of them."""

    TAIL = 200

    def __init__(self) -> None:
        self._processes: dict[str, subprocess.Popen] = {}
        self._readers: dict[str, list[Output]] = {}
        self._stop, self._is_cut, self._interrupted = threading.Event(), False, False

    def stop(self) -> None:
        """Stop all instances: SIGTERM, and SIGKILL after the grace period."""
        self._stop.set()

    def interrupt(self) -> None:
        """Take the instances away: a stop that the job's owner did not request."""
        self._interrupted = True
        self._stop.set()

    def cut(self) -> None:
        """Kill all instances at once, without a grace period."""
        self._is_cut = True
        for process in list(self._processes.values()):
            with suppress(BrokenPipeError, ValueError):
                process.stdin.close()

    def run(
        self,
        instances: list[Instance],
        max_seconds: float,
        on_line: Callable[[str, str], None],
        sweep: Callable[[], object] = lambda: None,
    ) -> Outcome:
        """Start all instances and return when none is left.

        Args:
            on_line: called with host and line for each line of output.
            sweep: called once all instances have ended, to end processes that they left.
        """
        deadline = time.monotonic() + max_seconds
        try:
            for instance in instances:
                if not self._stop.is_set():
                    self._start(instance, on_line)
            failed = self._watch(deadline)
            ended, timed_out = self._stop.is_set(), time.monotonic() >= deadline
            self._end(0.0 if self._is_cut else PEER_SECONDS if failed else GRACE_SECONDS)
        finally:
            self._finish(instances, sweep)
        codes = {host: process.returncode for host, process in self._processes.items()}
        failed = failed or next((host for host, code in codes.items() if code), None)
        interrupted = ended and self._interrupted
        return Outcome(codes, failed, ended and not interrupted, timed_out, interrupted)

    def _start(self, instance: Instance, on_line: Callable[[str, str], None]) -> None:
        errors = subprocess.PIPE if instance.on_error else subprocess.STDOUT
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(SUPERVISOR), *instance.command],
            cwd=instance.folder, env=instance.environment, encoding="utf-8", errors="replace",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
        )  # fmt: skip
        self._processes[instance.host] = process
        takers = [(process.stdout, partial(on_line, instance.host))]
        if instance.on_error:
            takers.append((process.stderr, instance.on_error))
        readers = [Output(stream, take, self.TAIL) for stream, take in takers]
        self._readers[instance.host] = readers
        for reader in readers:
            reader.start()

    def _watch(self, deadline: float) -> str | None:
        """Wait for the end, a failure, a stop or the deadline; return the host that failed."""
        while time.monotonic() < deadline and not self._stop.is_set():
            codes = {host: process.poll() for host, process in self._processes.items()}
            if failed := next((host for host, code in codes.items() if code), None):
                return failed
            if all(code == 0 for code in codes.values()):
                return None
            self._stop.wait(0.05)
        return None

    def _end(self, grace: float) -> None:
        running = [process for process in self._processes.values() if process.poll() is None]
        for process in running:
            _tell(process, "TERM\n")
        deadline = time.monotonic() + grace
        for process in running:
            # _finish kills processes that outlive the grace period.
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))

    def _finish(self, instances: list[Instance], sweep: Callable[[], object]) -> None:
        self.cut()
        for process in self._processes.values():
            process.wait()
        # A process that is left would keep the pipe open, and its reader waiting.
        sweep()
        for instance in instances:
            process = self._processes.get(instance.host)
            if process and process.returncode < 0:  # it ends by itself: the job has killed it
                for pipe in filter(None, (process.stdout, process.stderr)):
                    output = os.fstat(pipe.fileno()).st_ino
                    supervise.end_strays(instance.environment.get("HOME", ""), output)
        for instance in instances:
            readers = self._readers.pop(instance.host, [])
            for reader in readers:
                reader.join()
            tails = [reader.tail for reader in readers]
            instance.tail, instance.error_tail = [*tails, [], []][:2]
        for process in self._processes.values():
            process.stdout.close()
            if process.stderr:
                process.stderr.close()


def _tell(process: subprocess.Popen, word: str) -> None:
    # The instance may have ended or been killed meanwhile.
    with suppress(BrokenPipeError, ValueError):
        process.stdin.write(word)
        process.stdin.flush()
