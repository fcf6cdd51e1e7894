"""A gateway is made by one call, brought up to date by the same, and its role may do little."""

import json

import pytest
import requests

from helpers.account_settings import AccountSettings
from helpers.course_tag import TAG, as_mapping
from helpers.gateway import (
    Limits,
    gateway_name,
    gateway_permissions,
    key_value,
    make_gateway,
    used_today,
)
from helpers.gateway_calls import ask_by_key
from helpers.roles import put_role
from helpers.session import client
from tests.company import COMPANY, KEY
from tests.local_cloud import course_config

PAGE = "<p>Listen: 🐦</p>"


def listed(config):
    """Return what API Gateway lists, without what it was last changed."""
    gateway = client(config, "apigateway")
    lists = (gateway.get_rest_apis, gateway.get_usage_plans, gateway.get_api_keys)
    return [call()["items"] for call in lists]


def test_one_call_makes_a_page_a_plan_and_a_key(config):
    made = make_gateway(config, "birds", PAGE)
    reply = requests.get(made.page, timeout=20)
    assert reply.content.decode() == PAGE and reply.headers["Content-Type"].startswith("text/html")
    (plan,) = client(config, "apigateway").get_usage_plans()["items"]
    assert plan["throttle"] == {"rateLimit": 5.0, "burstLimit": 10}
    assert plan["quota"] == {"limit": 500, "period": "DAY"}
    assert len(key_value(config, made)) >= 20 and made.key in repr(made.key)


def test_the_same_call_again_changes_nothing_and_another_one_what_it_says(config):
    first = make_gateway(config, "birds", PAGE)
    before, key = listed(config), key_value(config, first)
    assert make_gateway(config, "birds", PAGE) == first
    assert listed(config) == before and key_value(config, first) == key
    again = make_gateway(config, "birds", "new", Limits(per_day=1, rate=1, burst=1))
    assert again == first and requests.get(again.page, timeout=20).text == "new"
    (plan,) = client(config, "apigateway").get_usage_plans()["items"]
    assert (plan["quota"]["limit"], plan["throttle"]["rateLimit"]) == (1, 1.0)


def test_what_is_missing_of_a_gateway_is_made_anew(config):
    first = make_gateway(config, "birds", PAGE)
    client(config, "apigateway").delete_api_key(apiKey=first.key)
    with pytest.raises(LookupError, match="make_gateway"):
        key_value(config, first)
    client(config, "apigateway").delete_rest_api(restApiId=first.api)
    second = make_gateway(config, "birds", PAGE)
    assert second.api != first.api and second.plan == first.plan and key_value(config, second)
    key = key_value(config, second)
    assert ask_by_key(second, b"x", "audio/ogg", key).status == 503  # there is no endpoint


def test_what_a_key_has_used_today_is_told(config):
    made = make_gateway(config, "birds", PAGE, Limits(per_day=3))
    assert used_today(config, made) == (1, 2)  # it was tried once
    ask_by_key(made, b"x", "audio/ogg", key_value(config, made))
    make_gateway(config, "birds", PAGE, Limits(per_day=3))
    assert used_today(config, made) == (2, 1)


def test_the_role_asks_one_endpoint_and_reads_one_page(aws, config):
    make_gateway(config, "birds", PAGE)
    role = f"arn:aws:iam::{'0' * 12}:role/{gateway_name(config)}"
    questions = {
        ("sagemaker:InvokeEndpoint", "arn:aws:sagemaker:us-east-1:000000000000:endpoint/birds"),
        ("s3:GetObject", f"arn:aws:s3:::{config.bucket}/page/birds/index.html"),
        ("sagemaker:InvokeEndpoint", "arn:aws:sagemaker:us-east-1:000000000000:endpoint/birds-2"),
        ("s3:GetObject", f"arn:aws:s3:::{config.bucket}/raw/birds/taxonomy.csv"),
        ("s3:ListBucket", f"arn:aws:s3:::{config.bucket}"),
    }
    allowed = set()
    for action, resource in questions:
        answer = client(config, "iam").simulate_principal_policy(
            PolicySourceArn=role, ActionNames=[action], ResourceArns=[resource]
        )["EvaluationResults"][0]["EvalDecision"]
        allowed |= {resource} if answer == "allowed" else set()
    assert allowed == {
        "arn:aws:sagemaker:us-east-1:000000000000:endpoint/birds",
        f"arn:aws:s3:::{config.bucket}/page/birds/index.html",
    }


def test_a_companys_tags_are_on_all_of_it_and_its_key_opens_the_page(aws, config):
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [everything]})
    client(config, "iam").create_policy(PolicyName="bound", PolicyDocument=policy)
    company = course_config(aws, account=COMPANY)
    made = make_gateway(company, "birds", PAGE)
    (stage,) = client(config, "apigateway").get_stages(restApiId=made.api)["item"]
    tags = [item["tags"] for items in listed(config) for item in items]
    assert [*tags, stage["tags"]] == [{**as_mapping([TAG]), **dict(COMPANY.tags)}] * 4
    permissions = gateway_permissions(company, "birds", "page")
    assert permissions["decrypt the page"] == (["kms:Decrypt"], [KEY])


def test_a_companys_own_role_is_used_and_not_changed(aws, config):
    arn = put_role(
        config, "theirs", "apigateway.amazonaws.com", gateway_permissions(config, "birds", "*")
    )
    company = course_config(aws, account=AccountSettings(role_arn=arn))
    assert requests.get(make_gateway(company, "birds", PAGE).page, timeout=20).status_code == 200
    names = [each["RoleName"] for each in client(config, "iam").list_roles()["Roles"]]
    assert gateway_name(config) not in names


def test_a_page_that_nobody_may_read_is_an_error_that_says_what_to_do(aws, config, monkeypatch):
    monkeypatch.setattr("helpers.gateway.PATIENCE", 0)
    others = gateway_permissions(config, "birds", "another/page.html")
    arn = put_role(config, "theirs", "apigateway.amazonaws.com", others)
    company = course_config(aws, account=AccountSettings(role_arn=arn))
    with pytest.raises(RuntimeError, match="answers 404: see that the gateway's role"):
        make_gateway(company, "birds", PAGE)
