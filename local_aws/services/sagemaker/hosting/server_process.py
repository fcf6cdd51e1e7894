"""One instance that serves: a staged model and the server of its image, watched by /ping.

Knows processes; knows nothing of endpoints and jobs. Left out: GPUs.
"""

import shutil
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import psutil

from local_aws.context import Context
from local_aws.errors import AwsError
from local_aws.images.image import Image
from local_aws.images.view import view_of
from local_aws.instances.container import CODE_ENDINGS, Container, make_venv
from local_aws.instances.failure_reason import last_error
from local_aws.instances.group import SUPERVISOR
from local_aws.instances.log_streams import LogWriter
from local_aws.instances.output import Output
from local_aws.services.sagemaker.hosting.http_client import (
    Answer,
    Reservation,
    ask,
    get,
    is_healthy,
)
from local_aws.services.sagemaker.hosting.serving_images import UNFIT, StartFailed, start_of
from local_aws.state import paths
from local_aws.state.role_keys import Lease

START_SECONDS = 120.0
ANSWER_SECONDS = 60.0
"""InvokeEndpoint's own limit."""
GRACE_SECONDS = 30.0
"""Between SIGTERM and SIGKILL, as SageMaker has it."""
FIRST_PING_SECONDS, PING_EVERY_SECONDS = 0.02, 5.0
MEMORY_EVERY_SECONDS = 0.2
"""Between two looks at the memory of a server that has a limit."""
MOST_MISSED = 3
"""Pings in a row; then a server counts as dead."""


