"""Unknown control calls are refused with a reason."""

import json

import pytest

from local_aws.control_calls import ControlCalls
from local_aws.errors import AwsError


@pytest.mark.parametrize(
    "path, content, words",
    [
        ("/_local/none", {}, "no control call"),
        ("/_local/clock/more", {}, "no control call"),
        ("/_local/clock", {"advance": "soon"}, "soon"),
        ("/_local/clock", {"back": 1}, "advance"),
        ("/_local/faults", {"faults": [{"kind": "broken"}]}, "There is no fault 'broken'"),
        ("/_local/faults", {"faults": [{"kind": "slow", "colour": 1}]}, "colour"),
        ("/_local/faults", [], "list"),
    ],
)
def test_a_call_that_is_wrong_says_why(aws, path, content, words):
    with pytest.raises(AwsError, match=words):
        ControlCalls(aws.parts).answer(path, json.dumps(content).encode())


def test_a_call_without_a_body_tells_and_changes_nothing(aws):
    admin = ControlCalls(aws.parts)
    assert admin.answer("/_local/faults", b"") == {"faults": []}
    assert set(admin.answer("/_local/clock", b"")) == {"now"}
