"""The role may do what jobs need, and no more."""

import json

import pytest

from helpers.account_settings import AccountSettings
from helpers.course_tag import TAG
from helpers.roles import delete_role, make_role, permissions
from helpers.session import client, role_arn
from tests.company import BOUNDARY, COMPANY, KEY
from tests.local_cloud import JOB_ROLE, course_config


@pytest.fixture
def statements(config):
    make_role(config)
    iam = client(config, "iam")
    policy = iam.get_role_policy(RoleName=config.role, PolicyName="course")["PolicyDocument"]
    return policy["Statement"]


def test_the_sdks_smoke_test_passes(config):
    from sagemaker.core.helper.iam_role_resolver import _get_smoke_test_actions

    make_role(config)
    answer = client(config, "iam").simulate_principal_policy(
        PolicySourceArn=role_arn(config), ActionNames=_get_smoke_test_actions("training")
    )
    denied = [
        each["EvalActionName"]
        for each in answer["EvaluationResults"]
        if each["EvalDecision"] != "allowed"
    ]
    assert not denied


def test_it_reaches_no_bucket_but_the_courses(config, statements):
    ours = (f"arn:aws:s3:::{config.bucket}", f"arn:aws:s3:::{config.bucket}/*")
    of_s3 = [s for s in statements if any(action.startswith("s3:") for action in s["Action"])]
    assert of_s3 and all(resource in ours for s in of_s3 for resource in s["Resource"])


def test_no_action_is_a_wildcard_and_none_touches_roles(statements):
    actions = [action for statement in statements for action in statement["Action"]]
    assert not [action for action in actions if "*" in action]
    assert not [action for action in actions if action.startswith(("iam:", "sts:"))]


def test_sagemaker_alone_may_assume_it(config):
    make_role(config)
    role = client(config, "iam").get_role(RoleName=config.role)["Role"]
    trust = json.loads(json.dumps(role["AssumeRolePolicyDocument"]))["Statement"]
    assert [each["Principal"] for each in trust] == [{"Service": "sagemaker.amazonaws.com"}]


def test_making_it_again_renews_its_permissions(aws, config):
    make_role(config)
    make_role(course_config(aws, bucket="another-bucket"))
    iam = client(config, "iam")
    assert iam.list_role_policies(RoleName=config.role)["PolicyNames"] == ["course"]
    policy = iam.get_role_policy(RoleName=config.role, PolicyName="course")["PolicyDocument"]
    assert "another-bucket" in json.dumps(policy) and config.bucket not in json.dumps(policy)


def test_deleting_twice_is_harmless(config):
    make_role(config)
    assert delete_role(config) and not delete_role(config)


def test_every_permission_is_a_sentence_with_actions_and_resources(config):
    for actions, resources in permissions(config).values():
        assert actions and resources


def test_a_companys_boundary_and_tags_are_the_roles_and_its_key_and_secret_are_allowed(aws, config):
    company = course_config(aws, account=COMPANY)
    make_role(company)
    role = client(config, "iam").get_role(RoleName=config.role)["Role"]
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == BOUNDARY
    assert role["Tags"] == [*COMPANY.tag_list, TAG]
    resources = [item for _, listed in permissions(company).values() for item in listed]
    assert KEY in resources
    assert [item for item in resources if ":secret:birds/wandb-" in item]


def test_a_companys_role_is_neither_made_nor_deleted(aws, config):
    arn = f"arn:aws:iam::{'0' * 12}:role/service-role/studio"
    account = AccountSettings(role_arn=arn)
    company = course_config(aws, role="studio", account=account)
    assert make_role(company) == "studio" and role_arn(company) == arn
    roles = [each["RoleName"] for each in client(config, "iam").list_roles()["Roles"]]
    assert roles == [JOB_ROLE["RoleName"]]
    make_role(config)
    assert not delete_role(course_config(aws, account=account))
    assert client(config, "iam").get_role(RoleName=config.role)


def test_in_a_companys_bucket_it_reaches_the_courses_folder_alone(aws, config):
    account = AccountSettings(bucket=config.bucket, prefix="ada")
    _, resources = permissions(course_config(aws, account=account))[
        "read and write the course's bucket"
    ]
    assert resources == [f"arn:aws:s3:::{config.bucket}/ada/birds-and-bins/*"]
