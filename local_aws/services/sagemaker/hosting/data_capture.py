"""Writes samples of an endpoint's requests and answers to S3 as JSON lines; knows no fleet.

Contract: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html
As there, only what the model answered with success is captured. Left out: encryption.
"""

import base64
import json
import logging
import random
import threading
import uuid
from collections import defaultdict
from collections.abc import Callable

from local_aws.errors import AwsError
from local_aws.services.sagemaker.hosting.http_client import Answer
from local_aws.state.clock import Clock
from local_aws.state.objects.store import ObjectStore

log = logging.getLogger(__name__)

WRITE_SECONDS = 1.0
"""Between two files of a variant."""
Target = tuple[str, str | None]
"""A variant's folder of an hour, and the role that writes there."""
MODES = {"Input": {"Input"}, "Output": {"Output"}, "InputAndOutput": {"Input", "Output"}}


class DataCapture:
    """The samples that are not in S3 yet.

    Args:
        chance: draws the samples.
        check: raises AwsError where a role may not write an object, of an ARN.
    """

    def __init__(
        self, store: ObjectStore, clock: Clock, chance: random.Random,
        check: Callable[[str | None, str], None] = lambda role, object_: None,
    ):  # fmt: skip
        self._store, self._clock, self._chance, self._check = store, clock, chance, check
        self._lines: dict[Target, list[str]] = defaultdict(list)
        self._lock = threading.Lock()

    def add(
        self, config: dict | None, endpoint: str, variant: str, request: dict, answer: Answer,
        role: str | None = None,
    ) -> None:  # fmt: skip
        """Capture a request and its answer, if the sampling draws them.

        Args:
            config: the endpoint's DataCaptureConfig; None captures nothing.
            role: the model's, which writes the samples.
        """
        if not is_on(config) or answer.status >= 300:
            return
        if self._chance.random() * 100 >= config["InitialSamplingPercentage"]:
            return
        now = self._clock.now()
        prefix = config["DestinationS3Uri"].rstrip("/")
        folder = f"{prefix}/{endpoint}/{variant}/{now:%Y/%m/%d/%H}"
        sent = (request.get("ContentType", "application/octet-stream"), request["Body"])
        metadata = {"eventId": str(uuid.uuid4())}
        if "CustomAttributes" in request:
            metadata["customAttributes"] = [request["CustomAttributes"]]
        if "InferenceId" in request:
            metadata["inferenceId"] = request["InferenceId"]
        metadata["inferenceTime"] = f"{now:%Y-%m-%dT%H:%M:%SZ}"
        options = [MODES[option["CaptureMode"]] for option in config["CaptureOptions"]]
        data = {
            f"endpoint{mode}": captured(config, mode.upper(), *message)
            for mode, message in (("Input", sent), ("Output", (answer.content_type, answer.body)))
            if any(mode in option for option in options)
        }
        line = json.dumps({"captureData": data, "eventMetadata": metadata, "eventVersion": "0"})
        with self._lock:
            is_first = not self._lines
            self._lines[folder, role].append(line)
        if is_first:
            self._clock.after(WRITE_SECONDS, self.write)

    def write(self) -> None:
        """Write the samples."""
        with self._lock:
            lines, self._lines = self._lines, defaultdict(list)
        for (folder, role), captures in lines.items():
            now = self._clock.now()
            name = f"{now:%M-%S}-{now.microsecond // 1000:03}-{uuid.uuid4()}.jsonl"
            bucket, _, key = f"{folder}/{name}".removeprefix("s3://").partition("/")
            data = "".join(f"{line}\n" for line in captures).encode()
            try:
                self._check(role, f"arn:aws:s3:::{bucket}/{key}")
                self._store.put(bucket, key, data)
            except (AwsError, OSError) as error:  # an endpoint serves on without its bucket
                log.warning(
                    "%d captured requests for %s are lost: %s", len(captures), folder, error
                )


def is_on(config: dict | None) -> bool:
    """Say whether a DataCaptureConfig captures anything."""
    return config is not None and config.get("EnableCapture", True)


def captured(config: dict, mode: str, content_type: str, body: bytes) -> dict:
    """Return one message as a sample has it: as text if its content type is listed as text."""
    headers = config.get("CaptureContentTypeHeader", {})
    kind = content_type.partition(";")[0].strip().lower()
    encoding = "BASE64"
    for name, types in (("CSV", "CsvContentTypes"), ("JSON", "JsonContentTypes")):
        if kind in [each.lower() for each in headers.get(types, [])]:
            encoding = name
    try:
        data = body.decode() if encoding != "BASE64" else ""
    except UnicodeDecodeError:
        encoding = "BASE64"
    if encoding == "BASE64":
        data = base64.b64encode(body).decode()
    return {"observedContentType": content_type, "mode": mode, "data": data, "encoding": encoding}


def summary(config: dict) -> dict:
    """Return what DescribeEndpoint says of data capture."""
    status = "Started" if is_on(config) else "Stopped"
    return {
        "EnableCapture": is_on(config),
        "CaptureStatus": status,
        "CurrentSamplingPercentage": config["InitialSamplingPercentage"],
        "DestinationS3Uri": config["DestinationS3Uri"],
        **({"KmsKeyId": config["KmsKeyId"]} if "KmsKeyId" in config else {}),
    }
