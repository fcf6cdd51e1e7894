"""A filter policy wants what SNS's documentation says; a pattern that is not done is refused."""

import json

import pytest

from local_aws.errors import AwsError
from local_aws.services.sns.filter_policy import ATTRIBUTES, BODY, check, matches

ATTRIBUTES_OF_ONE = {
    "site": {"Type": "String", "Value": "Berlin"},
    "songs": {"Type": "Number", "Value": "3"},
}


@pytest.mark.parametrize(
    "policy, wanted",
    [
        ({"site": ["Berlin", "Oslo"]}, True),
        ({"site": ["Oslo"]}, False),
        ({"site": [{"prefix": "Ber"}], "songs": [{"numeric": [">", 2, "<", 4]}]}, True),
        ({"site": [{"anything-but": ["Berlin"]}]}, False),
        ({"night": [{"exists": False}]}, True),
        ({"songs": [4]}, False),
    ],
)
def test_a_policy_wants_messages_by_their_attributes(policy, wanted):
    check(json.dumps(policy))
    assert matches(json.dumps(policy), ATTRIBUTES, "text", ATTRIBUTES_OF_ONE) is wanted


@pytest.mark.parametrize("body, wanted", [('{"a": {"b": 1}}', True), ("{}", False), ("no", False)])
def test_a_policy_wants_messages_by_their_bodies(body, wanted):
    assert matches(json.dumps({"a": {"b": [1]}}), BODY, body, {}) is wanted


@pytest.mark.parametrize(
    "policy, reason",
    [
        ("{", "InvalidParameter.*failed to parse"),
        ("[1]", "InvalidParameter.*failed to parse"),
        ('{"a": "b"}', "InvalidParameter.*must be an object or an array"),
        ('{"a": [{"cidr": "::/0"}]}', "NotImplemented.*cidr"),
        ('{"a": [{"anything-but": {"suffix": "b"}}]}', "NotImplemented.*anything-but"),
        ('{"$or": [{"a": ["b"]}]}', "NotImplemented.*or in a FilterPolicy"),
    ],
)
def test_a_policy_that_is_not_done_is_refused(policy, reason):
    with pytest.raises(AwsError, match=reason):
        check(policy)
