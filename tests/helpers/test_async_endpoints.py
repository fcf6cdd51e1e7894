"""Many clips are asked of an asynchronous endpoint; each is answered, or fails with its reason."""

import json

import pytest

from helpers import async_endpoints
from helpers.async_endpoints import NOTHING_CAME, ask_all, serve_queue
from helpers.endpoints import make_model, wait_in_service
from helpers.roles import make_role
from helpers.session import client as course_client
from tests.company import COMPANY, KEY
from tests.local_aws.services.sagemaker.hosting.models import archive
from tests.local_cloud import SERVING, course_config

KIND = "text/plain"


@pytest.fixture
def queue(aws, config):
    """Make an asynchronous endpoint, `birds`, of a tiny model."""
    make_role(config)
    aws.store.put(config.bucket, "model.tar.gz", archive())
    make_model(config, "model", SERVING, f"s3://{config.bucket}/model.tar.gz")
    serve_queue(config, "birds", "model", "ml.m5.large", concurrency=2)
    wait_in_service(config, "birds")


def test_each_clip_is_answered_or_fails_with_its_reason(config, queue):
    clips = {f"clip {number}": b"x" * number for number in range(1, 6)}
    result = ask_all(config, "birds", {**clips, "noise": b"bad"}, KIND)
    assert {name: answer["bytes"] for name, answer in result.answers.items()} == {
        name: len(body) for name, body in clips.items()
    }
    assert result.failures == {"noise": "Can't read this"}
    assert repr(result) == "<Answers: 5 answered, 1 failed>"


def test_a_batch_does_not_collect_the_answers_of_an_earlier_one(config, queue):
    ask_all(config, "birds", {"first": b"x"}, KIND)
    assert ask_all(config, "birds", {"second": b"xx"}, KIND).answers.keys() == {"second"}


def test_a_clip_of_which_nothing_comes_is_no_endless_wait(config, queue, monkeypatch):
    statement = {"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": statement})
    course_client(config, "iam").put_role_policy(
        RoleName=config.role, PolicyName="deny", PolicyDocument=document
    )
    monkeypatch.setattr(async_endpoints, "PATIENCE_SECONDS", 1.5)
    assert ask_all(config, "birds", {"clip": b"x"}, KIND).failures == {"clip": NOTHING_CAME}


def test_what_the_account_prescribes_reaches_the_configuration(aws, config):
    make_role(config)
    aws.store.put(config.bucket, "model.tar.gz", archive())
    company = course_config(aws, account=COMPANY)
    make_model(company, "model", SERVING, f"s3://{config.bucket}/model.tar.gz")
    serve_queue(company, "birds", "model", "ml.m5.large")
    endpoint = wait_in_service(company, "birds")
    described = course_client(config, "sagemaker").describe_endpoint_config(
        EndpointConfigName=endpoint["EndpointConfigName"]
    )
    assert described["AsyncInferenceConfig"]["OutputConfig"]["KmsKeyId"] == KEY
    assert endpoint["AsyncInferenceConfig"]["OutputConfig"]["KmsKeyId"] == KEY
