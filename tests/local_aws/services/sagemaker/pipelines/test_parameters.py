"""Parameters have a type; a value that is missing, unknown or of another type is refused."""

import pytest

from local_aws.errors import AwsError
from local_aws.services.sagemaker.pipelines.parameters import check, values
from tests.local_aws.services.sagemaker.pipelines.definitions import parameter

DECLARED = [
    parameter("name"),
    parameter("count", "Integer", 1),
    parameter("rate", "Float", 0.5),
    parameter("fast", "Boolean", False),
]


def given(**texts):
    return [{"Name": name, "Value": value} for name, value in texts.items()]


def test_values_come_in_their_types_or_by_default():
    assert values(DECLARED, given(name="birds", count="3", fast="True")) == {
        "name": "birds",
        "count": 3,
        "rate": 0.5,
        "fast": True,
    }


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ({}, "need a value: name"),
        ({"name": "a", "other": "b"}, "Unknown pipeline parameters: other"),
        ({"name": "a", "count": "many"}, "must be of type Integer, not 'many'"),
        ({"name": "a", "fast": "yes"}, "must be of type Boolean"),
    ],
)
def test_a_wrong_value_is_refused(texts, words):
    with pytest.raises(AwsError, match=words):
        values(DECLARED, given(**texts))


def test_a_value_outside_its_enum_is_refused():
    declared = [{**parameter("kind"), "EnumValues": ["birds", "bins"]}]
    assert values(declared, given(kind="bins")) == {"kind": "bins"}
    with pytest.raises(AwsError, match="must be one of birds, bins, not cats"):
        values(declared, given(kind="cats"))


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        ([parameter("a"), parameter("a")], "must be unique: a"),
        ([parameter("a", "Text")], "unknown type Text"),
        ([parameter("a", "Integer", "x")], "must be of type Integer"),
    ],
)
def test_a_wrong_declaration_is_refused(declared, words):
    with pytest.raises(AwsError, match=words):
        check(declared)
