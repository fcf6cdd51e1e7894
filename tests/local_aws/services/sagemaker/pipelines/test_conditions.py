"""Conditions compare numbers, texts and flags."""

import pytest

from local_aws.services.sagemaker.pipelines.conditions import holds, types
from local_aws.services.sagemaker.pipelines.references import Unresolved
from tests.local_aws.services.sagemaker.pipelines.definitions import equal

YES, NO = equal(1, 1), equal(1, 2)


@pytest.mark.parametrize(
    ("condition", "is_met"),
    [
        (equal("a", "a"), True),
        (equal("0.50", 0.5), True),
        (equal(True, False), False),
        (equal(2, 1, "GreaterThan"), True),
        (equal(1, 1, "GreaterThan"), False),
        (equal(1, 1, "GreaterThanOrEqualTo"), True),
        (equal(1, 1, "LessThan"), False),
        (equal(1, 1.5, "LessThanOrEqualTo"), True),
        ({"Type": "In", "QueryValue": "a", "Values": ["b", "a"]}, True),
        ({"Type": "In", "QueryValue": "a", "Values": []}, False),
        ({"Type": "Not", "Condition": YES}, False),
        ({"Type": "Or", "Conditions": [NO, YES]}, True),
        ({"Type": "Or", "Conditions": [NO]}, False),
    ],
)
def test_a_condition_is_met_or_not(condition, is_met):
    assert holds(condition) is is_met


def test_what_has_no_order_is_not_compared():
    with pytest.raises(Unresolved, match="'a' and 1 can't be compared by LessThan"):
        holds(equal("a", 1, "LessThan"))


def test_all_types_of_a_condition_are_told():
    assert list(types({"Type": "Not", "Condition": {"Type": "Or", "Conditions": [YES]}})) == [
        "Not",
        "Or",
        "Equals",
    ]
