"""A serverless endpoint is made and asked by the course's own calls, where it can have one."""

import dataclasses

import pytest

from helpers.account_settings import AccountSettings
from helpers.endpoints import Refused, ask, make_model, wait_in_service
from helpers.request_load import send_all
from helpers.roles import make_role
from helpers.serverless_endpoints import serve_on_demand
from tests.local_aws.services.sagemaker.hosting.models import archive
from tests.local_cloud import SERVING

KIND = "text/plain"


def test_a_model_is_served_on_demand_and_asked_by_clients_at_once(aws, config):
    make_role(config)
    aws.store.put(config.bucket, "model.tar.gz", archive())
    make_model(config, "model", SERVING, f"s3://{config.bucket}/model.tar.gz")
    serve_on_demand(config, "birds", "model", memory_mb=1024, concurrency=2)
    (variant,) = wait_in_service(config, "birds")["ProductionVariants"]
    assert variant["CurrentServerlessConfig"] == {"MemorySizeInMB": 1024, "MaxConcurrency": 2}
    rows = send_all(
        lambda body: ask(config, "birds", body, KIND), [b"xx", b"bad"], clients=2, refused=Refused
    )
    assert rows["answer"][0]["bytes"] == 2
    assert [*rows["error"]] == ["", "ModelError: Can't read this"]


def test_an_account_with_a_network_has_no_serverless_endpoints(config):
    account = AccountSettings(subnets=("subnet-1",), security_groups=("sg-1",))
    inside = dataclasses.replace(config, account=account)
    with pytest.raises(ValueError, match="serverless endpoints have none"):
        serve_on_demand(inside, "birds", "model")
