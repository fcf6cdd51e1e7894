"""Runs a local AWS in a process of its own until it is killed: its parent names the moment.

python -m tests.local_aws.services.scheduler.killed_server FOLDER SECONDS WHERE NUMBER MOMENT: it
moves its clock on by SECONDS, and kills itself with SIGKILL in the NUMBERth call of WHERE
(`module:Class.method`), `before` or `after` it. Its schedules are made already.
"""

import importlib
import os
import signal
import sys
from pathlib import Path

from local_aws.server import LocalAws


def kill_in(where: str, number: int, moment: str) -> None:
    """Have this process kill itself in one call of a method."""
    module, _, path = where.partition(":")
    owner, name = path.split(".")
    kind = getattr(importlib.import_module(module), owner)
    method, calls = getattr(kind, name), iter(range(1, 10**6))

    def killed(*args, **keys):
        is_now = next(calls) == number
        if is_now and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        try:
            return method(*args, **keys)
        finally:
            if is_now:  # also where it refuses
                os.kill(os.getpid(), signal.SIGKILL)

    setattr(kind, name, killed)


def main(folder: str, seconds: str, where: str, number: str, moment: str) -> None:
    """Run it, and say when all is over."""
    if where != "-":
        kill_in(where, int(number), moment)
    with LocalAws(Path(folder)) as aws:
        aws.parts.clock.advance(float(seconds))
        print("over", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
