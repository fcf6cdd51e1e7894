"""A target gets an event whole, a part of it, a constant, or a template with parts of it.

The examples: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
"""

import json

import pytest

from local_aws.errors import AwsError
from local_aws.services.events import inputs

EVENT = {
    "version": "0", "id": "7bf73129", "detail-type": "EC2 Instance State-change Notification",
    "source": "aws.ec2", "account": "000000000000", "time": "2015-11-11T21:29:54Z",
    "region": "us-east-1", "resources": ["arn:aws:ec2:us-east-1:000000000000:instance/i-abcd1111"],
    "detail": {"instance-id": "i-0123456789", "state": "RUNNING", "text": 'a "b"', "n": 5},
}  # fmt: skip
RULE = {"Name": "all", "Arn": "arn:aws:events:us-east-1:000000000000:rule/all"}
PATHS = {
    "instance": "$.detail.instance-id", "state": "$.detail.state", "text": "$.detail.text",
    "n": "$.detail.n", "detail": "$.detail", "missing": "$.detail.no", "arn": "$.resources[0]",
}  # fmt: skip


def made(template):
    target = {"Id": "1", "InputTransformer": {"InputPathsMap": PATHS, "InputTemplate": template}}
    inputs.check(target)
    return inputs.made(target, EVENT, RULE)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ('"instance <instance> is in <state>"', '"instance i-0123456789 is in RUNNING"'),
        ('{"instance": <instance>, "n": <n>}', '{"instance": "i-0123456789", "n": 5}'),
        ('{"a": "<instance> <n>"}', '{"a": "i-0123456789 5"}'),
        ('{"a": <text>, "b": "<text>"}', '{"a": "a \\"b\\"", "b": "a \\"b\\""}'),
        ('{"a": <missing>, "b": "<missing>"}', '{"a": "", "b": ""}'),
        ('{"a": <arn>}', json.dumps({"a": EVENT["resources"][0]})),
        ('{"a": <detail>}', json.dumps({"a": EVENT["detail"]})),
        ('{"a": <aws.events.rule-name>}', '{"a": "all"}'),
        ("<aws.events.event.json>", json.dumps(EVENT)),
        ('"<instance>"\n"<state>"', '"i-0123456789"\n"RUNNING"'),
    ],
)
def test_a_template_is_filled(template, text):
    assert made(template) == text


def test_an_event_without_its_detail_is_a_variable_too():
    content = json.loads(made('{"a": <aws.events.event>}'))["a"]
    assert content == {name: value for name, value in EVENT.items() if name != "detail"}


def test_a_constant_a_part_and_the_whole():
    assert inputs.made({"Id": "1", "Input": '{"a": 1}'}, EVENT, RULE) == '{"a": 1}'
    assert inputs.made({"Id": "1", "InputPath": "$.detail.n"}, EVENT, RULE) == "5"
    assert json.loads(inputs.made({"Id": "1"}, EVENT, RULE)) == EVENT


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ({"Input": "no JSON"}, "Invalid Input for target 1"),
        ({"InputPath": "detail"}, "Invalid InputPath for target 1"),
        ({"InputTransformer": {"InputTemplate": '"<other>"'}}, "no path gives other"),
        ({"InputTransformer": {"InputTemplate": '{"a": '}}, "Invalid InputTemplate"),
        (
            {"InputTransformer": {"InputPathsMap": {"AWS.x": "$"}, "InputTemplate": '"a"'}},
            "AWS.x is a reserved name",
        ),
        ({"Input": "{}", "InputPath": "$"}, "Only one of Input, InputPath, or InputTransformer"),
    ],
)
def test_what_can_not_be_made_is_refused(target, words):
    with pytest.raises(AwsError, match="ValidationException") as refusal:
        inputs.check({"Id": "1", **target})
    assert words in refusal.value.message
