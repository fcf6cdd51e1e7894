"""The metrics of asynchronous endpoints: numbers and dimensions; knows no queue and no sender.

The list is complete: such an endpoint has no other metrics of invocations.
https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-monitor.html
HasBacklogWithoutCapacity: https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-autoscale.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

COUNT, SECONDS, MICROSECONDS, MILLISECONDS = "Count", "Seconds", "Microseconds", "Milliseconds"
NONE = "None"
PER_SECOND = {MICROSECONDS: 1_000_000, MILLISECONDS: 1_000}


def lasted(seconds: float, unit: str = MICROSECONDS) -> tuple[float, str]:
    """Return a time in a unit, and the unit."""
    return round(seconds * PER_SECOND[unit]), unit


@dataclass(frozen=True)
class Backlog:
    """An endpoint's queue at one time.

    Args:
        size: requests that wait or are being answered.
        waiting: those of them that wait.
        oldest_seconds: the age of the oldest one.
    """

    endpoint: str
    size: int
    waiting: int
    oldest_seconds: float
    instances: int

    def values(self) -> dict[str, tuple[float, str]]:
        """Return the metrics' values and units."""
        values = {
            "ApproximateBacklogSize": (self.size, COUNT),
            "ApproximateAgeOfOldestRequest": (round(self.oldest_seconds), SECONDS),
            "HasBacklogWithoutCapacity": (int(self.waiting > 0 and not self.instances), COUNT),
        }
        if self.instances:
            per_instance = self.size / self.instances
            values["ApproximateBacklogSizePerInstance"] = (per_instance, COUNT)
        return values

    def dimensions(self) -> list[tuple[tuple[str, str], ...]]:
        """Return the dimensions of each metric."""
        return [(("EndpointName", self.endpoint),)]


@dataclass(frozen=True)
class AsyncInvocation:
    """One request that has been answered, or has failed.

    Args:
        measured: the values and units of what happened to it.
        failed: whether it ended without an answer.
        status: what the model answered; None if it did not.
    """

    endpoint: str
    variant: str
    status: int | None
    failed: bool
    measured: Mapping[str, tuple[float, str]] = field(default_factory=dict)

    def values(self) -> dict[str, tuple[float, str]]:
        """Return the metrics' values and units."""
        kind = self.status // 100 if self.status else None
        return {
            "Invocation4XXErrors": (int(kind == 4), NONE),
            "Invocation5XXErrors": (int(kind == 5), NONE),
            "InvocationsProcessed": (1, COUNT),
            "InvocationFailures": (int(self.failed), COUNT),
            **self.measured,
        }

    def dimensions(self) -> list[tuple[tuple[str, str], ...]]:
        """Return the dimensions of each metric."""
        return [(("EndpointName", self.endpoint), ("VariantName", self.variant))]
