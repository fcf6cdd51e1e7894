"""A serverless endpoint is made and asked by the course's own calls, where it can have one."""

import dataclasses

import pytest

from helpers.account_settings import AccountSettings
from helpers.endpoints import make_model, wait_in_service
from helpers.roles import make_role
from helpers.serverless_endpoints import ask_each, serve_on_demand
from tests.local_aws.services.sagemaker.hosting.models import archive
from tests.local_cloud import SERVING

KIND = "text/plain"


def test_clips_are_answered_some_at_a_time_and_failures_have_reasons(aws, config):
    make_role(config)
    aws.store.put(config.bucket, "model.tar.gz", archive())
    make_model(config, "model", SERVING, f"s3://{config.bucket}/model.tar.gz")
    serve_on_demand(config, "birds", "model", memory_mb=1024, concurrency=2)
    (variant,) = wait_in_service(config, "birds")["ProductionVariants"]
    assert variant["CurrentServerlessConfig"] == {"MemorySizeInMB": 1024, "MaxConcurrency": 2}
    result = ask_each(config, "birds", {"wren": b"xx", "noise": b"bad"}, KIND, threads=2)
    assert result.answers["wren"]["bytes"] == 2
    assert result.failures == {"noise": "ModelError: Can't read this"}
    assert result.seconds.keys() == {"wren"} and result.seconds["wren"] > 0


def test_an_account_with_a_network_has_no_serverless_endpoints(config):
    account = AccountSettings(subnets=("subnet-1",), security_groups=("sg-1",))
    inside = dataclasses.replace(config, account=account)
    with pytest.raises(ValueError, match="serverless endpoints have none"):
        serve_on_demand(inside, "birds", "model")
