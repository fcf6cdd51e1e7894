"""What stands behind a method is asked as the method's role, and its errors become answers."""

import pytest

from local_aws.control import advance
from local_aws.services.apigateway.integrations import SEEN_AFTER
from tests.local_aws.services.apigateway.doors import ALLOWED, ROLE, trust
from tests.local_cloud import BUCKET

SAID = 'It says "no" to $you'


@pytest.mark.parametrize("status", [400, 404, 415, 429, 500, 503])
def test_a_models_error_keeps_its_status_and_its_words(model_door, status):
    reply = model_door.ask(f"status={status}".encode())
    assert (reply.status_code, reply.json()) == (status, {"message": SAID, "from": "model"})
    assert reply.headers["Access-Control-Allow-Origin"] == "*"


def test_a_models_429_is_told_from_the_plans(model_door):
    reply = model_door.ask(b"status=429")
    assert reply.json()["from"] == "model" and "x-amzn-ErrorType" not in reply.headers


def test_an_endpoint_that_is_not_there_is_no_callers_fault_and_names_no_account(door):
    reply = door.ask()
    assert (reply.status_code, reply.json()["from"]) == (503, "endpoint")
    assert door.aws.context.account not in reply.text


def test_a_page_that_is_gone_names_no_bucket(door):
    door.aws.store.delete(BUCKET, "page.html")
    reply = door.send("GET", "/")
    assert reply.status_code == 404 and BUCKET not in reply.text


def test_a_model_that_takes_too_long_is_not_waited_for(model_door):
    model_door.deploy(timeout_ms=500)
    reply = model_door.ask(b"slow")
    assert (reply.status_code, reply.json()) == (504, {"message": "Endpoint request timed out"})
    model_door.deploy()
    assert model_door.ask().status_code == 200


@pytest.mark.parametrize("action", ALLOWED)
def test_the_role_is_asked_with_what_it_may_do_alone(model_door, action):
    model_door.allow({name: ALLOWED[name] for name in ALLOWED if name != action})
    asked, read = model_door.ask(), model_door.send("GET", "/")
    model_door.allow(ALLOWED)
    is_asked = action != "sagemaker:InvokeEndpoint"
    assert (asked.status_code, read.status_code) == ((200, 404) if is_asked else (502, 200))
    assert "arn:" not in asked.text + read.text


def test_a_role_of_another_endpoint_does_not_open_this_one(model_door):
    other = "arn:aws:sagemaker:us-east-1:*:endpoint/endpoint-2"
    model_door.allow({**ALLOWED, "sagemaker:InvokeEndpoint": other})
    assert model_door.ask().status_code == 502
    model_door.allow(ALLOWED)


def test_a_role_that_does_not_trust_api_gateway_is_of_no_use(door):
    door.iam.delete_role_policy(RoleName=ROLE, PolicyName="p")
    door.iam.delete_role(RoleName=ROLE)
    assert door.ask().status_code == 500
    door.iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=trust("sagemaker.amazonaws.com"))
    door.allow(ALLOWED)
    reply = door.ask()
    assert (reply.status_code, reply.json()) == (500, {"message": "Internal server error"})


def test_a_permission_that_is_taken_away_is_gone_within_a_second(door):
    assert door.send("GET", "/").status_code == 200
    door.iam.delete_role_policy(RoleName=ROLE, PolicyName="p")
    advance(door.aws.context, SEEN_AFTER.total_seconds())
    assert door.send("GET", "/").status_code == 404
