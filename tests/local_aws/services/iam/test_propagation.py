"""A new role is seen late where a fault asks for it, by every operation that names it."""

import json

import pytest
from botocore.exceptions import ClientError

from local_aws.control import advance, set_faults
from local_aws.state.faults import Fault
from tests.local_aws.services.sagemaker.jobs.requests import processing

LATE = Fault("lagging", "iam", "CreateRole", seconds=60)


@pytest.fixture
def role(aws, client):
    """Return the ARN of a role that was made just now."""
    set_faults(aws.context, [LATE])
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    made = client("iam").create_role(RoleName="new", AssumeRolePolicyDocument=policy)
    return made["Role"]["Arn"]


def refusal(client, role):
    """Return how a model is refused; without a container it is, whatever its role."""
    with pytest.raises(ClientError) as error:
        client("sagemaker").create_model(ModelName="m", ExecutionRoleArn=role)
    assert error.value.response["Error"]["Code"] == "ValidationException"
    return error.value.response["Error"]["Message"]


def test_a_new_role_can_not_be_assumed_yet(aws, client, role):
    assert refusal(client, role).startswith(f"Could not assume role {role}.")
    advance(aws.context, 61)
    assert "role" not in refusal(client, role)


def test_a_text_that_is_like_a_role_is_none(client, role):
    group = {"ModelPackageGroupName": "g", "ModelPackageGroupDescription": role}
    client("sagemaker").create_model_package_group(**group)


def test_every_operation_that_names_a_role_checks_it(client, role):
    with pytest.raises(ClientError, match="Could not assume role"):
        client("sagemaker").create_processing_job(**processing("job") | {"RoleArn": role})


def test_iam_itself_knows_its_role(client, role):
    assert client("iam").get_role(RoleName="new")["Role"]["Arn"] == role


def test_without_the_fault_a_role_is_there_at_once(aws, client, role):
    set_faults(aws.context, [])
    assert "role" not in refusal(client, role)
