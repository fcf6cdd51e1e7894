"""Puts metric data into CloudWatch on behalf of an engine; knows no metric."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from math import isfinite

from local_aws.errors import AwsError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Datum:
    """One value of a metric."""

    name: str
    value: float
    time: datetime
    dimensions: dict[str, str]

    def shape(self) -> dict:
        """Return it as PutMetricData takes it."""
        dimensions = [{"Name": name, "Value": value} for name, value in self.dimensions.items()]
        facts = {"MetricName": self.name, "Value": self.value, "Timestamp": self.time}
        return {**facts, "Unit": "None", "Dimensions": dimensions}


class CloudWatch:
    """CloudWatch as engines use it.

    Args:
        call: does an operation of a service: `call("cloudwatch", "PutMetricData", request)`.
    """

    MOST = 20
    """Values in one request."""

    def __init__(self, call: Callable[[str, str, dict], dict]):
        self._call = call

    def put(self, namespace: str, data: list[Datum]) -> None:
        """Keep the values that are finite, as CloudWatch; a listing has them at once."""
        shapes = [datum.shape() for datum in data if isfinite(datum.value)]
        for start in range(0, len(shapes), self.MOST):
            request = {"Namespace": namespace, "MetricData": shapes[start : start + self.MOST]}
            try:
                self._call("cloudwatch", "PutMetricData", request)
            except AwsError as error:  # a job does not end for its metrics
                log.warning("metrics of %s are lost: %s", namespace, error)
