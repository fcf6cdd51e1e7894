"""The pipeline's roles are the course's, and do only what their services need."""

import pytest

from helpers.automation import pipeline_roles
from helpers.inventory import inventory
from helpers.roles import TRUSTED


@pytest.mark.parametrize(
    "make, name, service",
    [
        (pipeline_roles.make_pipeline_role, pipeline_roles.PIPELINE, TRUSTED),
        (pipeline_roles.make_deployment_role, pipeline_roles.DEPLOYMENT, TRUSTED),
        (pipeline_roles.make_function_role, pipeline_roles.FUNCTION, pipeline_roles.FUNCTIONS),
    ],
)
def test_a_role_trusts_its_service_alone_and_is_listed(client, config, make, name, service):
    assert make(config) == make(config)
    role = client("iam").get_role(RoleName=name)["Role"]
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": service}
    assert name in set(inventory(config)["name"])


def test_no_permission_is_for_all_of_a_service(config):
    for permissions in (pipeline_roles.pipeline_permissions, pipeline_roles.function_permissions):
        for actions, resources in permissions(config).values():
            assert not [each for each in (*actions, *resources) if each in ("*", "sagemaker:*")]
