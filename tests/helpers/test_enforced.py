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
def enforced(tmp_path_factory):
    """Return a local AWS that enforces the committed policies."""
    state = tmp_path_factory.mktemp("enforced") / "state"
    with LocalAws(state, policies=sorted(DOCS.glob("user-policy-*.json"))) as aws:
        yield aws


@pytest.fixture(scope="module")
def config(enforced):
    """Return the course's settings for it, with the course's bucket and role."""
    patch = pytest.MonkeyPatch()
    for name, value in enforced.context.environment().items():
        patch.setenv(name, value)
    config = course_config(enforced, bucket="birds-and-bins-test")
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


@pytest.mark.parametrize(
    "service, call, request_, action",
    [
        ("s3", "list_objects_v2", {"Bucket": "birds-and-bins-test"}, "s3:ListBucket"),
        ("iam", "get_role", {"RoleName": "birds-and-bins-glue"}, "iam:GetRole"),
        ("sagemaker", "list_pipelines", {}, "sagemaker:ListPipelines"),
        ("cloudwatch", "describe_alarms", {"AlarmNamePrefix": "b"}, "cloudwatch:DescribeAlarms"),
        (
            *("scheduler", "create_schedule_group", {"Name": "birds-and-bins-group"}),
            "scheduler:CreateScheduleGroup",
        ),
    ],
)
def test_an_action_that_is_taken_out_of_the_policies_is_denied_for_real(
    enforced, config, monkeypatch, service, call, request_, action
):
    ask = getattr(client(config, service), call)
    shorter = [
        {**line, "Action": [each for each in line["Action"] if each != action]}
        for policy in enforced.parts.policies
        for line in policy["Statement"]
    ]
    with monkeypatch.context() as patch:
        patch.setattr(enforced.parts, "policies", [{"Statement": shorter}])
        with pytest.raises(ClientError, match=f"not authorized to perform: {action} on"):
            ask(**request_)
    try:
        ask(**request_)
    except ClientError as error:
        assert error.response["Error"]["Code"] == "NoSuchEntity"  # it is allowed to look
