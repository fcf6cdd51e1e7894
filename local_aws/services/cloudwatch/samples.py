"""Samples of a metric in a span of time, and their statistics; knows no metric and no time.

A percentile is the smallest sample that at least so many percent of the samples do not exceed. AWS
publishes no formula for it, and has none of samples that came as a statistic set, as here:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
"""

import re
from math import inf

STATISTICS = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")
_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d{1,10})?|100)")


def is_statistic(name: str) -> bool:
    """Say whether a statistic is done: one of the five, or a percentile such as `p99.9`."""
    return name in STATISTICS or _PERCENTILE.fullmatch(name) is not None


class Samples:
    """Some samples of one metric: their number, sum and extremes, and the values that are known."""

    def __init__(self) -> None:
        self.count, self.total, self.minimum, self.maximum = 0.0, 0.0, inf, -inf
        self._values: dict[float, float] = {}

    def add(self, value: float, count: float = 1) -> None:
        """Add a value that was measured so many times."""
        self.add_set(count, value * count, value, value)
        self._values[value] = self._values.get(value, 0) + count

    def add_set(self, count: float, total: float, minimum: float, maximum: float) -> None:
        """Add samples whose values are not known."""
        self.count, self.total = self.count + count, self.total + total
        self.minimum, self.maximum = min(self.minimum, minimum), max(self.maximum, maximum)

    def merge(self, other: "Samples") -> None:
        """Add all samples of another span."""
        self.add_set(other.count, other.total, other.minimum, other.maximum)
        for value, count in other._values.items():
            self._values[value] = self._values.get(value, 0) + count

    def statistic(self, name: str) -> float | None:
        """Return a statistic of at least one sample; None where the values are not known."""
        if name == "Average":
            return self.total / self.count
        if name in STATISTICS:
            attributes = {"SampleCount": "count", "Sum": "total"}
            return getattr(self, attributes.get(name, name.lower()))
        return self._percentile(float(name[1:]))

    def _percentile(self, percent: float) -> float | None:
        if sum(self._values.values()) < self.count:
            return None
        passed = 0.0
        for value in sorted(self._values):
            passed += self._values[value]
            if passed * 100 >= percent * self.count:
                break
        return value
