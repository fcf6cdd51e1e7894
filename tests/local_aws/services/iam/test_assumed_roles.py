"""A role that SageMaker can not assume is refused by all that name it, and so is a new one."""

import json

import pytest
from botocore.exceptions import ClientError

from local_aws.control import advance, set_faults
from local_aws.state.faults import Fault
from tests.local_aws.services.sagemaker.jobs.requests import ROLE, processing, training
from tests.local_cloud import JOB_ROLE

LATE = Fault("lagging", "iam", "CreateRole", seconds=60)
TRUST = json.loads(JOB_ROLE["AssumeRolePolicyDocument"])["Statement"][0]


def make(client, *statements, name="new"):
    """Make a role with a trust policy, and return its ARN."""
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    made = client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=policy)
    return made["Role"]["Arn"]


@pytest.fixture
def role(aws, client):
    """Return the ARN of a role that was made just now."""
    set_faults(aws.context, [LATE])
    return make(client, TRUST)


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


@pytest.mark.parametrize("name", ["role/nobody", "role/a/path/course"])
def test_a_role_that_is_not_there_is_refused(client, name):
    assert "ensure that the role exists" in refusal(client, f"arn:aws:iam::000000000000:{name}")


@pytest.mark.parametrize(
    "change, is_assumed",
    [
        ({}, True),
        ({"Principal": {"Service": ["glue.amazonaws.com", "sagemaker.amazonaws.com"]}}, True),
        ({"Action": ["sts:TagSession", "sts:AssumeRole"]}, True),
        ({"Principal": {"Service": "glue.amazonaws.com"}}, False),
        ({"Principal": {"AWS": "arn:aws:iam::000000000000:root"}}, False),
        ({"Action": "sts:TagSession"}, False),
        ({"Effect": "Deny"}, False),
    ],
    ids=str,
)
def test_a_role_is_assumed_where_its_policy_trusts_sagemaker(client, change, is_assumed):
    arn = make(client, TRUST | change)
    assert ("Could not assume" not in refusal(client, arn)) == is_assumed


def test_a_role_without_any_statement_trusts_nobody(client):
    assert "Could not assume" in refusal(client, make(client))


def test_a_document_that_is_no_policy_is_not_judged(client):
    made = client("iam").create_role(RoleName="new", AssumeRolePolicyDocument="{}")
    assert "role" not in refusal(client, made["Role"]["Arn"])


def test_a_text_that_is_like_a_role_is_none(client):
    group = {"ModelPackageGroupName": "g", "ModelPackageGroupDescription": f"{ROLE}-2"}
    client("sagemaker").create_model_package_group(**group)


@pytest.mark.parametrize(
    "operation, request_for",
    [
        ("create_processing_job", lambda role: processing("job") | {"RoleArn": role}),
        ("create_training_job", lambda role: training("job", "pass") | {"RoleArn": role}),
    ],
)
def test_every_operation_that_names_a_role_checks_it(client, operation, request_for):
    with pytest.raises(ClientError, match="Could not assume role"):
        getattr(client("sagemaker"), operation)(**request_for(f"{ROLE}-2"))


def test_iam_itself_knows_its_role(client, role):
    assert client("iam").get_role(RoleName="new")["Role"]["Arn"] == role


def test_without_the_fault_a_role_is_there_at_once(client):
    assert "role" not in refusal(client, ROLE)
