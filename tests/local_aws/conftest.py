"""A whole local AWS on a free port, in a state folder that goes with the test."""

import boto3
import pytest
from botocore.config import Config

from helpers.config import Config as CourseConfig
from helpers.local_aws.server import LocalAws

BUCKET = "course-bucket"


@pytest.fixture
def aws(tmp_path):
    """Return a running local AWS with one bucket."""
    with LocalAws(tmp_path / "state") as server:
        server.store.create_bucket(BUCKET)
        yield server


@pytest.fixture
def client(aws):
    """Return a function that makes a boto3 client of the local AWS."""
    return lambda service, **keys: make_client(aws, service, **keys)


def make_client(aws, service, **keys):
    """Return a boto3 client of a local AWS, with its own keys unless others are given."""
    context = aws.context
    signed = {
        "aws_access_key_id": context.access_key,
        "aws_secret_access_key": context.secret_key,
    }
    version = Config(signature_version="s3v4") if service == "s3" else None
    return boto3.client(
        service, endpoint_url=context.url, region_name=context.region, config=version,
        **{**signed, **keys},
    )  # fmt: skip


@pytest.fixture
def config(aws, monkeypatch):
    """Return the course's settings for the local AWS."""
    for name, value in aws.context.environment().items():
        monkeypatch.setenv(name, value)
    return CourseConfig(
        "local", "birds", aws.context.region, BUCKET, "birds-and-bins-execution",
        endpoint_url=aws.context.url, poll_seconds=0.1,
    )  # fmt: skip
