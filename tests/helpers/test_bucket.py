"""The course's bucket is private, encrypted and TLS only."""

import json

import pytest

from helpers.bucket import bucket_exists, make_bucket
from helpers.session import client
from tests.local_cloud import course_config


@pytest.fixture
def ours(aws, config):
    """Return settings whose bucket is not there yet, and the run's S3 client."""
    return course_config(aws, bucket="birds-and-bins-test"), client(config, "s3")


def test_it_is_made_closed_and_encrypted(ours):
    config, s3 = ours
    assert not bucket_exists(config)
    assert make_bucket(config) == config.bucket and bucket_exists(config)
    block = s3.get_public_access_block(Bucket=config.bucket)["PublicAccessBlockConfiguration"]
    assert len(block) == 4 and all(block.values())
    rules = s3.get_bucket_encryption(Bucket=config.bucket)["ServerSideEncryptionConfiguration"]
    algorithm = rules["Rules"][0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"]
    assert algorithm == "AES256"


def test_whoever_comes_without_tls_is_refused(ours):
    config, s3 = ours
    make_bucket(config)
    policy = json.loads(s3.get_bucket_policy(Bucket=config.bucket)["Policy"])
    [statement] = policy["Statement"]
    assert statement["Effect"] == "Deny" and statement["Principal"] == "*"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert f"arn:aws:s3:::{config.bucket}/*" in statement["Resource"]


def test_making_it_again_changes_nothing_and_loses_nothing(ours):
    config, s3 = ours
    make_bucket(config)
    s3.put_object(Bucket=config.bucket, Key="raw/a", Body=b"a")
    make_bucket(config)
    assert s3.get_object(Bucket=config.bucket, Key="raw/a")["Body"].read() == b"a"


def test_it_is_made_in_the_runs_region(aws, config):
    ours = course_config(aws, bucket="birds-and-bins-eu", region="eu-west-1")
    make_bucket(ours)
    place = client(ours, "s3").get_bucket_location(Bucket=ours.bucket)["LocationConstraint"]
    assert place == "eu-west-1"
