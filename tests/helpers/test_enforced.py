"""The course's calls under its own committed policies, and calls outside of them."""

import pytest
from botocore.exceptions import ClientError

from helpers.athena import query
from helpers.boto_sessions import use_local
from helpers.bucket import make_bucket
from helpers.inventory import UNKNOWN, inventory
from helpers.roles import make_role
from helpers.session import client, role_arn, sagemaker_session
from local_aws.server import LocalAws
from tests.local_cloud import course_config
from tools.user_policy import DOCS

OTHERS_ROLE = "arn:aws:iam::000000000000:role/birds-and-bins-glue"


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    """Return the course's settings for a local AWS that enforces the committed policies."""
    state = tmp_path_factory.mktemp("enforced") / "state"
    with LocalAws(state, policies=sorted(DOCS.glob("user-policy-*.json"))) as aws:
        patch = pytest.MonkeyPatch()
        for name, value in aws.context.environment().items():
            patch.setenv(name, value)
        config = course_config(aws, bucket="birds-and-bins-test")
        use_local(config.endpoint_url, config.region)
        make_bucket(config)
        make_role(config)
        yield config
        patch.undo()


def test_the_bucket_and_the_role_are_made_again_without_a_change(config):
    assert make_bucket(config) == config.bucket
    assert make_role(config) == config.role


def test_everything_that_the_course_makes_may_be_listed(config):
    rows = inventory(config)
    assert {"bucket", "role"} <= {*rows["kind"]} and UNKNOWN not in {*rows["name"]}


def test_a_query_is_asked_and_answered(config):
    client(config, "glue").create_database(DatabaseInput={"Name": config.database})
    assert query(config, "SELECT 6 * 7 AS answer").frame["answer"].tolist() == [42]


def test_the_sdk_makes_a_group_of_models_and_finds_it(config):
    from sagemaker.core.resources import ModelPackageGroup

    session = sagemaker_session(config).boto_session
    name = "birds-and-bins-birds"
    ModelPackageGroup.create(model_package_group_name=name, session=session)
    groups = ModelPackageGroup.get_all(session=session)
    assert [each.model_package_group_name for each in groups] == [name]


@pytest.mark.parametrize(
    "service, call, request_, action",
    [
        ("s3", "create_bucket", {"Bucket": "somebodys"}, "s3:CreateBucket"),
        ("iam", "delete_role", {"RoleName": "admin"}, "iam:DeleteRole"),
        ("sagemaker", "delete_endpoint", {"EndpointName": "sales"}, "sagemaker:DeleteEndpoint"),
        ("sqs", "create_queue", {"QueueName": "orders"}, "sqs:CreateQueue"),
        (
            *("glue", "create_database", {"DatabaseInput": {"Name": "sales"}}),
            "glue:CreateDatabase on resource: .*:database/sales",
        ),
        (
            *("sagemaker", "create_model"),
            {"ModelName": "birds-and-bins-m", "ExecutionRoleArn": OTHERS_ROLE},
            f"iam:PassRole on resource: {OTHERS_ROLE}",
        ),
    ],
)
def test_calls_outside_are_denied_by_name(config, service, call, request_, action):
    assert role_arn(config).endswith(config.role)
    with pytest.raises(ClientError, match=action):
        getattr(client(config, service), call)(**request_)
