"""REST APIs are made, changed, listed and deleted by boto3's calls, and outlive the server."""

import pytest
from botocore.exceptions import ClientError

from local_aws.server import LocalAws
from local_aws.state.faults import Fault
from tests.local_aws.services.apigateway.doors import Door


def refused(call, **request):
    """Return the code and the message of what a call is refused with."""
    with pytest.raises(ClientError) as error:
        call(**request)
    return error.value.response["Error"]["Code"], error.value.response["Error"]["Message"]


@pytest.fixture
def gateway(client):
    return client("apigateway")


@pytest.fixture
def api(gateway):
    endpoint = {"types": ["REGIONAL"]}
    made = gateway.create_rest_api(
        name="birds", endpointConfiguration=endpoint, tags={"team": "birds"}
    )
    return made["id"]


def test_an_api_has_what_it_was_made_with_and_is_listed_in_pages(gateway, api):
    for name in ("bins", "bees"):
        gateway.create_rest_api(name=name, endpointConfiguration={"types": ["REGIONAL"]})
    pages = [*gateway.get_paginator("get_rest_apis").paginate(PaginationConfig={"PageSize": 2})]
    sizes = [len(page["items"]) for page in pages]
    items = {item["name"]: item for page in pages for item in page["items"]}
    assert sizes == [2, 1] and items.keys() == {"birds", "bins", "bees"}
    assert items["birds"]["tags"] == {"team": "birds"} and items["birds"]["id"] == api


def test_what_is_put_is_served_once_it_is_deployed(door):
    door.put(door.document(origin="https://here"))
    assert door.send("OPTIONS", "/try").headers["Access-Control-Allow-Origin"] == "*"
    door.deploy(origin="https://here")
    reply = door.send("OPTIONS", "/try")
    assert reply.headers["Access-Control-Allow-Origin"] == "https://here"


def test_an_api_keeps_its_tags_when_its_document_is_replaced(gateway, api, aws):
    door = Door(aws)
    door.api = api
    answer = door.put(door.document())
    assert answer["binaryMediaTypes"] == ["audio/ogg", "image/jpeg"]
    (item,) = gateway.get_rest_apis()["items"]
    assert (item["name"], item["tags"]) == ("door", {"team": "birds"})


def test_a_deployment_says_what_it_was_made_with(door):
    made = door.gateway.create_deployment(restApiId=door.api, description="the first")
    asked = {"restApiId": door.api, "deploymentId": made["id"]}
    assert door.gateway.get_deployment(**asked)["description"] == "the first"
    asked["deploymentId"] = "none"
    assert refused(door.gateway.get_deployment, **asked)[0] == "NotFoundException"


def test_a_deleted_api_is_gone_with_its_stages(door):
    door.gateway.delete_rest_api(restApiId=door.api)
    assert door.send("GET", "/").status_code == 403
    assert door.gateway.get_rest_apis()["items"] == []
    assert refused(door.gateway.get_stages, restApiId=door.api)[0] == "NotFoundException"


def test_all_of_it_outlives_the_server(door):
    door.aws.stop()
    with LocalAws(door.aws.context.state) as again:
        after = Door(again)
        after.api, after.key = door.api, door.key
        assert after.send("GET", "/").content == b"<p>Listen</p>"
        assert after.ask().status_code == 503


def test_a_stage_has_one_deployment_and_a_throttle(door):
    value = {"op": "replace", "path": "/*/*/throttling/rateLimit", "value": "2.5"}
    stage = door.gateway.update_stage(restApiId=door.api, stageName="live", patchOperations=[value])
    assert stage["methodSettings"]["*/*"]["throttlingRateLimit"] == 2.5
    (listed,) = door.gateway.get_stages(restApiId=door.api)["item"]
    assert listed["deploymentId"] == stage["deploymentId"]


@pytest.mark.parametrize(
    "operation, request_, code, words",
    [
        ("put_rest_api", {"mode": "merge", "body": b"{}"}, "NotImplementedException", "merge"),
        ("put_rest_api", {"body": b"{}"}, "NotImplementedException", "overwrite"),
        ("put_rest_api", {"mode": "overwrite", "body": b"no"}, "BadRequestException", "OpenAPI"),
        ("create_deployment", {}, "BadRequestException", "any methods"),
        ("create_deployment", {"stageName": "x"}, "NotImplementedException", "stageName"),
        ("create_stage", {"stageName": "a b", "deploymentId": "x"}, "BadRequestException", "a-z"),
        ("create_stage", {"stageName": "a", "deploymentId": "x"}, "NotFoundException", "Deploy"),
        (
            "create_stage",
            {"stageName": "a", "deploymentId": "x", "cacheClusterEnabled": True},
            *("NotImplementedException", "cacheClusterEnabled"),
        ),
    ],
    ids=str,
)
def test_what_is_wrong_or_not_done_is_refused_by_its_name(
    gateway, api, operation, request_, code, words
):
    answer = refused(getattr(gateway, operation), restApiId=api, **request_)
    assert answer[0] == code and words in answer[1]


def test_other_patches_of_a_stage_are_refused_by_their_path(door):
    patch = {"op": "replace", "path": "/tracingEnabled", "value": "true"}
    stage = {"restApiId": door.api, "stageName": "live"}
    answer = refused(door.gateway.update_stage, **stage, patchOperations=[patch])
    assert answer[0] == "NotImplementedException" and "/tracingEnabled" in answer[1]


@pytest.mark.parametrize("types", [{}, {"endpointConfiguration": {"types": ["EDGE"]}}])
def test_only_regional_apis_are_made(gateway, types):
    assert "REGIONAL" in refused(gateway.create_rest_api, name="a", **types)[1]


def test_http_apis_are_refused_by_name(client):
    call = client("apigatewayv2").create_api
    assert "apigatewayv2:CreateApi" in refused(call, Name="a", ProtocolType="HTTP")[1]


def test_lists_are_not_late_where_sagemakers_are(aws, gateway, api):
    aws.parts.faults.set([Fault("lagging", "sagemaker", "List*", seconds=60)])
    gateway.create_rest_api(name="new", endpointConfiguration={"types": ["REGIONAL"]})
    assert {item["name"] for item in gateway.get_rest_apis()["items"]} == {"birds", "new"}
