"""Runs the instances of one job side by side; knows processes and lines, and nothing of AWS.

Deadlines here are the machine's own seconds: what a process computes takes its time, however far
the local AWS's clock was moved.
SIGTERM goes to all processes of an instance's first group. A shell that leads it ends at once, and
what it started with it: as on SageMaker, where a shell does not pass the signal on, a script behind
one must not count on it.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from local_aws.instances.output import Output

SUPERVISOR = Path(__file__).with_name("supervise.py")
GRACE_SECONDS = 120.0
"""Between SIGTERM and SIGKILL, as SageMaker does when a job is stopped."""
PEER_SECONDS = 5.0
"""How long the other instances may live on after one has failed."""


@dataclass
class Instance:
    """One instance of a job: what to run, where, and what it said last."""

    host: str
    command: list[str]
    environment: dict[str, str]
    folder: Path
    tail: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Outcome:
    """How a group ended: exit codes by host, who failed first, and whether we ended it."""

    codes: dict[str, int]
    failed: str | None
    stopped: bool
    timed_out: bool
    interrupted: bool


class Group:
    """The instances of one job; one that was stopped before it runs starts none of them."""

    TAIL = 200

    def __init__(self) -> None:
        self._processes: dict[str, subprocess.Popen] = {}
        self._readers: dict[str, Output] = {}
        self._stop, self._is_cut, self._interrupted = threading.Event(), False, False

    def stop(self) -> None:
        """Ask all instances to end: SIGTERM, and SIGKILL after the grace."""
        self._stop.set()

    def interrupt(self) -> None:
        """Take the instances away: as a stop, but one that was not asked for by the job's owner."""
        self._interrupted = True
        self._stop.set()

    def cut(self) -> None:
        """Kill all instances at once, without the grace."""
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
            on_line: called with host and line for all that an instance prints.
            sweep: called once all instances have ended, to end what they left elsewhere.
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
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(SUPERVISOR), *instance.command],
            cwd=instance.folder, env=instance.environment, encoding="utf-8", errors="replace",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self._processes[instance.host] = process
        take = partial(on_line, instance.host)
        self._readers[instance.host] = Output(process.stdout, take, self.TAIL)
        self._readers[instance.host].start()

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
            # What outlives the grace is killed by _finish.
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))

    def _finish(self, instances: list[Instance], sweep: Callable[[], object]) -> None:
        self.cut()
        for process in self._processes.values():
            process.wait()
        # A process that was left behind would keep the pipe open that a reader waits at.
        sweep()
        for instance in instances:
            if reader := self._readers.pop(instance.host, None):
                reader.join()
                instance.tail = reader.tail
        for process in self._processes.values():
            process.stdout.close()


def _tell(process: subprocess.Popen, word: str) -> None:
    # It may have ended by itself, or been cut, meanwhile.
    with suppress(BrokenPipeError, ValueError):
        process.stdin.write(word)
        process.stdin.flush()
