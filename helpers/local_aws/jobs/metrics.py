"""Reads metrics out of log lines by the job's own regular expressions, and tells CloudWatch.

https://docs.aws.amazon.com/sagemaker/latest/dg/define-train-metrics.html
"""

import re
import threading
import time
from datetime import datetime

from helpers.local_aws.cloudwatch import CloudWatch, Datum
from helpers.local_aws.shelf import now

NAMESPACE = "/aws/sagemaker/TrainingJobs"
SEND_SECONDS = 2.0
"""Between two messages to CloudWatch while a job prints metrics."""


def metric_values(
    definitions: list[dict], line: str, time: datetime
) -> list[dict[str, str | float | datetime]]:
    """Return the metrics in one line, shaped as FinalMetricDataList has them."""
    found = []
    for definition in definitions:
        match = re.search(definition["Regex"], line)
        if match and match.groups():
            try:
                value = float(match[1])
            except ValueError:
                continue  # the expression caught something that is no number, as on AWS
            found.append({"MetricName": definition["Name"], "Value": value, "Timestamp": time})
    return found


def final_metrics(values: list[dict]) -> list[dict]:
    """Return the last value of each metric."""
    return list({value["MetricName"]: value for value in values}.values())


class JobMetrics:
    """The metrics of one job, from all its instances' lines.

    Args:
        definitions: MetricDefinitions; without them nothing is a metric.
    """

    def __init__(self, job: str, definitions: list[dict], cloudwatch: CloudWatch | None):
        self._job, self._definitions, self._cloudwatch = job, definitions, cloudwatch
        self._values: list[dict] = []
        self._sent, self._last, self._lock = 0, time.monotonic(), threading.Lock()

    def see(self, line: str) -> None:
        """Look for metrics in a line that the job printed."""
        if found := metric_values(self._definitions, line, now()):
            with self._lock:
                self._values.extend(found)
                due = time.monotonic() - self._last > SEND_SECONDS
            if due:
                self.send()

    def send(self) -> None:
        """Tell CloudWatch what it has not been told yet."""
        with self._lock:
            new = self._values[self._sent :]
            self._sent, self._last = len(self._values), time.monotonic()
        if new and self._cloudwatch:
            about = {"TrainingJobName": self._job}
            data = [
                Datum(value["MetricName"], value["Value"], value["Timestamp"], about)
                for value in new
            ]
            self._cloudwatch.put(NAMESPACE, data)

    def final(self) -> list[dict]:
        """Return FinalMetricDataList."""
        return final_metrics(self._values)
