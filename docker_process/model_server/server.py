"""Runs the application until SIGTERM; knows uvicorn and the container's variables.

A front process does nothing but HTTP, so that /ping is answered at once however busy the workers
are. A model that can't be loaded ends it: what never answers /ping is unhealthy, and SageMaker
starts a container that has ended anew.
"""

import os
import signal
import sys

import uvicorn

from model_server import settings
from model_server.app import make_app
from model_server.front import Front

GRACE_SECONDS = 28
"""For what has been accepted: SageMaker sends SIGKILL 30 s after SIGTERM."""
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
ALLOCATOR = {
    "MALLOC_MMAP_THRESHOLD_": str(32 * 2**20),
    "MALLOC_TRIM_THRESHOLD_": str(128 * 2**20),
}
"""glibc's: else it gives a clip's arrays back after each step and gets them anew, page by page,
which takes a tenth of an answer's time. What is larger goes back at once."""


class Server(uvicorn.Server):
    """A server that can be told that there is nothing to serve."""

    failed = False

    def fail(self) -> None:
        """End, and say so by the exit code."""
        if not self.failed:
            print("The model can't be loaded: see above", file=sys.stderr, flush=True)
        self.failed = self.should_exit = True


def main() -> int:
    """Serve, and return the exit code: 0 after SIGTERM."""
    mine = settings.read(os.environ)
    # A worker a core: more threads would only wait for one another.
    for name in THREADS:
        os.environ.setdefault(name, str(mine.threads))
    for name, value in ALLOCATOR.items():  # for the workers, which are processes of their own
        os.environ.setdefault(name, value)
    server = None
    app = make_app(mine, lambda: server.fail())
    server = Server(
        uvicorn.Config(
            app, mine.host, mine.port, access_log=False, log_level="warning", lifespan="on",
            http=Front, proxy_headers=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )  # fmt: skip
    # uvicorn sends itself the signal again once it has ended: that is no failure.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    if (needs := mine.code / "requirements.txt").exists():
        print(f"{needs} is not installed: this image has all that its models need", flush=True)
    print(f"{mine.workers} workers with {mine.threads} threads load {mine.model}", flush=True)
    server.run()
    return int(server.failed)
