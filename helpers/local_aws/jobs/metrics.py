"""Reads metrics out of log lines by the job's own regular expressions; pure text."""

import re
from datetime import datetime


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
