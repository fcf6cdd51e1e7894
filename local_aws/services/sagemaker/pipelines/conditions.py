"""Evaluates the conditions of a Condition step on resolved values; knows no step.

https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-steps-types.html#step-type-condition
"""

import operator
from collections.abc import Iterator
from typing import Any

from local_aws.services.sagemaker.pipelines.references import Unresolved

COMPARED = {
    "Equals": operator.eq,
    "GreaterThan": operator.gt,
    "GreaterThanOrEqualTo": operator.ge,
    "LessThan": operator.lt,
    "LessThanOrEqualTo": operator.le,
}
TYPES = (*COMPARED, "In", "Not", "Or")


def types(condition: dict) -> Iterator[Any]:
    """Yield the types of a condition and of those inside it."""
    yield condition.get("Type")
    inner = condition.get("Conditions", [])
    for each in [*inner, *([condition["Condition"]] if "Condition" in condition else [])]:
        yield from types(each)


def holds(condition: dict) -> bool:
    """Say whether a resolved condition is met.

    Raises:
        Unresolved: values that can't be compared.
    """
    kind = condition["Type"]
    if kind == "Not":
        return not holds(condition["Condition"])
    if kind == "Or":
        return any(holds(each) for each in condition["Conditions"])
    if kind == "In":
        asked = condition["QueryValue"]
        return any(_compare("Equals", asked, each) for each in condition["Values"])
    return _compare(kind, condition["LeftValue"], condition["RightValue"])


def _compare(kind: str, left: Any, right: Any) -> bool:
    left, right = _number(left, right), _number(right, left)
    try:
        return bool(COMPARED[kind](left, right))
    except TypeError:
        raise Unresolved(f"{left!r} and {right!r} can't be compared by {kind}") from None


def _number(value: Any, other: Any) -> Any:
    """Return a text as a number where the other value is one: properties may be texts."""
    if isinstance(value, str) and isinstance(other, int | float) and not isinstance(other, bool):
        try:
            return float(value)
        except ValueError:
            return value
    return value
