"""Answers one asynchronous request: reads its input, asks the model, writes the answer, tells SNS.

All of it is done as the model's role may: what it may not read, write or publish is a failure of
this request alone. Knows no queue. Left out: bucket policies, encryption, the platform's data-log.
"""

import base64
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO

from local_aws import role_permissions
from local_aws.errors import AwsError
from local_aws.parts import Parts
from local_aws.services.sagemaker.hosting import async_notices
from local_aws.services.sagemaker.hosting.async_config import bucket_and_key
from local_aws.services.sagemaker.hosting.async_metrics import COUNT, lasted
from local_aws.services.sagemaker.hosting.fleet import Fleet
from local_aws.services.sagemaker.hosting.http_client import Answer
from local_aws.services.sagemaker.hosting.serving_images import StartFailed

log = logging.getLogger(__name__)

MOST_BYTES = 1024**3
"""Of an input: https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference.html"""


class NoInput(Exception):
    """A request's input can't be read; the message says why."""


@dataclass
class Outcome:
    """How a request ended.

    Args:
        answer: what the model answered, with success or not.
        reason: of a failure.
        measured: metrics, with their units.
    """

    answer: Answer | None = None
    reason: str | None = None
    measured: dict[str, tuple[float, str]] = field(default_factory=dict)


class Work:
    """The steps of a request, by the services of one local AWS."""

    def __init__(self, parts: Parts):
        self._context, self._call = parts.context, parts.call
        self._store, self._clock = parts.store, parts.clock

    def ask(self, request: dict, fleet: Fleet, variant: str) -> Outcome:
        """Read a request's input and let a variant answer it.

        Raises:
            Retired, NotReady: the fleet does not answer now; another may, or the same later.
            OSError: the container ended or took too long.
        """
        outcome, began = Outcome(), time.monotonic()
        try:
            with self._input(request) as body:
                outcome.measured["RequestDownloadLatency"] = lasted(time.monotonic() - began)
                limit = request["Timeout"]
                answered = fleet.answer(variant, body, request["Headers"], limit)
        except NoInput as error:
            outcome.reason = str(error)
            outcome.measured["RequestDownloadFailures"] = (1, COUNT)
            return outcome
        except StartFailed as error:
            outcome.reason = f"ClientError: {error}"
            return outcome
        outcome.answer = answer = answered.answer
        outcome.measured["ModelLatency"] = lasted(answered.seconds)
        if answer.status >= 400:
            side = "client" if answer.status < 500 else "server"
            outcome.reason = (
                f"ClientError: Received {side} error ({answer.status}) from model. See the"
                " SageMaker Endpoint logs in your account for more information."
            )
        return outcome

    @contextmanager
    def _input(self, request: dict) -> Iterator[bytes | BinaryIO]:
        """Give a request's input: a file of S3 is read while it is sent, never as a whole."""
        if (inline := request.get("Body")) is not None:
            yield base64.b64decode(inline)
            return
        try:
            bucket, key = bucket_and_key(request["Input"])
            role_permissions.check(self._call, request["Role"], "s3:GetObject", _arn(bucket, key))
            info, file = self._store.open(bucket, key)
        except AwsError as error:
            raise NoInput(f"ClientError: Failed to download {request['Input']}: {error}") from error
        with file:
            if (size := os.fstat(file.fileno()).st_size) > MOST_BYTES:
                text = f"{request['Input']} has {size} bytes: the most is {MOST_BYTES}."
                raise NoInput(f"ClientError: {text}")
            yield file

    def end(self, request: dict, outcome: Outcome) -> None:
        """Write a request's answer or failure to S3, then tell its topic."""
        began = time.monotonic()
        try:
            self._write(request, outcome)
            outcome.measured["ResponseUploadLatency"] = lasted(time.monotonic() - began)
        except (AwsError, OSError) as error:
            outcome.measured["ResponseUploadFailures"] = (1, COUNT)
            reason = f"ClientError: Failed to upload the response: {error}"
            outcome.reason = outcome.reason or reason
            log.warning("%s of %s: %s", request["InferenceId"], request["EndpointName"], reason)
        try:
            self._tell(request, outcome)
        except AwsError as error:
            outcome.measured["NotificationFailures"] = (1, COUNT)
            log.warning("%s is not told: %s", request["InferenceId"], error)

    def _write(self, request: dict, outcome: Outcome) -> None:
        answer = outcome.answer
        place = request["Output"] if outcome.reason is None else request["Failure"]
        if place is None:
            return
        bucket, key = bucket_and_key(place)
        role_permissions.check(self._call, request["Role"], "s3:PutObject", _arn(bucket, key))
        # A model's own error is stored as it is; of other failures there is only our reason.
        content = answer.body if answer else outcome.reason.encode()
        self._store.put(
            bucket, key, content, content_type=answer.content_type if answer else "text/plain"
        )

    def _tell(self, request: dict, outcome: Outcome) -> None:
        notified, reason = request["Notified"], outcome.reason
        topic, with_body = async_notices.topic_of(notified, reason)
        if topic is None:
            return
        role_permissions.check(self._call, request["Role"], "sns:Publish", topic)
        now, region = self._clock.now(), self._context.region
        message = async_notices.message(region, now, request, reason, outcome.answer, with_body)
        self._call("sns", "Publish", {"TopicArn": topic, "Message": message})


def _arn(bucket: str, key: str) -> str:
    return f"arn:aws:s3:::{bucket}/{key}"
