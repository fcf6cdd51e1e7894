"""Turns an endpoint's data capture on, sends it marked requests, waits for their files; no jobs."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from helpers.config import Config
from helpers.endpoints import ask, new_configuration, update, wait_in_service
from helpers.rehearsal import now, pass_time
from helpers.request_load import send_all
from helpers.s3 import S3Prefix
from helpers.session import client
from helpers.waiting import until

FOLDER = "capture"
"""Kind of the keys."""
CLIENTS = 4
LATE_SECONDS = 600
"""AWS writes captured requests within minutes."""
VARIANT_MEMBERS = (
    "VariantName", "ModelName", "InstanceType", "InitialInstanceCount", "InitialVariantWeight",
)  # fmt: skip


@dataclass(frozen=True)
class Window:
    """A span of an endpoint's traffic."""

    start: datetime
    end: datetime
    requests: int

    def __repr__(self) -> str:
        return f"<Window {self.start:%Y-%m-%d %H:%M:%S} to {self.end:%H:%M:%S}: {self.requests}>"


def capture_on(config: Config, endpoint: str, percent: int = 100) -> str:
    """Let an endpoint capture requests and answers from now on; return where they go.

    The endpoint is updated to a configuration like its own: it answers all the while.

    Args:
        percent: of the requests that are captured.

    Raises:
        LookupError: there is no such endpoint.
    """
    sagemaker = client(config, "sagemaker")
    place = config.uri(FOLDER)
    try:
        name = wait_in_service(config, endpoint)["EndpointConfigName"]
    except LookupError:
        raise LookupError(f"No endpoint {endpoint}: run notebooks/08 first") from None
    before = sagemaker.describe_endpoint_config(EndpointConfigName=name)
    variants = [
        {member: variant[member] for member in VARIANT_MEMBERS if member in variant}
        for variant in before["ProductionVariants"]
    ]
    capture = {
        "EnableCapture": True,
        "InitialSamplingPercentage": percent,
        "DestinationS3Uri": place,
        "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
        "CaptureContentTypeHeader": {"JsonContentTypes": ["application/json"]},
    }
    made = new_configuration(config, endpoint, variants, DataCaptureConfig=capture)
    update(config, endpoint, made)
    wait_in_service(config, endpoint)
    return f"{place}/{endpoint}"


def send_window(
    config: Config, endpoint: str, objects: Mapping[str, bytes], content_type: str
) -> Window:
    """Ask an endpoint about some objects, and wait until all are captured.

    Args:
        objects: their bytes by the request's own id, which comes once only.
    """
    pass_time(config, 2, why="a window begins with a second of its own")
    start, folder = now(config), S3Prefix(client(config, "s3"), config.uri(FOLDER, endpoint))
    before = {entry.key for entry in folder.list()}
    send_all(
        lambda pair: ask(config, endpoint, pair[1], content_type, pair[0]),
        list(objects.items()),
        clients=CLIENTS,
    )
    deadline, lines = time.monotonic() + LATE_SECONDS, {}

    def read() -> dict[str, int]:
        for entry in folder.list():
            if entry.key not in before and entry.key not in lines:
                lines[entry.key] = folder.read(entry.key).count(b'"captureData"')
        return {"captured": sum(lines.values())}

    until(
        read,
        lambda state: state["captured"] >= len(objects) or time.monotonic() > deadline,
        name=f"capture of {endpoint}",
        words=lambda state: f"{state['captured']} of {len(objects)} requests",
        pause=config.poll_seconds,
    )
    end = now(config) + timedelta(seconds=1)
    return Window(start.replace(microsecond=0), end.replace(microsecond=0), len(objects))
