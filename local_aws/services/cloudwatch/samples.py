"""Samples of a metric in a span of time, and their statistics; knows no metric and no time.

A percentile is the smallest sample that at least so many percent of the samples do not exceed. AWS
publishes no formula for it, and has none of samples that came as a statistic set, as here:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
"""

import re
from collections import Counter
from collections.abc import Sequence
from math import inf

_NAMES = {"SampleCount": "count", "Sum": "total", "Minimum": "minimum", "Maximum": "maximum"}
_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d{1,10})?|100)")


def is_statistic(name: str) -> bool:
    """Say whether a statistic is done: one of the five, or a percentile such as `p99.9`."""
    return name == "Average" or name in _NAMES or _PERCENTILE.fullmatch(name) is not None


class Samples:
    """Some samples of one metric: their number, sum and extremes, and the values that are known."""

    def __init__(self) -> None:
        self.count, self.total, self.minimum, self.maximum = 0.0, 0.0, inf, -inf
        self._values: Counter[float] = Counter()

    def add(self, values: Sequence[tuple[float, float]], statistics: Sequence[float] = ()) -> None:
        """Add values, each with its count, and samples of which only this is known.

        Args:
            statistics: their number, sum, minimum and maximum; or nothing.
        """
        for value, count in values:
            self._add_set(count, value * count, value, value)
            self._values[value] += count
        if statistics:
            self._add_set(*statistics)

    def merge(self, other: "Samples") -> None:
        """Add all samples of another span."""
        self._add_set(other.count, other.total, other.minimum, other.maximum)
        self._values.update(other._values)

    def statistic(self, name: str) -> float | None:
        """Return a statistic of at least one sample; None where the values are not known."""
        if name == "Average":
            return self.total / self.count
        return getattr(self, _NAMES[name]) if name in _NAMES else self._percentile(float(name[1:]))

    def _add_set(self, count: float, total: float, minimum: float, maximum: float) -> None:
        self.count, self.total = self.count + count, self.total + total
        self.minimum, self.maximum = min(self.minimum, minimum), max(self.maximum, maximum)

    def _percentile(self, percent: float) -> float | None:
        if self._values.total() < self.count:
            return None
        passed = 0.0
        for value in sorted(self._values):
            passed += self._values[value]
            if passed * 100 >= percent * self.count:
                break
        return value
