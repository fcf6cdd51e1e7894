"""Sends an endpoint's invocation metrics to CloudWatch; knows numbers, and no fleet.

Contract: https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
Alarms of deployment guardrails tell the new fleet's metrics from the old one's by a third
dimension: https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html
"""

import logging
import threading
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Protocol

from local_aws.errors import AwsError
from local_aws.parts import Call
from local_aws.state.clock import Clock

log = logging.getLogger(__name__)

NAMESPACE, OF_INSTANCES = "AWS/SageMaker", "/aws/sagemaker/Endpoints"
NAMESPACES = {"MemoryUtilization": OF_INSTANCES}
"""Of metrics that are not in the usual one."""
CONCURRENT = "ConcurrentRequestsPerModel"
"""AWS sends it each 10 seconds, of high resolution; here each request is a sample of it."""
SEND_SECONDS = 1.0
"""Between two requests to CloudWatch; AWS sends each minute's metrics."""
MOST_VALUES, MOST_DATA = 150, 1000
"""Of one datum, and of one request."""
MICROSECONDS = 1_000_000
COUNT, TIME, PERCENT = "None", "Microseconds", "Percent"


@dataclass(frozen=True)
class Invocation:
    """One request to one variant, and how it went.

    Args:
        status: what the model answered; None if it did not answer.
        model_seconds: how long the model took; None if it did not answer.
        overhead_seconds: how long all else took.
        concurrent: requests that the instance had at once; None: it is not known.
    """

    endpoint: str
    config: str
    variant: str
    instances: int
    status: int | None
    model_seconds: float | None
    overhead_seconds: float
    concurrent: int | None = field(default=None, kw_only=True)

    def values(self) -> dict[str, tuple[float, str]]:
        """Return the metrics' values and units."""
        kind = self.status // 100 if self.status else None
        values = {
            "Invocations": (1, COUNT),
            "InvocationsPerInstance": (1 / max(self.instances, 1), COUNT),
            "Invocation4XXErrors": (int(kind == 4), COUNT),
            "Invocation5XXErrors": (int(kind == 5), COUNT),
            "InvocationModelErrors": (int(kind != 2), COUNT),
            "OverheadLatency": (round(self.overhead_seconds * MICROSECONDS), TIME),
        }
        if self.model_seconds is not None:
            values["ModelLatency"] = (round(self.model_seconds * MICROSECONDS), TIME)
        if self.concurrent is not None:
            values[CONCURRENT] = (self.concurrent, COUNT)
        return values

    def dimensions(self) -> list[tuple[tuple[str, str], ...]]:
        """Return the dimensions that each metric has: of all fleets, and of its own."""
        variant = (("EndpointName", self.endpoint), ("VariantName", self.variant))
        return [variant, (*variant, ("EndpointConfigName", self.config))]


@dataclass(frozen=True)
class ServerlessInvocation(Invocation):
    """One request to a serverless variant, which has other metrics and no instances.

    https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-monitoring.html
    Left out: the metrics of provisioned concurrency.

    Args:
        setup_seconds: of a worker that was started for it.
        memory_share: of the worker's memory; None where it is not known.
        concurrency_share: of MaxConcurrency.
    """

    setup_seconds: float | None
    memory_share: float | None
    concurrency_share: float

    def values(self) -> dict[str, tuple[float, str]]:
        """Return the metrics' values and units."""
        values = super().values()
        for name in ("InvocationsPerInstance", "InvocationModelErrors"):
            del values[name]
        values["ServerlessConcurrentExecutionsUtilization"] = (self.concurrency_share, COUNT)
        if self.setup_seconds is not None:
            values["ModelSetupTime"] = (round(self.setup_seconds * MICROSECONDS), TIME)
        if self.memory_share is not None:
            values["MemoryUtilization"] = (100 * self.memory_share, PERCENT)
        return values


class Measured(Protocol):
    """What has metrics: an invocation, a queue."""

    def values(self) -> dict[str, tuple[float, str]]:
        """Return the metrics' values and units."""

    def dimensions(self) -> list[tuple[tuple[str, str], ...]]:
        """Return the dimensions that each metric has."""


class InvocationMetrics:
    """The invocations that CloudWatch does not know yet."""

    def __init__(self, call: Call, clock: Clock):
        self._call, self._clock, self._lock = call, clock, threading.Lock()
        self._values: dict[tuple, Counter[float]] = defaultdict(Counter)
        """How often each value came, by metric, unit, dimensions and second."""

    def add(self, invocation: Measured) -> None:
        """Count an invocation; it is sent within a second."""
        now = self._clock.now().replace(microsecond=0)
        with self._lock:
            is_first = not self._values
            for name, (value, unit) in invocation.values().items():
                for dimensions in invocation.dimensions():
                    self._values[name, unit, dimensions, now][value] += 1
        if is_first:
            self._clock.after(SEND_SECONDS, self.send)

    def send(self) -> None:
        """Send what has been counted."""
        with self._lock:
            values, self._values = self._values, defaultdict(Counter)
        data = [
            _datum(name, unit, dimensions, time, chunk)
            for (name, unit, dimensions, time), counts in values.items()
            for chunk in _chunks(counts)
        ]
        by_namespace = defaultdict(list)
        for datum in data:
            by_namespace[NAMESPACES.get(datum["MetricName"], NAMESPACE)].append(datum)
        for namespace, data in by_namespace.items():
            for start in range(0, len(data), MOST_DATA):
                request = {"Namespace": namespace, "MetricData": data[start : start + MOST_DATA]}
                try:
                    self._call("cloudwatch", "PutMetricData", request)
                except (AwsError, OSError) as error:  # metrics must not end what they measure
                    log.warning("metrics of endpoints are lost: %s", error)


def _chunks(counts: Counter[float]) -> list[list[tuple[float, int]]]:
    items = iter(counts.items())
    return list(iter(lambda: list(islice(items, MOST_VALUES)), []))


def _datum(
    name: str, unit: str, dimensions: tuple, time: datetime, chunk: list[tuple[float, int]]
) -> dict:
    return {
        "MetricName": name, "Unit": unit, "Timestamp": time,
        "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions],
        "Values": [float(value) for value, _ in chunk],
        "Counts": [float(count) for _, count in chunk],
        "StorageResolution": 1 if name == CONCURRENT else 60,
    }  # fmt: skip
