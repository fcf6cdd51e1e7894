"""The image's `serve` as a process of its own on a free loopback port, and what a test asks it."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil

from tests.places import ROOT

SERVE = ROOT / "docker_process" / "serve"


def free_port() -> int:
    """Return a port that is free just now."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


class MadeServer:
    """A server of the model below `base`; its log is a file.

    Args:
        base: stands for /opt/ml.
        variables: of the container, besides those that put it there.
    """

    def __init__(self, base: Path, python: str = sys.executable, **variables: str):
        self.port, self.log_file = free_port(), base / "log"
        environment = {
            "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", "HOME": str(base),
            "SAGEMAKER_BASE_DIR": str(base), "SAGEMAKER_BIND_TO_PORT": str(self.port),
            "UVICORN_HOST": "127.0.0.1", "SAGEMAKER_MODEL_SERVER_WORKERS": "1", **variables,
        }  # fmt: skip
        with self.log_file.open("w") as log:
            self.process = subprocess.Popen(
                [python, str(SERVE)], env=environment, cwd=base, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    @property
    def log(self) -> str:
        return self.log_file.read_text()

    def request(self, method: str, path: str, body: bytes = b"", seconds: float = 30, **headers):
        """Return status, headers by small names, and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, named)
            reply = connection.getresponse()
            return reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read()
        finally:
            connection.close()

    def ask(self, body: bytes, **headers):
        """Send an invocation; return status and body."""
        status, _, answer = self.request("POST", "/invocations", body, **headers)
        return status, answer

    def ping(self) -> int | None:
        """Return the status of /ping; None where nothing listens."""
        try:
            return self.request("GET", "/ping", seconds=2)[0]
        except ConnectionError:
            return None

    def wait_until_healthy(self, seconds: float = 60) -> "MadeServer":
        """Return once /ping says 200."""
        deadline = time.monotonic() + seconds
        while self.ping() != 200:
            assert self.process.poll() is None and time.monotonic() < deadline, self.log
            time.sleep(0.02)
        return self

    def children(self) -> list[int]:
        """Return the processes that predict."""
        started = psutil.Process(self.process.pid).children()
        return [child.pid for child in started if "spawn_main" in " ".join(child.cmdline())]

    def stop(self) -> None:
        """Kill it and all that it has started."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
