"""Gateways are found by their names, and deleted in the order that AWS asks for."""

import pytest
from botocore.exceptions import ClientError

from helpers.deletion import delete_all
from helpers.gateway import make_gateway
from helpers.inventory import inventory
from helpers.resources import gateways
from tests.local_cloud import course_config, mark_bucket

KINDS = {"usage plan", "API key", "REST API", "role"}


def test_the_gateways_of_all_data_sets_go_and_others_stay(aws, client, config):
    mark_bucket(config)
    for dataset in ("birds", "bins"):
        make_gateway(course_config(aws, dataset=dataset), dataset, "page")
    gateway = client("apigateway")
    gateways_of = {
        "birds-and-bins-theirs": {},
        "birds-and-bins-other": {"course": "another"},
        "my-birds-and-bins-birds": {"course": "birds-and-bins"},
    }
    for name, tags in gateways_of.items():
        kind = {"types": ["REGIONAL"]}
        gateway.create_rest_api(name=name, endpointConfiguration=kind, tags=tags)
        gateway.create_api_key(name=name, enabled=True, tags=tags)
        gateway.create_usage_plan(name=name, tags=tags)
    assert (inventory(config)["kind"].value_counts()[[*KINDS]] == 2).all()
    done = delete_all(config)
    assert {*done["result"]} == {"deleted"} and inventory(config).empty
    for call in (gateway.get_rest_apis, gateway.get_usage_plans, gateway.get_api_keys):
        assert {item["name"] for item in call()["items"]} == {*gateways_of}


def test_a_rest_api_is_deleted_when_aws_has_had_enough_of_them(monkeypatch):
    monkeypatch.setattr(gateways, "PAUSE", 0)
    calls = []

    def call(**request):
        calls.append(request)
        code = ["TooManyRequestsException", "BadRequestException"][len(calls) // 3]
        raise ClientError({"Error": {"Code": code}}, "DeleteRestApi")

    with pytest.raises(ClientError, match="BadRequest"):
        gateways._patiently(call, restApiId="a")
    assert calls == [{"restApiId": "a"}] * 3
