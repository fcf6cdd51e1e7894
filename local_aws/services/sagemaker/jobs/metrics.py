"""Reads metrics from log lines by regular expressions, and sends them to CloudWatch; no job.

https://docs.aws.amazon.com/sagemaker/latest/dg/define-train-metrics.html
"""

import logging
import threading
import time
from contextlib import suppress
from datetime import datetime
from math import isfinite

import regex

from local_aws.errors import AwsError
from local_aws.instances.log_streams import Call
from local_aws.state.clock import Clock

log = logging.getLogger(__name__)

NAMESPACE = "/aws/sagemaker/TrainingJobs"
MOST_DATA = 1000
"""PutMetricData's limit for one request."""
SEND_SECONDS = 2.0
"""Seconds between two requests to CloudWatch."""
SEARCH_SECONDS = 1.0
"""Processor time of one search in one line: a usual one takes some microseconds."""
SLOW_SECONDS, SLOW_TOTAL_SECONDS = 0.01, 10.0
"""A longer search is slow, and SLOW_TOTAL_SECONDS limits the slow searches of an expression:
a job whose every line takes half a second would wait at a full pipe."""
SEARCH_CHARACTERS = 10_000
"""The search ends there: many expressions need the square of the line's length."""


def check_definitions(definitions: list[dict]) -> None:
    """Refuse regular expressions that are not valid.

    AWS does not document the syntax. The SDK's examples have Python's, which the `regex` library
    reads too; and that library can end a search that takes too long.

    Raises:
        AwsError: ValidationException, naming the metric.
    """
    for definition in definitions:
        try:
            regex.compile(definition["Regex"])
        except (regex.error, ValueError, OverflowError, RecursionError) as error:
            message = (
                f"The regular expression {definition['Regex']!r} of the metric"
                f" {definition['Name']} is not valid: {error}"
            )
            raise AwsError("ValidationException", message) from None


class MetricReader:
    """Finds metrics in lines; an expression that takes too much time or memory is given up."""

    def __init__(self, definitions: list[dict]):
        self._patterns = [(each["Name"], regex.compile(each["Regex"])) for each in definitions]
        self._slow: dict[tuple[str, regex.Pattern], float] = {}
        self._lock = threading.Lock()

    def read(self, line: str, when: datetime) -> tuple[list[dict], list[str]]:
        """Return the metrics in one line, shaped as FinalMetricDataList, and remarks on it."""
        values, remarks = [], []
        for metric in list(self._patterns):
            match, wrong = self._search(metric, line[:SEARCH_CHARACTERS])
            if wrong:
                remarks += self._give_up(metric, wrong)
            # A group may not match, or match no number, as on AWS.
            with suppress(ValueError):
                if match and match.groups() and match[1] is not None:
                    value = float(match[1])
                    values.append({"MetricName": metric[0], "Value": value, "Timestamp": when})
        return values, remarks

    def _search(
        self, metric: tuple[str, regex.Pattern], text: str
    ) -> tuple[regex.Match | None, str | None]:
        """Return the match of an expression, and the reason to give it up, or None."""
        start = time.thread_time()
        try:
            match = metric[1].search(text, timeout=SEARCH_SECONDS)
        except TimeoutError:
            return None, f"took more than {SEARCH_SECONDS:g} s in one line"
        except (MemoryError, RecursionError):  # a recursive expression, such as `(?R)?`
            return None, "took too much memory"
        if (seconds := time.thread_time() - start) > SLOW_SECONDS:
            with self._lock:
                self._slow[metric] = self._slow.get(metric, 0.0) + seconds
            if self._slow[metric] > SLOW_TOTAL_SECONDS:
                return match, f"took more than {SLOW_TOTAL_SECONDS:g} s in a few lines"
        return match, None

    def _give_up(self, metric: tuple[str, regex.Pattern], why: str) -> list[str]:
        with self._lock:
            if metric not in self._patterns:
                return []  # another instance's line has given it up
            self._patterns.remove(metric)
        name, pattern = metric
        return [
            f"[The metric {name} is not read any more: its regular expression {pattern.pattern!r}"
            f" {why}]"
        ]


def final_metrics(values: list[dict]) -> list[dict]:
    """Return the last value of each metric."""
    return list({value["MetricName"]: value for value in values}.values())


class JobMetrics:
    """The metrics of one job, from all its instances' lines.

    Args:
        definitions: MetricDefinitions; without them nothing is a metric.
    """

    def __init__(self, job: str, definitions: list[dict], call: Call, clock: Clock):
        self._job, self._reader = job, MetricReader(definitions)
        self._call, self._clock = call, clock
        self._values: list[dict] = []
        self._sent, self._last, self._lock = 0, time.monotonic(), threading.Lock()

    def see(self, line: str) -> list[str]:
        """Look for metrics in a line of the job's output; return remarks for its log."""
        values, remarks = self._reader.read(line, self._clock.now())
        if values:
            with self._lock:
                self._values.extend(values)
                due = time.monotonic() - self._last > SEND_SECONDS
            if due:
                self.send()
        return remarks

    def send(self) -> None:
        """Send the metrics that CloudWatch does not have yet."""
        with self._lock:
            new = self._values[self._sent :]
            self._sent, self._last = len(self._values), time.monotonic()
        data = [self._datum(value) for value in new if isfinite(value["Value"])]
        for start in range(0, len(data), MOST_DATA):
            request = {"Namespace": NAMESPACE, "MetricData": data[start : start + MOST_DATA]}
            try:
                self._call("cloudwatch", "PutMetricData", request)
            except AwsError as error:  # an error of metrics must not end the job
                log.warning("metrics of %s are lost: %s", self._job, error)

    def _datum(self, value: dict) -> dict:
        return {
            "MetricName": value["MetricName"],
            "Value": value["Value"],
            "Timestamp": value["Timestamp"],
            "Unit": "None",
            "Dimensions": [{"Name": "TrainingJobName", "Value": self._job}],
        }

    def final(self) -> list[dict]:
        """Return FinalMetricDataList."""
        return final_metrics(self._values)
