"""The pipeline's roles are the course's, and do only what their services need."""

from dataclasses import fields

import pytest

from helpers.automation.pipeline_roles import (
    PIPELINE,
    PipelineRoles,
    all_roles,
    find_roles,
    make_roles,
    own_roles,
)
from helpers.inventory import inventory
from helpers.roles import make_role


@pytest.mark.parametrize("field", [each.name for each in fields(PipelineRoles)])
def test_a_role_trusts_its_service_alone_and_is_listed(client, config, field):
    make_role(config)
    name, service = all_roles(config)[field]
    assert make_roles(config) == make_roles(config)
    role = client("iam").get_role(RoleName=name)["Role"]
    assert getattr(make_roles(config), field) == role["Arn"]
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": service}
    assert name in set(inventory(config)["name"])


def test_no_permission_is_for_all_of_a_service(config):
    for field, (_, _, permissions) in own_roles(config).items():
        if field == "deployment":
            continue  # what lists all models and alarms is for all of them
        for actions, resources, *_ in permissions(config).values():
            assert not [each for each in (*actions, *resources) if each in ("*", "sagemaker:*")]


def test_roles_that_are_there_are_found_and_none_is_made(client, config):
    with pytest.raises(LookupError, match=f"no role {PIPELINE}: run notebooks/10"):
        find_roles(config)
    there = {role["RoleName"] for role in client("iam").list_roles()["Roles"]}
    assert not there & {name for name, _ in all_roles(config).values()}
    make_role(config)
    assert make_roles(config) == find_roles(config)
