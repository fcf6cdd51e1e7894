"""The pipeline's roles are the course's, and do only what their services need."""

import pytest

from helpers.automation import pipeline_roles
from helpers.automation.pipeline_roles import NAMES, PIPELINE, find_roles, make_roles
from helpers.inventory import inventory


@pytest.mark.parametrize("field", NAMES)
def test_a_role_trusts_its_service_alone_and_is_listed(client, config, field):
    name, service, _ = NAMES[field]
    assert make_roles(config) == make_roles(config)
    role = client("iam").get_role(RoleName=name)["Role"]
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": service}
    assert name in set(inventory(config)["name"])


def test_no_permission_is_for_all_of_a_service(config):
    for permissions in (pipeline_roles.pipeline_permissions, pipeline_roles.function_permissions):
        for actions, resources in permissions(config).values():
            assert not [each for each in (*actions, *resources) if each in ("*", "sagemaker:*")]


def test_roles_that_are_there_are_found_and_none_is_made(client, config):
    with pytest.raises(LookupError, match=f"no role {PIPELINE}: run notebooks/10"):
        find_roles(config)
    there = {role["RoleName"] for role in client("iam").list_roles()["Roles"]}
    assert not there & {name for name, _, _ in NAMES.values()}
    assert make_roles(config) == find_roles(config)
