"""Moves the local AWS's clock, injects faults, interrupts spot jobs, spoils a model on purpose.

AWS offers neither a clock to move nor faults to inject. There, `pass_time` waits, `faults` changes
nothing and says so, and `interrupt` stops the job, which continues when it is created again.
"""

import io
import tarfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tqdm.auto import tqdm

from helpers.config import Config, local_settings
from helpers.session import client

if TYPE_CHECKING:
    from local_aws.control import Context, Fault

HURRY_SECONDS = 2.0
FAILING = b"""

def predict_fn(*_):
    raise RuntimeError("This version was spoiled on purpose, to see it rolled back")
"""


def pass_time(config: Config, seconds: float, why: str = "waiting") -> None:
    """Let time pass for alarms, cooldowns, keep-alive periods and schedules.

    The local AWS moves its clock at once; on AWS this waits and shows the remaining time.
    """
    if server := _local(config):
        from local_aws.control import advance

        advance(server, seconds)
        return
    for _ in tqdm(range(round(seconds)), desc=why, unit="s"):
        time.sleep(1)


def hurry(config: Config, seconds: float) -> Callable[[], None]:
    """Return what lets a part of some seconds pass at each call, and nothing when they are over.

    For who asks again and again for what comes by itself, such as the end of a window in which
    events are collected. The parts are small, so that events on their way still come inside. On AWS
    nothing is called: time passes there between two questions.
    """
    left = seconds if config.endpoint_url else 0.0

    def pass_part() -> None:
        nonlocal left
        if left > 0:
            pass_time(config, min(left, HURRY_SECONDS))
            left -= HURRY_SECONDS

    return pass_part


def now(config: Config) -> datetime:
    """Return the time of the cloud, in UTC: the local AWS's clock may have been moved forward."""
    if server := _local(config):
        from local_aws.control import advance

        return advance(server, 0)
    return datetime.now(UTC)


@contextmanager
def faults(config: Config, *rules: "Fault", seed: int = 0) -> Iterator[str]:
    """Inject faults into the local AWS during the block; yield a sentence that describes them.

    On AWS nothing is changed: measurements there are of AWS's own network and service.
    """
    if not (server := _local(config)):
        yield "Measured on AWS as it is"
        return
    from local_aws.control import set_faults

    set_faults(server, rules, seed)
    try:
        yield "; ".join(
            f"{rule.kind} {rule.service}:{rule.operation}, {rule.seconds:g} s,"
            f" {rule.bytes_per_second / 1e6:g} MB/s, {rule.share:.0%} of requests"
            for rule in rules
        )
    finally:
        set_faults(server, ())


def slow_network(seconds: float, bytes_per_second: float) -> "Fault":
    """Return the fault of a slow S3, with this latency (seconds) and rate on each connection."""
    from local_aws.control import Fault

    return Fault("slow", "s3", seconds=seconds, bytes_per_second=bytes_per_second)


def spoil(archive: bytes) -> bytes:
    """Return a model archive whose every prediction fails, to see what guards an endpoint.

    Args:
        archive: a model.tar.gz with code/inference.py.

    Raises:
        ValueError: it has no such file.
    """
    out = io.BytesIO()
    is_spoiled = False
    with (
        tarfile.open(fileobj=io.BytesIO(archive)) as old,
        tarfile.open(fileobj=out, mode="w:gz", compresslevel=1) as new,
    ):
        for member in old:
            data = old.extractfile(member).read() if member.isfile() else b""
            if member.name.removeprefix("./") == "code/inference.py":
                data += FAILING
                member.size, is_spoiled = len(data), True
            new.addfile(member, io.BytesIO(data))
    if not is_spoiled:
        raise ValueError("The archive has no code/inference.py: train.py writes one that has")
    return out.getvalue()


def interrupt(config: Config, training_job: str) -> str:
    """Interrupt a managed spot training job; return a sentence on the effect.

    AWS offers no such call: there the job is stopped, and continues from its checkpoint when it
    is created again with the same checkpoint folder.

    Raises:
        RuntimeError: the job is not running, or not on spot instances.
    """
    if server := _local(config):
        from local_aws.control import interrupt

        interrupt(server, training_job)
        return "Interrupted: it starts again on other instances"
    client(config, "sagemaker").stop_training_job(TrainingJobName=training_job)
    return "Stopped: create it again with the same checkpoint folder, and it goes on"


def _local(config: Config) -> "Context | None":
    """Return the local AWS of these settings; None on AWS.

    Raises:
        RuntimeError: it is not running.
    """
    if not config.endpoint_url:
        return None
    from local_aws.control import find_running

    server = find_running(local_settings().state)
    if server is None or server.url != config.endpoint_url:
        raise RuntimeError("The local AWS does not run: run the notebook's first cell again")
    return server
