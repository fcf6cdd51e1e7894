"""A company's role is used for a service that may assume it, and is refused in words otherwise."""

import json

import pytest

from helpers.account_settings import AccountSettings
from helpers.events import SERVICE, make_rule, uploads
from helpers.gateway import make_gateway
from helpers.gateway_document import ASSUMED_BY
from helpers.glue_role import TRUSTED as GLUE
from helpers.glue_role import make_glue_role
from helpers.role_trust import companys_role, statement, trusts
from helpers.schedules import schedule_job
from helpers.session import client
from helpers.user_policy import SCHEDULER
from local_aws.control import Fault, set_faults
from tests.local_cloud import course_config

WORKFLOW = "arn:aws:glue:us-east-1:000000000000:workflow/birds-and-bins-birds-curate"
OURS = statement(SERVICE)
SOMEBODY = "sagemaker.amazonaws.com"


@pytest.fixture
def company(aws, config):
    """Return a function that gives the settings of a company whose role some services trust."""

    def make(*services):
        trust = json.dumps({"Version": "2012-10-17", "Statement": [*map(statement, services)]})
        iam = client(config, "iam")
        role = iam.create_role(RoleName="studio", Path="/teams/", AssumeRolePolicyDocument=trust)
        return course_config(aws, account=AccountSettings(role_arn=role["Role"]["Arn"]))

    return make


@pytest.mark.parametrize(
    "change, answer",
    [
        ({}, True),
        ({"Principal": {"Service": [SOMEBODY, SERVICE]}}, True),
        ({"Action": ["sts:TagSession", "sts:Assume*"]}, True),
        ({"Condition": {"StringEquals": {"aws:SourceAccount": "0" * 12}}}, True),
        ({"Principal": "*"}, True),
        ({"Principal": {"Service": SOMEBODY}}, False),
        ({"Principal": {"AWS": "*"}}, False),
        ({"Action": "sts:TagSession"}, False),
        ({"Effect": "Deny"}, False),
    ],
)  # fmt: skip
def test_a_policy_trusts_who_is_named_for_the_action(change, answer):
    assert trusts({"Statement": [{**OURS, **change}]}, SERVICE) == answer
    assert trusts({"Statement": {**OURS, **change}}, SERVICE) == answer


def test_a_denial_counts_more_and_one_with_a_condition_may_not_apply():
    denial = {**OURS, "Effect": "Deny"}
    assert not trusts({"Statement": [OURS, denial]}, SERVICE)
    condition = {"StringNotEquals": {"aws:SourceAccount": "1" * 12}}
    assert trusts({"Statement": [OURS, denial | {"Condition": condition}]}, SERVICE)


@pytest.mark.parametrize(
    "make, service",
    [
        (lambda config: make_rule(config, "raw", uploads("data"), WORKFLOW), SERVICE),
        (lambda config: schedule_job(
            config, f"{config.name}-s", {"RoleArn": config.account.role_arn}, "rate(1 hour)"
        ), SCHEDULER),
        (lambda config: make_gateway(config, "birds", b"<p>"), ASSUMED_BY),
        (make_glue_role, GLUE),
    ],
    ids=["rule", "schedule", "gateway", "Spark job"],
)  # fmt: skip
def test_what_a_service_shall_do_by_a_role_is_refused_where_it_may_not(company, make, service):
    config = company(SOMEBODY)
    words = f"{service} may not assume the role studio .*: have who administers it add .*{service}"
    with pytest.raises(ValueError, match=words):
        make(config)


def test_a_role_that_trusts_the_service_is_used(company):
    config = company(SOMEBODY, SERVICE)
    make_rule(config, "raw", uploads("data"), WORKFLOW)
    assert companys_role(config, SERVICE) == config.account.role_arn


def test_a_role_that_is_not_there_is_named(aws, config):
    arn = f"arn:aws:iam::{'0' * 12}:role/studio"
    with pytest.raises(ValueError, match="no role studio, which COURSE_ROLE_ARN names"):
        companys_role(course_config(aws, account=AccountSettings(role_arn=arn)), SERVICE)


def test_a_role_that_the_caller_may_not_look_at_is_taken_as_it_is(aws, company):
    config = company(SOMEBODY)
    set_faults(aws.context, [Fault("denied", "iam", "GetRole", share=1.0)])
    assert companys_role(config, SERVICE) == config.account.role_arn


def test_without_a_companys_role_there_is_none(config):
    assert companys_role(config, SERVICE) is None
