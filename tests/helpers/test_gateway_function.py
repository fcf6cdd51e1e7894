"""A REST API is made where it is missing, changed where it differs, and else left alone."""

import json

import pytest

from helpers import gateway_function
from helpers.gateway import Limits, gateway_order, make_door_role, make_gateway

ENDPOINT = "birds"


@pytest.fixture
def order(config):
    return gateway_order(config, ENDPOINT, make_door_role(config, ENDPOINT))


@pytest.fixture
def gateway(config):
    """Return a client of API Gateway as a function of Lambda has it."""
    return gateway_function.boto3.client("apigateway")


def stage_of(gateway, api):
    (stage,) = gateway.get_stages(restApiId=api)["item"]
    return stage


def test_it_is_made_once_with_the_courses_tag_and_then_left_alone(gateway, order):
    api, done = gateway_function.put(gateway, order)
    stage = stage_of(gateway, api)
    assert done == "created" and stage["tags"] == {"course": "birds-and-bins"}
    assert gateway_function.put(gateway, order) == (api, "unchanged")
    assert stage_of(gateway, api) == stage
    (listed,) = gateway.get_rest_apis()["items"]
    assert (listed["id"], listed["tags"]) == (api, {"course": "birds-and-bins"})


def test_what_the_notebook_has_made_is_left_alone(config, gateway, order):
    made = make_gateway(config, ENDPOINT, "<p>Listen</p>")
    assert gateway_function.put(gateway, order) == (made.api, "unchanged")


def test_another_document_is_deployed_and_no_other_limit_is_touched(gateway, order):
    api, _ = gateway_function.put(gateway, order)
    before = stage_of(gateway, api)
    changed = json.loads(json.dumps(order).replace("endpoints/birds/", "endpoints/bees/"))
    assert gateway_function.put(gateway, changed) == (api, "updated")
    after = stage_of(gateway, api)
    assert after["deploymentId"] != before["deploymentId"]
    assert after["methodSettings"] == before["methodSettings"]


def test_a_limit_that_somebody_changed_is_set_back_and_nothing_is_deployed(gateway, order):
    api, _ = gateway_function.put(gateway, order)
    before = stage_of(gateway, api)
    patch = {"op": "replace", "path": "/*/*/throttling/rateLimit", "value": "1"}
    gateway.update_stage(restApiId=api, stageName=before["stageName"], patchOperations=[patch])
    assert gateway_function.put(gateway, order) == (api, "updated")
    after = stage_of(gateway, api)
    assert after["deploymentId"] == before["deploymentId"]
    assert after["methodSettings"]["*/*"]["throttlingRateLimit"] == Limits().all_rate


def test_what_somebody_else_has_deployed_is_replaced(gateway, order):
    api, _ = gateway_function.put(gateway, order)
    theirs = gateway.create_deployment(restApiId=api, description="by hand")["id"]
    patch = {"op": "replace", "path": "/deploymentId", "value": theirs}
    name = order["stage"]["stageName"]
    gateway.update_stage(restApiId=api, stageName=name, patchOperations=[patch])
    assert gateway_function.put(gateway, order) == (api, "updated")
    assert stage_of(gateway, api)["deploymentId"] != theirs


def test_the_function_returns_the_address_and_what_was_done(gateway, order):
    event = {"order": json.dumps(order), "url": "https://{api}.here/course"}
    answer = gateway_function.handle(event, None)
    (api,) = gateway.get_rest_apis()["items"]
    assert answer == {"url": f"https://{api['id']}.here/course", "done": "created"}
