"""A function's role has what its step needs and nothing more, and reaches no endpoint."""

import json

import pytest

from helpers import gateway_function, schedule_function
from helpers.automation import function_roles
from helpers.automation.function_roles import (
    gateway_function_permissions,
    schedule_function_permissions,
)
from helpers.automation.pipeline_roles import make_roles
from helpers.gateway import gateway_order
from helpers.roles import document, make_role
from helpers.schedules import schedule_order
from helpers.session import role_arn
from helpers.watch_schedules import watch_schedule
from tests.helpers.automation.allowed import needless, requests
from tests.local_aws.services.sagemaker.jobs.requests import processing

LOGS = {"logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"}
"""Lambda writes a function's logs, on AWS as its role."""


@pytest.fixture
def roles(config):
    make_role(config)
    return make_roles(config)


@pytest.fixture
def enforce(aws, monkeypatch):
    """Return a function by which the caller has these permissions, and no others."""

    def enforce(permissions) -> list[dict]:
        policy = document(permissions)
        monkeypatch.setattr(aws.parts, "policies", [policy])
        return policy["Statement"]

    return enforce


def gateway_orders(config, roles):
    """Return an order, one with another document and one with another limit."""
    order = gateway_order(config, config.name, roles.gateway)
    other = json.loads(json.dumps(order).replace("29000", "20000"))
    return order, other, {**other, "limits": {"throttlingRateLimit": 1.0}}


def schedule_orders(config, roles):
    """Return an order, and one of other times."""
    request = processing("job") | {"RoleArn": role_arn(config)}
    del request["ProcessingJobName"]
    return [
        schedule_order(config, watch_schedule(config).name, request, times, roles.schedules)
        for times in ("cron(0 6 1 1 ? 2199)", "cron(0 7 1 1 ? 2199)")
    ]


@pytest.mark.parametrize(
    "function, permissions, orders",
    [
        (gateway_function, gateway_function_permissions, gateway_orders),
        (schedule_function, schedule_function_permissions, schedule_orders),
    ],
)
def test_each_action_is_needed_and_no_more_are(
    aws, config, roles, enforce, function, permissions, orders
):
    ordered = orders(config, roles)
    statements = enforce(permissions(config))
    event = {"url": "{api}"}
    done = [function.handle(event | {"order": json.dumps(each)}, None)["done"] for each in ordered]
    assert done == ["created", *["updated"] * (len(ordered) - 1)]
    assert needless(statements, requests(aws)) == LOGS


def test_a_role_that_is_handed_on_is_the_data_sets_own_and_goes_to_one_service(config):
    for permissions, role, service in (
        (gateway_function_permissions, "gateway", "apigateway"),
        (schedule_function_permissions, "schedules", "scheduler"),
    ):
        statements = document(permissions(config))["Statement"]
        (passing,) = [each for each in statements if "iam:PassRole" in each["Action"]]
        assert passing["Resource"] == [f"arn:aws:iam::*:role/{config.name}-{role}"]
        to = {"iam:PassedToService": f"{service}.amazonaws.com"}
        assert passing["Condition"] == {"StringEquals": to}


@pytest.mark.parametrize(
    "permissions", [gateway_function_permissions, schedule_function_permissions]
)
def test_what_follows_deploy_can_change_no_endpoint(config, permissions):
    actions = [action for actions, *_ in permissions(config).values() for action in actions]
    assert not [action for action in actions if action.startswith("sagemaker:")]


def test_the_function_of_live_only_looks(config):
    actions = [a for a, *_ in function_roles.live_permissions(config).values()]
    assert {a.partition(":")[2][:8] for each in actions for a in each} - {
        each.partition(":")[2][:8] for each in LOGS
    } == {"Describe"}
