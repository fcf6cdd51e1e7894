"""A local AWS tells who it is: ARNs, and variables that lead any client to it alone."""

import boto3
import pytest

from local_aws.context import Context


@pytest.fixture
def context(tmp_path):
    return Context(tmp_path, "http://127.0.0.1:1", "key", "secret", region="eu-west-1")


def test_an_arn_has_the_region_and_the_account(context):
    arn = "arn:aws:sagemaker:eu-west-1:000000000000:model/birds"
    assert context.arn("sagemaker", "model/birds") == arn


def test_a_client_with_its_variables_goes_to_it_alone(context, monkeypatch):
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in context.environment().items():
        monkeypatch.setenv(name, value)
    session = boto3.Session()
    client = session.client("sqs")
    assert (client.meta.endpoint_url, client.meta.region_name) == (context.url, "eu-west-1")
    keys = session.get_credentials()
    assert (keys.access_key, keys.secret_key) == ("key", "secret")
