"""Withholds uploads: S3's clients answer them as done, and nothing is sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.awsrequest import AWSResponse

from helpers.config import Config
from helpers.session import boto_session, client

UPLOAD = "before-call.s3.PutObject"
"""A handler of this event that returns an answer replaces the request (botocore's client.py)."""


@contextmanager
def withheld_uploads(config: Config) -> Iterator[None]:
    """Withhold the uploads of this run's clients, and of those that are made in the block.

    A file of 8 MB and more is sent in parts, which are not withheld.
    """
    listeners = boto_session(config).events, client(config, "s3").meta.events
    for each in listeners:
        each.register(UPLOAD, _answer)
    try:
        yield
    finally:
        for each in listeners:
            each.unregister(UPLOAD, _answer)


def _answer(**_: Any) -> tuple[AWSResponse, dict]:
    return AWSResponse("", 200, {}, None), {"ResponseMetadata": {"HTTPStatusCode": 200}}
