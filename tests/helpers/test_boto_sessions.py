"""A process on the local AWS has clients of it alone, whatever endpoint a caller asks for."""

import boto3
import pytest

from helpers.boto_sessions import account_and_region, use_local
from helpers.session import boto_session


@pytest.mark.parametrize("service", ["s3", "sts", "iam", "athena", "pricing", "events"])
def test_whatever_endpoint_is_asked_for_the_local_one_is_given(config, service):
    made = boto_session(config).client(service, endpoint_url="https://example.com")
    assert made.meta.endpoint_url == config.endpoint_url
    assert boto3.client(service).meta.endpoint_url == config.endpoint_url


def test_a_resource_is_of_the_local_endpoint_too(config):
    made = boto_session(config).resource("s3", endpoint_url="https://example.com")
    assert made.meta.client.meta.endpoint_url == config.endpoint_url


def test_without_a_region_it_says_how_to_set_one(monkeypatch, tmp_path):
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with pytest.raises(RuntimeError, match="AWS_DEFAULT_REGION"):
        account_and_region()


def test_without_credentials_it_says_how_to_get_some(monkeypatch, tmp_path, walls):
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    with pytest.raises(RuntimeError, match="aws sso login.*COURSE_CLOUD=local"):
        account_and_region()


def test_the_sdks_default_client_follows_to_another_local_aws(config, monkeypatch):
    from sagemaker.core.utils.utils import SageMakerClient

    for url in ("http://127.0.0.1:9", config.endpoint_url):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        use_local(url, config.region)
        assert SageMakerClient().sagemaker_client.meta.endpoint_url == url
