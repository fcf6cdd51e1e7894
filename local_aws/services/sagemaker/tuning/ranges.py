"""Ranges of hyperparameters, from SageMaker's form to Optuna's distributions; runs nothing.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-define-ranges.html
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

KINDS = ("Integer", "Continuous", "Categorical")
MOST = 30
"""Largest number of hyperparameters of one search."""
WIDE = 100
"""Ratio of the ends from which `Auto` is logarithmic; SageMaker's rule is not documented."""


class RangeError(ValueError):
    """A range that can't be searched; the message names the hyperparameter and the reason."""


@dataclass(frozen=True)
class Range:
    """The values that one hyperparameter may have.

    Raises:
        RangeError: the ends or the scale are not valid.
    """

    name: str
    kind: str
    """`Integer`, `Continuous` or `Categorical`."""
    low: float = 0.0
    high: float = 0.0
    scaling: str = "Auto"
    """`Linear`, `Logarithmic`, `ReverseLogarithmic` or `Auto`."""
    values: tuple[str, ...] = ()
    """The values of a `Categorical` range."""

    def __post_init__(self):
        """Refuse a range that SageMaker refuses."""
        wrong = f"The hyperparameter range of '{self.name}' is not valid: "
        if self.kind == "Categorical":
            if len(set(self.values)) < len(self.values):
                raise RangeError(f"{wrong}its values must be distinct.")
        elif not (math.isfinite(self.low) and math.isfinite(self.high)):
            raise RangeError(f"{wrong}MinValue and MaxValue must be finite.")
        elif self.low > self.high:
            raise RangeError(f"{wrong}MinValue {self.low} is greater than MaxValue {self.high}.")
        elif self.scaling == "Logarithmic" and self.low <= 0:
            raise RangeError(f"{wrong}Logarithmic scaling needs values greater than 0.")
        elif self.scaling == "ReverseLogarithmic":
            self._check_reverse(wrong)

    def _check_reverse(self, wrong: str) -> None:
        if self.kind == "Integer":
            raise RangeError(f"{wrong}an integer range has no ReverseLogarithmic scaling.")
        if not 0 <= self.low <= self.high < 1:
            raise RangeError(f"{wrong}ReverseLogarithmic scaling needs values from 0 to below 1.")

    @property
    def is_log(self) -> bool:
        """Say whether the scale is logarithmic, forward or reverse."""
        if self.scaling == "Auto":
            return self.low > 0 and self.high / self.low >= WIDE
        return self.scaling in ("Logarithmic", "ReverseLogarithmic")

    def distribution(self) -> "BaseDistribution":
        """Return Optuna's distribution: of the value x, or of 1 - x for a reverse scale."""
        from optuna import distributions as kinds

        if self.kind == "Categorical":
            return kinds.CategoricalDistribution(self.values)
        if self.kind == "Integer":
            return kinds.IntDistribution(int(self.low), int(self.high), log=self.is_log)
        low, high = self.low, self.high
        if self.scaling == "ReverseLogarithmic":
            low, high = 1 - high, 1 - low
        return kinds.FloatDistribution(low, high, log=self.is_log)

    def value(self, drawn: Any) -> Any:
        """Return the hyperparameter for Optuna's value: an int, a float or a string."""
        if self.scaling == "ReverseLogarithmic" and self.kind == "Continuous":
            return min(max(1 - drawn, self.low), self.high)
        return drawn

    def drawn(self, value: Any) -> Any:
        """Return Optuna's value for a hyperparameter, which may be a text.

        Raises:
            RangeError: the value lies outside of the range.
        """
        if self.kind == "Categorical":
            inside, number = str(value) in self.values, str(value)
        else:
            number = _number(self.kind, value)
            inside = number is not None and self.low <= number <= self.high
        if not inside:
            raise RangeError(f"{self.name}={value} lies outside of its range, {self}")
        if self.scaling == "ReverseLogarithmic" and self.kind == "Continuous":
            return 1 - number
        return number

    def __str__(self) -> str:
        """Return the range in words."""
        if self.kind == "Categorical":
            return " or ".join(self.values)
        ends = f"{self.low:g} to {self.high:g}"
        return f"{ends}, logarithmic" if self.is_log else ends


def _number(kind: str, value: Any) -> float | int | None:
    try:
        return int(value) if kind == "Integer" else float(value)
    except ValueError:
        return None


def as_text(value: Any) -> str:
    """Return a value as the string of a job's hyperparameter."""
    return value if isinstance(value, str) else repr(value)


def read_ranges(parameter_ranges: Mapping[str, list[dict]]) -> dict[str, Range]:
    """Return the ranges of a tuning job's `ParameterRanges`, by name.

    Raises:
        RangeError: a range is not valid, a name occurs twice, or there are none or too many.
    """
    by_name: dict[str, Range] = {}
    for kind in KINDS:
        for item in parameter_ranges.get(f"{kind}ParameterRanges", []):
            if item["Name"] in by_name:
                raise RangeError(f"The hyperparameter '{item['Name']}' has more than one range.")
            by_name[item["Name"]] = _read(kind, item)
    if not 1 <= len(by_name) <= MOST:
        raise RangeError(
            f"A tuning job needs 1 to {MOST} hyperparameter ranges, got {len(by_name)}."
        )
    return by_name


def _read(kind: str, item: dict) -> Range:
    name = item["Name"]
    if kind == "Categorical":
        return Range(name, kind, values=tuple(item["Values"]))
    ends = [_number(kind, item[end]) for end in ("MinValue", "MaxValue")]
    if None in ends:
        wrong = item["MinValue" if ends[0] is None else "MaxValue"]
        noun = "an integer" if kind == "Integer" else "a number"
        raise RangeError(
            f"The hyperparameter range of '{name}' is not valid: {wrong} is not {noun}."
        )
    return Range(name, kind, *ends, scaling=item.get("ScalingType") or "Auto")


def from_sdk(ranges: Mapping[str, Any]) -> dict[str, Range]:
    """Return the ranges of the SDK's parameters, such as `ContinuousParameter(…)`, by name.

    Raises:
        RangeError: see `read_ranges`.
    """
    lists: dict[str, list[dict]] = {}
    for name, parameter in ranges.items():
        kind = f"{parameter.__name__}ParameterRanges"
        lists.setdefault(kind, []).append(parameter.as_tuning_range(name))
    return read_ranges(lists)
