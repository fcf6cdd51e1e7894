"""One run of the course on its own local AWS; knows folders and variables, no notebook."""

import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from local_aws.control import Settings
from tools import late_cloud
from tools.processes import leftovers

ROOT = Path(__file__).resolve().parents[1]
KEPT = ("COURSE_DATASET", "COURSE_RAW", "COURSE_LAG", "COURSE_TRANSCRIPT", "COURSE_ENFORCE_IAM")
"""The user's settings that a run honors; it is always on the local AWS.

COURSE_LAG is the run's own: seconds by which its AWS is late, tools/late_cloud.py.
"""
PORTS = (20_000, 32_000)
"""A range below the ephemeral ports: Linux assigns them from 32768 on, others from 49152 on."""


def scrubbed(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without the user's AWS and course settings."""
    return {k: v for k, v in environment.items() if not k.startswith(("AWS_", "COURSE_"))}


def course_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the settings that a run honors; a folder becomes absolute: kernels start elsewhere."""
    settings = {name: environment[name] for name in KEPT if environment.get(name)}
    raw = settings.get("COURSE_RAW", "")
    if raw and "://" not in raw:
        settings["COURSE_RAW"] = str(Path(raw).absolute())
    if file := settings.get("COURSE_TRANSCRIPT"):
        settings["COURSE_TRANSCRIPT"] = str(Path(file).absolute())
    return settings


def free_port() -> int:
    """Return a free TCP port of the loopback interface.

    It is below the ephemeral ports, so no connection of another test or course takes it before its
    server does.
    """
    while True:
        port = random.SystemRandom().randrange(*PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class CourseRun:
    """A fresh state folder and port; the notebooks themselves start the local AWS in it."""

    def __init__(self, settings: Mapping[str, str]):
        self.folder = Path(tempfile.mkdtemp(prefix="course-"))
        self.state = self.folder / "state"
        (self.folder / "tmp").mkdir()
        settings = dict(settings)
        self.lag = float(settings.pop("COURSE_LAG", 0))
        self.variables = {
            **settings,
            "TMPDIR": str(self.folder / "tmp"),
            "COURSE_CLOUD": "local",
            "COURSE_LOCAL_STATE": str(self.state),
            "COURSE_LOCAL_PORT": str(free_port()),
        }
        self.failed: str | None = None
        """Name of the first notebook that failed."""
        self.stopped = False

    @contextmanager
    def environment(self) -> Iterator[None]:
        """Set this run's variables for child processes during the block."""
        before = dict(os.environ)
        os.environ.clear()
        os.environ.update(scrubbed(before) | self.variables)
        try:
            if self.lag and not self.state.exists():
                port = int(self.variables["COURSE_LOCAL_PORT"])
                late_cloud.start(Settings(self.state, port), self.lag)
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)

    def stop(self) -> None:
        """Stop the local AWS and delete its state; after a failure the state is kept.

        Raises:
            RuntimeError: it does not stop, or leaves processes behind.
        """
        if self.stopped:
            return
        self.stopped = True
        if self.state.exists():
            command = [sys.executable, "-m", "local_aws", "--state", str(self.state), "stop"]
            with self.environment():
                done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
            if done.returncode:
                raise RuntimeError(f"The local AWS did not stop:\n{done.stdout}{done.stderr}")
        left = leftovers(self.folder)
        if not self.state.exists() or not (self.failed or left):
            shutil.rmtree(self.folder)
        if left:
            raise RuntimeError("The course left processes behind:\n" + "\n".join(left))
