"""A whole local AWS for tests: its bucket, its clients, the course's settings for it."""

import json

import boto3
from botocore.config import Config

from helpers.config import Config as CourseConfig
from helpers.course_tag import TAG
from helpers.session import client
from local_aws.instances.log_streams import LogWriter

BUCKET = "course-bucket"
REGISTRY = "763104351884.dkr.ecr.us-east-1.amazonaws.com"
IMAGE = f"{REGISTRY}/pytorch:2.13-cpu-amzn2023-sagemaker"
"""AWS's image for training: every local AWS has it."""
JOB_ROLE = {
    "RoleName": "course",
    "AssumeRolePolicyDocument": json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "sagemaker.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                }
            ],
        }
    ),
}
"""The role that the tests' jobs and models name."""
SERVING = f"{REGISTRY}/pytorch-inference:2.6-cpu-py312"


def make_client(aws, service, **keys):
    """Return a boto3 client of a local AWS, with its own keys unless others are given."""
    context = aws.context
    signed = {
        "aws_access_key_id": context.access_key,
        "aws_secret_access_key": context.secret_key,
    }
    version = Config(signature_version="s3v4") if service == "s3" else None
    # The default session may be the course's, which marks what it makes.
    return boto3.Session().client(
        service, endpoint_url=context.url, region_name=context.region,
        **{"config": version, **signed, **keys},
    )  # fmt: skip


def furnish(aws):
    """Make the bucket and the role that the tests' jobs and models name."""
    aws.store.create_bucket(BUCKET)
    aws.parts.call("iam", "CreateRole", JOB_ROLE)


def write_log(aws, group, stream, lines):
    """Write lines to a log stream as a job's instance does."""
    LogWriter(aws.parts.call, aws.parts.clock, group, stream).write(*lines)


def course_config(aws, **more):
    """Return the course's settings for a local AWS."""
    place = {"region": aws.context.region, "endpoint_url": aws.context.url}
    place |= {"poll_seconds": 0.1, "role_seconds": 0.0}
    names = {"bucket": BUCKET, "role": "birds-and-bins-execution"}
    return CourseConfig(**{"cloud": "local", "dataset": "birds", **names, **place, **more})


def mark_bucket(config):
    """Give the bucket the course's tag, as the course's own bucket has it from its first moment."""
    client(config, "s3").put_bucket_tagging(Bucket=config.bucket, Tagging={"TagSet": [TAG]})
