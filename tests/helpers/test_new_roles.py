"""A request that names a role which SageMaker does not see yet is sent again, and no other one."""

import io
import time
import zipfile

import boto3
import pytest
from botocore.exceptions import ClientError

from helpers.new_roles import TRIES, wait_for_new_roles
from helpers.roles import make_role, put_role
from helpers.session import role_arn
from helpers.user_policy import LAMBDA
from local_aws.control import Fault, set_faults

LATE = 2.0


@pytest.fixture
def sagemaker(aws, config):
    """Return a client that tries again after a moment."""
    session = boto3.Session(
        aws_access_key_id=aws.context.access_key,
        aws_secret_access_key=aws.context.secret_key,
        region_name=config.region,
    )
    wait_for_new_roles(session.events, pause=0.3)
    return session.client("sagemaker", endpoint_url=config.endpoint_url)


def refusal(sagemaker, role):
    """Return how a model without a container is refused in the end, whatever its role."""
    with pytest.raises(ClientError) as error:
        sagemaker.create_model(ModelName="m", ExecutionRoleArn=role)
    return error.value.response["Error"]["Message"]


def test_a_new_role_is_waited_for(aws, config, sagemaker):
    set_faults(aws.context, [Fault("lagging", "iam", "CreateRole", seconds=LATE)])
    make_role(config)
    assert "role" not in refusal(sagemaker, role_arn(config))


def test_a_role_that_is_never_seen_is_refused_in_the_end(aws, config, sagemaker):
    set_faults(aws.context, [Fault("lagging", "iam", "CreateRole", seconds=3600)])
    make_role(config)
    start = time.monotonic()
    assert refusal(sagemaker, role_arn(config)).startswith("Could not assume role")
    assert time.monotonic() - start > 0.3 * TRIES * 0.9


def test_another_refusal_is_final_at_once(config, sagemaker):
    make_role(config)
    sent = []
    sagemaker.meta.events.register("before-send", lambda **_: sent.append(1))
    assert "role" not in refusal(sagemaker, role_arn(config))
    assert len(sent) == 1


def test_the_courses_own_clients_wait(aws, config):
    from helpers.session import client

    set_faults(aws.context, [Fault("lagging", "iam", "CreateRole", seconds=LATE)])
    make_role(config)
    assert "role" not in refusal(client(config, "sagemaker"), role_arn(config))


def test_a_function_waits_for_its_role_too(aws, config):
    from helpers.session import client

    set_faults(aws.context, [Fault("lagging", "iam", "CreateRole", seconds=LATE)])
    role = put_role(
        config, "birds-and-bins-function", LAMBDA, {"see roles": (["iam:ListRoles"], ["*"])}
    )
    with zipfile.ZipFile(code := io.BytesIO(), "w") as packed:
        packed.writestr("f.py", "def handle(event, context): return {}")
    made = client(config, "lambda").create_function(
        FunctionName="birds-and-bins-f", Runtime="python3.12", Handler="f.handle", Role=role,
        Code={"ZipFile": code.getvalue()},
    )  # fmt: skip
    assert made["Role"] == role
