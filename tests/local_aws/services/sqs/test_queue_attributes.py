"""A queue's attributes have SQS's limits; those that are not done are refused by their names."""

import json

import pytest

from local_aws.errors import AwsError
from local_aws.services.sqs.queue_attributes import DEFAULTS, check, redrive


def policy(**members):
    return {"RedrivePolicy": json.dumps({"deadLetterTargetArn": "arn:q", **members})}


@pytest.mark.parametrize(
    "attributes, reason",
    [
        ({"VisibilityTimeout": "43201"}, "InvalidAttributeValue.*VisibilityTimeout"),
        ({"DelaySeconds": "-1"}, "InvalidAttributeValue.*DelaySeconds"),
        ({"MaximumMessageSize": "x"}, "InvalidAttributeValue.*MaximumMessageSize"),
        (
            {"KmsMasterKeyId": "a"},
            "NotImplementedException.*CreateQueue with Attributes.KmsMasterKeyId",
        ),
        ({"RedrivePolicy": "[]"}, "InvalidAttributeValue.*RedrivePolicy"),
        (policy(), "InvalidAttributeValue.*RedrivePolicy"),
        (policy(maxReceiveCount=0), "InvalidAttributeValue.*RedrivePolicy"),
    ],
)
def test_a_value_that_is_none_is_refused(attributes, reason):
    with pytest.raises(AwsError, match=reason):
        check(attributes)


def test_the_defaults_are_valid_and_no_message_goes_elsewhere():
    check({**DEFAULTS, "Policy": "{}", "RedrivePolicy": ""})
    assert redrive(DEFAULTS) is None
    assert redrive(policy(maxReceiveCount="3")) == ("arn:q", 3)
