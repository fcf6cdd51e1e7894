"""One instance of an endpoint: a staged model and the worker process that serves it.

Knows processes and HTTP; knows nothing of endpoints. Left out: GPUs, several workers an instance.
"""

import http.client
import re
import shlex
import shutil
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from local_aws.context import Context
from local_aws.errors import AwsError
from local_aws.instances.container import CODE_ENDINGS, Container, make_venv
from local_aws.instances.failure_reason import last_error
from local_aws.instances.group import SUPERVISOR
from local_aws.instances.log_streams import LogWriter
from local_aws.instances.output import Output
from local_aws.state import paths

WORKER = Path(__file__).with_name("worker.py")
READY = re.compile(r"READY ([1-9]\d{0,4})")
START_SECONDS = 120.0
ANSWER_SECONDS = 60.0
"""InvokeEndpoint's own limit."""


UNFIT = "The primary container did not pass the ping health check"


class StartFailed(Exception):
    """A worker did not come up; the message is the endpoint's FailureReason."""


@dataclass(frozen=True)
class Answer:
    """What a worker answered."""

    status: int
    content_type: str
    body: bytes


class ServerProcess:
    """One worker of a model.

    Args:
        folder: an empty folder for its disk.
        archive: the model's tar.gz.
        environment: the model's own variables.
        log: gets each line it prints.
    """

    def __init__(
        self, context: Context, folder: Path, archive: Path, environment: dict[str, str],
        log: LogWriter,
    ):  # fmt: skip
        self._folder, self._log, self._port = folder, log, 0
        self._ready = threading.Event()
        shutil.rmtree(folder, ignore_errors=True)
        try:
            self._container = _stage(folder, archive)
            self._process = self._launch(context, environment)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        self._output = Output(self._process.stdout, self._on_line, 100, self._ready.set)
        self._output.start()

    def _launch(self, context: Context, environment: dict[str, str]) -> subprocess.Popen:
        venv = make_venv(self._folder / "venv")
        given = {"SAGEMAKER_BASE_DIR": "/opt/ml", "OPENBLAS_NUM_THREADS": "1", **environment}
        variables = self._container.environment(context, venv, given)
        model = self._container.ml / "model"
        command = ["/bin/bash", "-c", _start_script(venv, model)]
        return subprocess.Popen(
            [sys.executable, "-I", "-S", str(SUPERVISOR), *command], cwd=model, env=variables,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            encoding="utf-8", errors="replace",
        )  # fmt: skip

    def _on_line(self, line: str) -> None:
        """Pass on what the worker says, and learn its port."""
        if not self._port and (found := READY.fullmatch(line)):
            self._port = int(found[1])
            self._ready.set()
        self._log.write(self._container.outward(line))

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def wait_until_ready(self) -> None:
        """Return once the model is loaded.

        Raises:
            StartFailed: the worker ended, or took too long.
        """
        if not self._ready.wait(START_SECONDS):
            raise StartFailed(f"{UNFIT}: the model was not loaded within {START_SECONDS:.0f} s")
        if not self._port:
            tail = [self._container.outward(line) for line in self._output.tail]
            said = next((line for line in reversed(tail) if line.strip()), "it said nothing")
            raise StartFailed(f"{UNFIT}: {last_error(tail) or said}")

    def answer(self, body: bytes, headers: dict[str, str]) -> Answer:
        """Send one request to the worker.

        Raises:
            OSError: the worker is gone, or took longer than InvokeEndpoint allows.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=ANSWER_SECONDS)
        try:
            connection.request("POST", "/invocations", body, headers)
            reply = connection.getresponse()
            kind, data = reply.headers.get("Content-Type", ""), reply.read()
            if reply.status >= 400:
                data = self._container.outward(data.decode(errors="replace")).encode()
            return Answer(reply.status, kind, data)
        except http.client.HTTPException as error:
            raise ConnectionError(f"the worker did not answer: {error}") from error
        finally:
            connection.close()

    def stop(self) -> None:
        """End the worker and remove its disk."""
        with suppress(BrokenPipeError, ValueError):
            self._process.stdin.close()
        self._process.wait()
        self._output.join()
        self._log.close()
        self._process.stdout.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def _stage(folder: Path, archive: Path) -> Container:
    """Extract a model's archive into a disk of its own.

    Raises:
        StartFailed: it is no tar archive, or only a part of one.
    """
    container = Container(folder, "algo-1")
    try:
        paths.unpack(archive, container.ml / "model")
    except AwsError as error:
        message = f"Failed to extract the model data archive: {error.message}"
        raise StartFailed(message) from error
    for path in (container.ml / "model").rglob("*"):
        if path.suffix in CODE_ENDINGS and path.is_file():
            container.rewrite(path)
    return container


def _start_script(venv: Path, model: Path) -> str:
    """Return what the framework image does at its start: install, then serve."""
    requirements = model / "code" / "requirements.txt"
    serve = ["exec", str(venv / "bin" / "python3"), str(WORKER), "--model-dir", str(model)]
    install = [str(venv / "bin" / "pip"), "install", "-q", "-r", str(requirements)]
    lines = [install, serve] if requirements.exists() else [serve]
    return " && ".join(shlex.join(line) for line in lines)
