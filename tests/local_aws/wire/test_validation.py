"""Requests are validated against botocore's service model."""

import pytest

from local_aws.errors import AwsError
from local_aws.wire.validation import check_request

ROLE = "arn:aws:iam::000000000000:role/course"
GOOD = {"ModelName": "birds", "ExecutionRoleArn": ROLE}


def test_a_good_request_passes():
    check_request("sagemaker", "CreateModel", GOOD)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"ModelName": None}, "modelName' failed to satisfy constraint: Member must not be null"),
        ({"ModelName": "x" * 64}, "length less than or equal to 63"),
        ({"ModelName": "with space"}, "regular expression pattern"),
        ({"ModelName": 3}, "wrong type: string expected"),
        ({"EnableNetworkIsolation": "yes"}, "wrong type: boolean expected"),
        ({"Tags": [{"Key": "a"}]}, "tags.1.member.value"),
        ({"PrimaryContainer": {"Mode": "Both"}}, "enum value set: [SingleModel, MultiModel]"),
    ],
)
def test_what_aws_would_refuse_is_refused(change, message):
    with pytest.raises(AwsError) as refused:
        check_request("sagemaker", "CreateModel", {**GOOD, **change})
    assert message in refused.value.message
    assert refused.value.code == "ValidationException"


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(AwsError, match="3 validation errors detected"):
        check_request("sagemaker", "CreateModel", {"ModelName": "!", "ExecutionRoleArn": "me"})
