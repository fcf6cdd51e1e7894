"""A resource's policy lets a service in, under its conditions, unless a line denies it."""

import json

import pytest

from local_aws.resource_policies import allows

QUEUE, RULE = "arn:aws:sqs:us-east-1:000000000000:q", "arn:aws:events:us-east-1:1:rule/all"
SERVICE = "events.amazonaws.com"
LINE = {
    "Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": "sqs:SendMessage",
    "Resource": QUEUE,
}  # fmt: skip


def decision(*lines):
    policy = json.dumps({"Statement": [*lines]})
    return allows(policy, SERVICE, "sqs:SendMessage", QUEUE, {"aws:SourceArn": RULE})


def condition(operator, value, key="aws:SourceArn"):
    return {**LINE, "Condition": {operator: {key: value}}}


@pytest.mark.parametrize(
    ("line", "is_allowed"),
    [
        (LINE, True),
        ({**LINE, "Action": ["SQS:*"]}, True),
        ({**LINE, "Principal": "*"}, True),
        ({**LINE, "Principal": {"AWS": "*"}}, True),
        ({**LINE, "Principal": {"Service": "sns.amazonaws.com"}}, False),
        ({**LINE, "Resource": f"{QUEUE}2"}, False),
        ({**LINE, "Action": "sqs:ReceiveMessage"}, False),
        (condition("ArnEquals", RULE), True),
        (condition("ArnLike", "arn:aws:events:*:*:rule/*"), True),
        (condition("StringEquals", ["x", RULE]), True),
        (condition("ArnEquals", f"{RULE}2"), False),
        (condition("StringEquals", "arn:aws:events:*"), False),
        (condition("Bool", "true", "aws:SecureTransport"), False),
    ],
)
def test_a_line_lets_in_whom_it_names(line, is_allowed):
    assert decision(line) == is_allowed


def test_a_denial_wins_and_no_policy_allows_nothing():
    assert not decision(LINE, {**LINE, "Effect": "Deny"})
    assert not allows(None, SERVICE, "sqs:SendMessage", QUEUE, {})
