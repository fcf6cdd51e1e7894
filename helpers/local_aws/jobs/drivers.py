"""What the SDK's launcher scripts (channel `sm_drivers`) need here; knows files, runs nothing."""

import json
import socket

from helpers.local_aws.jobs.container import Container

DRIVERS = "input/data/sm_drivers"


def free_port() -> int:
    """Return a port for the instances of one job to meet at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def point_home(container: Container, port: int) -> None:
    """Give the launcher an address that resolves here; on SageMaker `algo-1` does."""
    driver = container.ml / DRIVERS / "scripts/environment.py"
    if driver.exists():
        text = driver.read_text()
        text = text.replace('SM_MASTER_ADDR = "algo-1"', 'SM_MASTER_ADDR = "127.0.0.1"')
        driver.write_text(text.replace("SM_MASTER_PORT = 7777", f"SM_MASTER_PORT = {port}"))


def processes(container: Container) -> int:
    """Return how many processes the launcher starts on an instance without accelerators."""
    try:
        about = json.loads((container.ml / DRIVERS / "distributed.json").read_text())
        return int(about.get("process_count_per_node") or 1)
    except (OSError, ValueError):
        return 1
