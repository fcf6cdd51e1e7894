"""Event patterns match as AWS documents it, and bad ones are refused in EventBridge's words.

The examples: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html,
eb-event-patterns.html, eb-event-patterns-arrays.html, eb-event-patterns-null-values.html, and
https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
"""

import json

import pytest

from local_aws.errors import AwsError
from local_aws.services.events.patterns import compiled

EXAMPLES = {
    "and": (
        {"Location": ["New York"], "Day": ["Monday"]},
        {"Location": "New York", "Day": "Monday"},
        {"Location": "New York", "Day": "Tuesday"},
    ),
    "or of one field": (
        {"PaymentType": ["Credit", "Debit"]}, {"PaymentType": "Debit"}, {"PaymentType": "Cash"},
    ),
    "or of fields": (
        {"$or": [{"Location": ["New York"]}, {"Day": ["Monday"]}]},
        {"Location": "Boston", "Day": "Monday"},
        {"Location": "Boston", "Day": "Friday"},
    ),
    "equals": ({"Name": ["Alice"]}, {"Name": "Alice"}, {"Name": "alice"}),
    "equals, ignoring case": (
        {"Name": [{"equals-ignore-case": "alice"}]}, {"Name": "ALICE"}, {"Name": "Bob"},
    ),
    "empty": ({"LastName": [""]}, {"LastName": ""}, {"LastName": "x"}),
    "null": ({"UserID": [None]}, {"UserID": None}, {"UserID": ""}),
    "a prefix": (
        {"time": [{"prefix": "2017-10-02"}]},
        {"time": "2017-10-02T18:43:48Z"},
        {"time": "2017-10-03T18:43:48Z"},
    ),
    "a prefix, ignoring case": (
        {"detail": {"service": [{"prefix": {"equals-ignore-case": "EventB"}}]}},
        {"detail": {"service": "eventbridge"}},
        {"detail": {"service": "bridge"}},
    ),
    "a suffix": (
        {"FileName": [{"suffix": ".png"}]}, {"FileName": "a.png"}, {"FileName": "a.PNG"},
    ),
    "a suffix, ignoring case": (
        {"detail": {"FileName": [{"suffix": {"equals-ignore-case": ".png"}}]}},
        {"detail": {"FileName": "a.PNG"}},
        {"detail": {"FileName": "a.jpg"}},
    ),
    "anything but a text": (
        {"detail": {"state": [{"anything-but": "initializing"}]}},
        {"detail": {"state": "running"}},
        {"detail": {"state": "initializing"}},
    ),
    "anything but a number": (
        {"detail": {"x-limit": [{"anything-but": 123}]}},
        {"detail": {"x-limit": 124}},
        {"detail": {"x-limit": 123}},
    ),
    "anything but some texts": (
        {"detail": {"state": [{"anything-but": ["stopped", "overloaded"]}]}},
        {"detail": {"state": "running"}},
        {"detail": {"state": "overloaded"}},
    ),
    "anything but some numbers": (
        {"detail": {"x-limit": [{"anything-but": [100, 200, 300]}]}},
        {"detail": {"x-limit": 150}},
        {"detail": {"x-limit": 200}},
    ),
    "anything but, ignoring case": (
        {"detail": {"state": [{"anything-but": {"equals-ignore-case": "initializing"}}]}},
        {"detail": {"state": "running"}},
        {"detail": {"state": "INITIALIZING"}},
    ),
    "anything but some, ignoring case": (
        {"state": [{"anything-but": {"equals-ignore-case": ["initializing", "stopped"]}}]},
        {"state": "running"},
        {"state": "Stopped"},
    ),
    "anything but a prefix": (
        {"detail": {"state": [{"anything-but": {"prefix": "init"}}]}},
        {"detail": {"state": "running"}},
        {"detail": {"state": "initializing"}},
    ),
    "anything but a suffix": (
        {"detail": {"FileName": [{"anything-but": {"suffix": ".txt"}}]}},
        {"detail": {"FileName": "a.png"}},
        {"detail": {"FileName": "a.txt"}},
    ),
    "anything but some suffixes": (
        {"FileName": [{"anything-but": {"suffix": [".txt", ".rtf"]}}]},
        {"FileName": "a.png"},
        {"FileName": "a.rtf"},
    ),
    "anything but a wildcard": (
        {"detail": {"FilePath": [{"anything-but": {"wildcard": "*/init/*"}}]}},
        {"detail": {"FilePath": "/a/run/x"}},
        {"detail": {"FilePath": "/a/init/x"}},
    ),
    "a number": ({"Price": [{"numeric": ["=", 100]}]}, {"Price": 100.0}, {"Price": "100"}),
    "a range of numbers": (
        {"Price": [{"numeric": [">", 10, "<=", 20]}]}, {"Price": 20}, {"Price": 10},
    ),
    "several numbers": (
        {"detail": {"c-count": [{"numeric": [">", 0, "<=", 5]}],
                    "d-count": [{"numeric": ["<", 10]}],
                    "x-limit": [{"numeric": ["=", 3.018e2]}]}},
        {"detail": {"c-count": 5, "d-count": 9, "x-limit": 301.8}},
        {"detail": {"c-count": 5, "d-count": 10, "x-limit": 301.8}},
    ),
    "an address": (
        {"detail": {"sourceIPAddress": [{"cidr": "10.0.0.0/24"}]}},
        {"detail": {"sourceIPAddress": "10.0.0.255"}},
        {"detail": {"sourceIPAddress": "10.0.1.0"}},
    ),
    "what exists": (
        {"detail": {"state": [{"exists": True}]}},
        {"detail": {"state": None}},
        {"detail": {"c-count": 1}},
    ),
    "what does not exist": (
        {"detail": {"c-count": [{"exists": False}], "x": [{"exists": True}]}},
        {"detail": {"x": 1}},
        {"detail": {"x": 1, "c-count": 5}},
    ),
    "a text that ignores case among others": (
        {"detail-type": [{"equals-ignore-case": "ec2 instance state-change notification"}]},
        {"detail-type": "EC2 Instance State-change Notification"},
        {"detail-type": "EC2 Instance State-change"},
    ),
    "a wildcard": (
        {"EventBusArn": [{"wildcard": "arn:aws:events:us-east-1:*:event-bus/*"}]},
        {"EventBusArn": "arn:aws:events:us-east-1:000000000000:event-bus/a"},
        {"EventBusArn": "arn:aws:events:us-east-2:000000000000:event-bus/a"},
    ),
    "a wildcard of folders": (
        {"FileName": [{"wildcard": "dir/*.png"}]},
        {"FileName": "dir/of/a.png"},
        {"FileName": "other/a.png"},
    ),
    "a wildcard that is a letter": (
        {"text": [{"wildcard": "2\\*3*"}]}, {"text": "2*3=6"}, {"text": "2x3=6"},
    ),
    "several operators": (
        {"time": [{"prefix": "2017-10-02"}],
         "detail": {"state": [{"anything-but": "initializing"}],
                    "c-count": [{"numeric": [">", 0, "<=", 5]}],
                    "x-limit": [{"anything-but": [100, 200, 300]}]}},
        {"time": "2017-10-02T1", "detail": {"state": "up", "c-count": 2, "x-limit": 301.8}},
        {"time": "2017-10-02T1", "detail": {"state": "up", "c-count": 2, "x-limit": 100}},
    ),
    "or of operators, beside a field": (
        {"source": ["aws.cloudwatch"],
         "$or": [{"detail": {"c-count": [{"numeric": [">", 0, "<=", 5]}]}},
                 {"detail": {"d-count": [{"numeric": ["<", 10]}]}},
                 {"detail": {"x-limit": [{"numeric": ["=", 3.018e2]}]}}]},
        {"source": "aws.cloudwatch", "detail": {"c-count": 50, "d-count": 9}},
        {"source": "aws.cloudwatch", "detail": {"c-count": 50, "d-count": 10}},
    ),
    "values of which one is in an array": (
        {"resources": [{"prefix": "arn:aws:ec2:us-east-1:000000000000:instance/"}]},
        {"resources": ["arn:x", "arn:aws:ec2:us-east-1:000000000000:instance/i-1"]},
        {"resources": ["arn:x", "arn:y"]},
    ),
    "an object uploaded below a prefix": (
        {"source": ["aws.s3"], "detail-type": ["Object Created"],
         "detail": {"bucket": {"name": ["raw"]}, "object": {"key": [{"prefix": "birds/"}]}}},
        {"source": "aws.s3", "detail-type": "Object Created",
         "detail": {"bucket": {"name": "raw"}, "object": {"key": "birds/a.ogg"}}},
        {"source": "aws.s3", "detail-type": "Object Created",
         "detail": {"bucket": {"name": "raw"}, "object": {"key": "bins/a.jpg"}}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_documented_pattern_matches_its_event_and_not_the_other(name):
    pattern, event, other = EXAMPLES[name]
    matches = compiled(json.dumps(pattern))
    assert matches(event) and not matches(other)


def test_the_fields_of_one_object_of_an_array_match_together():
    matches = compiled('{"items": {"name": ["a"], "count": [1]}}')
    assert matches({"items": [{"name": "b", "count": 1}, {"name": "a", "count": 1}]})
    assert not matches({"items": [{"name": "a", "count": 2}, {"name": "b", "count": 1}]})


@pytest.mark.parametrize("pattern", ['{"detail.state": ["on"]}', '{"detail": {"state": ["on"]}}'])
@pytest.mark.parametrize(
    "event",
    [
        {"detail.state": "on"},
        {"detail": {"state": "on"}},
        {"detail": {"id": 1}, "detail.state": "on"},
        {"detail": "leaf", "detail.state": "on"},
        {"detail.state": "off", "detail": [{"state": "on"}]},
    ],
)
def test_a_name_with_dots_is_a_path(pattern, event):
    assert compiled(pattern)(event)
    assert not compiled(pattern)({"detail.state.on": "on", "state": "on"})


@pytest.mark.parametrize(
    ("pattern", "value"), [([True], 1), ([1], True), (["1"], 1), ([None], []), ([0], False)]
)
def test_values_of_another_type_do_not_match(pattern, value):
    assert not compiled(json.dumps({"field": pattern}))({"field": value})


REFUSALS = {
    "{": "Invalid JSON",
    "[]": "Filter is not an object",
    "{}": "Empty objects are not allowed",
    '{"lenderId": "LenderA"}': '"lenderId" must be an object or an array',
    '{"a": []}': "Empty arrays are not allowed",
    '{"a": [["b"]]}': "Match value must be String, number, true, false, or null",
    '{"a": [{"regex": "b"}]}': "Unrecognized match type regex",
    '{"a": [{"prefix": 1}]}': "prefix match pattern must be a string",
    '{"a": [{"prefix": "b", "suffix": "c"}]}': "Only one key allowed in match expression",
    '{"a": [{"suffix": {"wildcard": "c"}}]}': "Unsupported suffix pattern: wildcard",
    '{"a": [{"numeric": 5}]}': "Value of numeric must be an array.",
    '{"a": [{"numeric": [">", "5"]}]}': "Value of > must be numeric",
    '{"a": [{"numeric": ["=", "5"]}]}': "Value of equals must be numeric",
    '{"a": [{"numeric": [5]}]}': "Invalid member in numeric match: 5",
    '{"a": [{"numeric": ["~", 5]}]}': "Unrecognized numeric range operator: ~",
    '{"a": [{"numeric": ["<", 5, "<", 6]}]}': "Too many terms in numeric range expression",
    '{"a": [{"numeric": [">", 5, "<", 5]}]}': "Bottom must be less than top",
    '{"a": [{"exists": "yes"}]}': "exists match pattern must be either true or false.",
    '{"a": [{"wildcard": "b**"}]}': "Consecutive wildcard characters at pos 2",
    '{"a": [{"wildcard": "\\\\b"}]}': "Invalid escape character at pos 1",
    '{"a": [{"cidr": "10.0.0.0"}]}': "Malformed CIDR, one '/' required",
    '{"a": [{"anything-but": {"numeric": [1]}}]}': "Unsupported anything-but pattern: numeric",
    '{"a": [{"anything-but": [1, "b"]}]}': "either all values are number or string",
    '{"a": [{"anything-but": {"prefix": ""}}]}': "Null prefix/suffix not allowed",
    '{"a": [{"anything-but": true}]}': "must be an array or single string/number value.",
    '{"$or": [{"a": ["b"]}]}': "There must have at least 2 Objects in $or relationship.",
    '{"$or": {"a": ["b"]}}': "It must be an Array followed with $or.",
    '{"$or": [{"a": ["b"]}, 1]}': "Only JSON object is allowed in array of $or relationship.",
    '{"$or": [{"prefix": ["b"]}, {"a": ["b"]}]}': "prefix is Ruler reserved fieldName",
}


@pytest.mark.parametrize("pattern", REFUSALS)
def test_a_bad_pattern_is_refused_in_eventbridges_words(pattern):
    with pytest.raises(AwsError, match="Event pattern is not valid. Reason: ") as refusal:
        compiled(pattern)
    assert REFUSALS[pattern] in refusal.value.message
    assert refusal.value.code == "InvalidEventPatternException"
