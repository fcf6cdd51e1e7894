"""Adapts the SDK's launcher scripts (channel `sm_drivers`) to this machine; runs nothing."""

import json
import socket

from local_aws.errors import AwsError
from local_aws.instances.container import Container
from local_aws.state.objects.store import ObjectStore

DRIVERS = "input/data/sm_drivers"


def free_port() -> int:
    """Return a free port for the rendezvous of one job's instances."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def point_home(container: Container, port: int) -> None:
    """Set the launcher's master address to this machine; `algo-1` resolves on SageMaker alone."""
    driver = container.ml / DRIVERS / "scripts/environment.py"
    if driver.exists():
        text = driver.read_text()
        text = text.replace('SM_MASTER_ADDR = "algo-1"', 'SM_MASTER_ADDR = "127.0.0.1"')
        driver.write_text(text.replace("SM_MASTER_PORT = 7777", f"SM_MASTER_PORT = {port}"))


def start_many(store: ObjectStore, job: dict) -> bool:
    """Say whether a job's launcher starts several Python processes, as Torchrun's does."""
    for channel in job.get("InputDataConfig", []):
        if channel["ChannelName"] == "sm_drivers":
            uri = channel["DataSource"]["S3DataSource"]["S3Uri"]
            bucket, _, prefix = uri.removeprefix("s3://").partition("/")
            try:
                return bool(
                    json.loads(store.read(bucket, f"{prefix.rstrip('/')}/distributed.json"))
                )
            except (AwsError, ValueError):
                return False
    return False


def processes(container: Container) -> int:
    """Return the number of processes that the launcher starts on an instance without GPUs."""
    try:
        distributed = json.loads((container.ml / DRIVERS / "distributed.json").read_text())
        return int(distributed.get("process_count_per_node") or 1)
    except (OSError, ValueError):
        return 1