class ServerProcess:
    """One server of a model.

    Args:
        folder: an empty folder for its disk.
        image: what it runs.
        archive: the model's tar.gz.
        environment: the model's own variables.
        log: gets each line it prints.
        limit: bytes of memory; a server that has more is killed. None: as much as there is.
        lease: the key that it has until it is stopped.
    """

    def __init__(
        self, context: Context, folder: Path, image: Image, archive: Path,
        environment: dict[str, str], log: LogWriter, limit: int | None = None,
        lease: Lease | None = None,
    ):  # fmt: skip
        self._folder, self._log, self._limit = folder, log, limit
        self._lease = lease or Lease()
        self._began, self._setup_seconds = time.monotonic(), 0.0
        self._ended, self._settled, self._came_up = threading.Event(), threading.Event(), False
        try:
            self._reservation = Reservation()
        except BaseException:
            self._lease.end()
            raise
        shutil.rmtree(folder, ignore_errors=True)
        try:
            self._container = _stage(folder, image, archive)
            self._process = self._launch(context, image, environment)
        except BaseException:
            self._reservation.let_go()
            self._lease.end()
            shutil.rmtree(folder, ignore_errors=True)
            raise
        self._output = Output(self._process.stdout, self._on_line, 100, self._ended.set)
        self._output.start()
        threading.Thread(target=self._watch, name="ping", daemon=True).start()

    def _launch(
        self, context: Context, image: Image, environment: dict[str, str]
    ) -> subprocess.Popen:
        venv, model = make_venv(self._folder / "venv", view_of(context.state, image)), self._model
        start = start_of(image, venv, model, self._reservation.port)
        variables = {**start.variables, **self._lease.variables, **environment, **start.address}
        variables = self._container.environment(context, venv, variables)
        return subprocess.Popen(
            [sys.executable, "-I", "-S", str(SUPERVISOR), *start.command],
            cwd=self._container.workdir, env=variables,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            encoding="utf-8", errors="replace",
        )  # fmt: skip

    @property
    def _model(self) -> Path:
        return self._container.ml / "model"

    def _on_line(self, line: str) -> None:
        self._log.write(self._container.outward(line))

    def _watch(self) -> None:
        """Ask /ping until it is healthy, then every few seconds; end a server that isn't."""
        while not self._ended.wait(FIRST_PING_SECONDS):
            if is_healthy(self._reservation.port):
                self._came_up, self._setup_seconds = True, time.monotonic() - self._began
                break
        self._reservation.let_go()
        self._settled.set()
        if self._limit is not None:
            threading.Thread(target=self._watch_memory, name="memory", daemon=True).start()
        missed = 0
        while missed < MOST_MISSED and not self._ended.wait(PING_EVERY_SECONDS):
            missed = 0 if is_healthy(self._reservation.port) else missed + 1
        if missed == MOST_MISSED:
            self._log.write(f"{UNFIT} {missed} times in a row: the container is replaced")
            self._let_go()

    def _watch_memory(self) -> None:
        """End a server that has more memory than it may."""
        while not self._ended.wait(MEMORY_EVERY_SECONDS):
            if (size := self.memory() or 0) > self._limit:
                sizes = f"{size / 2**20:.0f} MB of {self._limit / 2**20:.0f} MB"
                self._log.write(f"The container has used {sizes} of memory: it is replaced")
                return self._let_go()

    def memory(self) -> int | None:
        """Return the bytes of memory that the server's processes have; None without a limit."""
        if self._limit is None:
            return None
        try:
            supervisor = psutil.Process(self._process.pid)
            processes = supervisor.children(recursive=True)
        except psutil.NoSuchProcess:
            return 0
        return sum(map(_resident, processes))

    def setup_seconds(self) -> float | None:
        """Return how long the server took to come up, once; then None."""
        seconds, self._setup_seconds = self._setup_seconds, None
        return seconds

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def wait_until_ready(self, seconds: float | None = None) -> None:
        """Return once /ping is answered with 200, which says that the model is loaded.

        Args:
            seconds: how long to wait; None: as long as a start may take.

        Raises:
            StartFailed: the server ended, or took longer than a start may.
            TimeoutError: it is not ready after `seconds`.
        """
        if not self._settled.wait(START_SECONDS if seconds is None else seconds):
            if seconds is not None:
                raise TimeoutError
            raise StartFailed(f"{UNFIT}: it was not answered within {START_SECONDS:.0f} s")
        if not self._came_up:
            tail = [self._container.outward(line) for line in self._output.tail]
            last_line = next((line for line in reversed(tail) if line.strip()), "it said nothing")
            raise StartFailed(f"{UNFIT}: {last_error(tail) or last_line}")

    def answer(
        self, body: bytes | BinaryIO, headers: dict[str, str], seconds: float | None = None
    ) -> Answer:
        """Send one request to the server.

        Args:
            seconds: how long to wait; None: as long as InvokeEndpoint allows.

        Raises:
            OSError: it is gone, or took longer.
        """
        answer = ask(self._reservation.port, body, headers, seconds or ANSWER_SECONDS)
        if answer.status < 400:
            return answer
        text = self._container.outward(answer.body.decode(errors="replace"))
        return Answer(answer.status, answer.content_type, text.encode(), answer.headers)

    def execution_parameters(self) -> bytes | None:
        """Return what the server says of a transform job's requests, if it says anything."""
        return get(self._reservation.port, "/execution-parameters")

    def _let_go(self) -> None:
        """Kill the server: its supervisor does so when it is let go."""
        with suppress(BrokenPipeError, ValueError):
            self._process.stdin.close()

    def stop(self, grace: float = GRACE_SECONDS) -> None:
        """End the server and remove its disk.

        Args:
            grace: seconds between SIGTERM and SIGKILL.
        """
        with suppress(BrokenPipeError, ValueError):
            self._process.stdin.write("TERM\n")
            self._process.stdin.flush()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(grace)
        self._let_go()
        self._process.wait()
        self._lease.end()
        self._output.join()
        self._log.close()
        self._process.stdout.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def _resident(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except psutil.NoSuchProcess:
        return 0


def _stage(folder: Path, image: Image, archive: Path) -> Container:
    """Lay out an image and extract a model's archive on a disk of its own.

    Raises:
        StartFailed: it is no tar archive, or only a part of one.
    """
    container = Container(folder, "algo-1")
    container.fill(image)
    try:
        paths.unpack(archive, container.ml / "model")
    except AwsError as error:
        message = f"Failed to extract the model data archive: {error.message}"
        raise StartFailed(message) from error
    for path in (container.ml / "model").rglob("*"):
        if path.suffix in CODE_ENDINGS and path.is_file():
            container.rewrite(path)
    return container
