"""Translates the SDK's ranges of hyperparameters into Optuna's distributions; runs no trial."""

import math
from collections.abc import Mapping
from typing import Any

from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

WIDE = 100
"""The ratio of the ends from which `Auto` is logarithmic; SageMaker's rule is not published."""


def search_space(ranges: Mapping[str, Any]) -> dict[str, BaseDistribution]:
    """Return Optuna's distributions of the SDK's ranges, by name.

    Args:
        ranges: `ContinuousParameter(…)`, `IntegerParameter(…)`, `CategoricalParameter(…)` by name,
            as the SDK's HyperparameterTuner takes them.

    Raises:
        ValueError: ends or scaling are not valid; the message names the hyperparameter.
    """
    space = {}
    for name, parameter in ranges.items():
        try:
            space[name] = _distribution(parameter)
        except ValueError as error:
            raise ValueError(f"The range of {name} can't be searched: {error}") from None
    return space


def _distribution(parameter: Any) -> BaseDistribution:
    if hasattr(parameter, "values"):
        return CategoricalDistribution(parameter.values)
    low, high = (parameter.cast_to_type(end) for end in (parameter.min_value, parameter.max_value))
    scaling = parameter.scaling_type
    if scaling == "ReverseLogarithmic":
        raise ValueError("a search has no ReverseLogarithmic scaling, only tuning jobs do")
    is_log = scaling == "Logarithmic" or (scaling == "Auto" and low > 0 and high / low >= WIDE)
    kind = IntDistribution if isinstance(low, int) else FloatDistribution
    return kind(low, high, log=is_log)


def checked(space: Mapping[str, BaseDistribution], params: Mapping[str, Any]) -> dict[str, Any]:
    """Return hyperparameters as values of their distributions.

    Raises:
        KeyError: one is missing.
        ValueError: one lies outside of its range; Optuna would only warn.
    """
    values = {}
    for name, distribution in space.items():
        value = values[name] = _value(distribution, params[name])
        if isinstance(distribution, CategoricalDistribution):
            inside = value in distribution.choices
        else:
            inside = distribution.low <= value <= distribution.high
        if not inside:
            raise ValueError(f"{name}={value} lies outside of {' to '.join(ends_of(distribution))}")
    return values


def _value(distribution: BaseDistribution, value: Any) -> Any:
    if isinstance(distribution, CategoricalDistribution):
        return str(value)
    return type(distribution.low)(value)


def position(distribution: BaseDistribution, value: Any) -> float:
    """Return the position of a value in its range, from 0 to 1, on the range's own scale."""
    value = _value(distribution, value)
    if isinstance(distribution, CategoricalDistribution):
        return distribution.choices.index(value) / max(1, len(distribution.choices) - 1)
    scale = math.log if distribution.log else float
    low, high = scale(distribution.low), scale(distribution.high)
    return (scale(value) - low) / (high - low) if high > low else 0.5


def ends_of(distribution: BaseDistribution) -> tuple[str, str]:
    """Return the two ends of a range as texts."""
    if isinstance(distribution, CategoricalDistribution):
        return distribution.choices[0], distribution.choices[-1]
    return f"{distribution.low:g}", f"{distribution.high:g}"
