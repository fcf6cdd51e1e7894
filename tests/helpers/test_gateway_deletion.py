"""Gateways are found by their names, and deleted in the order that AWS asks for."""

import pytest
from botocore.exceptions import ClientError

from helpers import gateway_deletion
from helpers.gateway import make_gateway
from helpers.gateway_deletion import _patiently
from helpers.inventory import delete_all, inventory
from helpers.session import client
from tests.local_cloud import course_config

KINDS = {"usage plan", "API key", "REST API", "gateway role"}


def test_the_gateways_of_all_data_sets_go_and_others_stay(aws, config):
    for dataset in ("birds", "bins"):
        make_gateway(course_config(aws, dataset=dataset), dataset, "page")
    gateway = client(config, "apigateway")
    gateway.create_rest_api(name="theirs", endpointConfiguration={"types": ["REGIONAL"]})
    gateway.create_api_key(name="theirs", enabled=True)
    gateway.create_usage_plan(name="theirs")
    assert (inventory(config)["kind"].value_counts()[[*KINDS]] == 2).all()
    done = delete_all(config)
    assert {*done["result"]} == {"deleted"} and inventory(config).empty
    for call in (gateway.get_rest_apis, gateway.get_usage_plans, gateway.get_api_keys):
        assert [item["name"] for item in call()["items"]] == ["theirs"]


def test_a_rest_api_is_deleted_when_aws_has_had_enough_of_them(monkeypatch):
    monkeypatch.setattr(gateway_deletion, "PAUSE", 0)
    calls = []

    def call(**request):
        calls.append(request)
        code = ["TooManyRequestsException", "BadRequestException"][len(calls) // 3]
        raise ClientError({"Error": {"Code": code}}, "DeleteRestApi")

    with pytest.raises(ClientError, match="BadRequest"):
        _patiently(call, restApiId="a")
    assert calls == [{"restApiId": "a"}] * 3
