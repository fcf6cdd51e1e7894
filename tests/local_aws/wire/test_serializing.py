"""boto3 parses an answer to the engine's dict, in every protocol."""

from datetime import UTC, datetime

import pytest
from botocore.model import OperationModel

from local_aws.operations import table
from local_aws.recorded.recorded_operations import RECORDED
from local_aws.wire.routing import Call
from local_aws.wire.serializing import serialize
from local_aws.wire.validation import operation_model, service_model
from tests.local_aws import minimal_requests
from tests.local_aws.wire.round_trips import answered
from tools.operations import executed, recorded

TIME = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
OURS = sorted({*(service for service, _ in table()), *RECORDED} - {"s3"})
OTHERS = ("scheduler", "apigateway", "events", "lambda", "sns", "sqs", "route53", "rds")


def answer_of(operation: OperationModel) -> dict:
    """Return an answer with all members of the first level, and the required ones below."""
    members = operation.output_shape.members if operation.output_shape else {}
    answer = {name: minimal_requests.value(member, name) for name, member in members.items()}
    answer |= {name: b"\xff" for name, value in answer.items() if value == b""}
    return {name: value for name, value in answer.items() if value not in ({}, [], [{}])}


@pytest.mark.parametrize("service", (*OURS, *OTHERS))
def test_an_answer_of_every_operation_is_read_as_it_was_given(service):
    names = service_model(service).operation_names if service in OTHERS else None
    for operation in names or (*executed(service), *recorded(service)):
        model = operation_model(service, operation)
        answer = answer_of(model)
        if model.has_event_stream_output:
            continue
        if "StatusCode" in answer:
            answer["StatusCode"] = 200
        assert answered(service, operation, answer) == answer, operation


@pytest.mark.parametrize("protocol", ["json", "query"])
def test_every_protocol_of_a_service_says_the_same(protocol):
    result = {"Label": "é <&> \r\n", "Datapoints": [{"Timestamp": TIME, "Average": 0.5}]}
    assert answered("cloudwatch", "GetMetricStatistics", result, protocol) == result


@pytest.mark.parametrize(
    "service, operation, result",
    [
        ("scheduler", "GetSchedule", {"Name": "a", "CreationDate": TIME, "State": "ENABLED"}),
        ("scheduler", "ListSchedules", {"Schedules": [{"Name": "a", "Target": {"Arn": "b"}}]}),
        ("scheduler", "DeleteSchedule", {}),
        ("apigateway", "GetRestApi", {"id": "a", "name": "é", "createdDate": TIME}),
        ("apigateway", "GetRestApis", {"items": [{"id": "a"}, {"id": "b"}]}),
        (
            "iam",
            "GetRole",
            {
                "Role": {
                    "Path": "/",
                    "RoleName": "r",
                    "RoleId": "i",
                    "Arn": "arn:aws:iam::000000000000:role/r",
                    "CreateDate": TIME,
                    "AssumeRolePolicyDocument": "%7B%7D",
                    "Tags": [{"Key": "a", "Value": ""}, {"Key": "b", "Value": "<>"}],
                }
            },
        ),
        (
            "iam",
            "SimulatePrincipalPolicy",
            {
                "EvaluationResults": [{"EvalActionName": "s3:Get", "EvalDecision": "allowed"}],
                "IsTruncated": False,
            },
        ),
        (
            "route53",
            "CreateHostedZone",
            {"HostedZone": {"Id": "z", "Name": "n."}, "Location": "https://aws/z"},
        ),
    ],
)
def test_an_answer_arrives_as_it_was_given(service, operation, result):
    assert answered(service, operation, result) == result


def test_an_invocations_answer_is_the_models_bytes_and_the_rest_is_headers():
    result = {
        "Body": bytes(range(256)),
        "ContentType": "application/x-npy",
        "InvokedProductionVariant": "blue",
        "CustomAttributes": "a=1",
    }
    answer = serialize(Call("sagemaker-runtime", "InvokeEndpoint", "rest-json"), result, "an-id")
    assert answer.body == result["Body"]
    assert answer.headers == {
        "Content-Type": "application/x-npy",
        "x-Amzn-Invoked-Production-Variant": "blue",
        "X-Amzn-SageMaker-Custom-Attributes": "a=1",
    }


@pytest.mark.parametrize("time", [TIME, TIME.timestamp(), "2026-01-02T03:04:05+00:00"])
def test_a_time_may_be_kept_as_it_likes(time):
    assert answered("sagemaker", "DescribeModel", {"CreationTime": time}) == {"CreationTime": TIME}
    role = {"Role": {"CreateDate": time}}
    assert answered("iam", "GetRole", role) == {"Role": {"CreateDate": TIME}}


@pytest.mark.parametrize("service, operation", [("sagemaker", "DeleteModel"), ("iam", "TagRole")])
def test_an_operation_without_an_answer_has_an_empty_one(service, operation):
    assert answered(service, operation, {}) == {}


def test_members_that_the_model_lacks_and_nones_do_not_leave_the_server():
    result = {"ModelName": "m", "_plan": 1, "ExecutionRoleArn": None}
    assert answered("sagemaker", "DescribeModel", result) == {"ModelName": "m"}
