"""Writes what a monitoring job leaves in its folder, and the exit message; calls no service."""

import json
from collections.abc import Sequence
from pathlib import Path

from helpers.monitoring import documents
from helpers.monitoring.checks import Check, Settings
from helpers.monitoring.observations import Observations
from helpers.monitoring.report import report
from helpers.paths import below

METRICS_FILE = "cloudwatch_metrics.jsonl"
FINE = "Completed: Job completed successfully with no violations."
EMPTY = "Completed: Nothing was captured, so nothing is known."
"""Exit messages, by which Model Monitor gives an execution its status.

It fails an execution without data: https://github.com/aws/sagemaker-python-sdk/issues/2634.
Here a quiet hour is no failure, and no number of violations is sent for it.
"""


def write(folder: Path, name: str, document: dict) -> None:
    """Write one document; it holds no number that JSON lacks."""
    folder.mkdir(parents=True, exist_ok=True)
    below(folder, name).write_text(json.dumps(document, indent=1, allow_nan=False), "utf-8")


def write_baseline(
    folder: Path, baseline: Observations, checks: Sequence[Check], settings: Settings
) -> None:
    """Write a baseline's statistics and constraints."""
    constraints = documents.constraints(baseline, checks, settings.rate)
    write(folder, documents.STATISTICS, documents.statistics(baseline))
    write(folder, documents.CONSTRAINTS, constraints)


def write_window(
    folder: Path, baseline: Observations, window: Observations, checks: Sequence[Check],
    settings: Settings, *, title: str,
) -> None:  # fmt: skip
    """Write Model Monitor's three documents of a window, all of its checks, and the report."""
    constraints = documents.constraints(baseline, checks, settings.rate)
    summary = documents.summary(checks, settings.rate, window, baseline)
    write(folder, documents.STATISTICS, documents.statistics(window))
    write(folder, documents.CONSTRAINTS, constraints)
    write(folder, documents.VIOLATIONS, documents.violations(checks))
    write(folder, documents.CHECKS, summary)
    page = report(baseline, window, checks, settings, title=title)
    (folder / documents.REPORT).write_text(page, "utf-8")


def write_metrics(folder: Path, metrics: Sequence[dict]) -> None:
    """Write metrics where Model Monitor's contract has them, a line each.

    https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-cloudwatch.html
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows = [each | {"Timestamp": f"{each['Timestamp']:%Y-%m-%dT%H:%M:%SZ}"} for each in metrics]
    (folder / METRICS_FILE).write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def exit_message(violations: int, objects: int) -> str:
    """Return the exit message of a job that has ended well."""
    if not objects and not violations:
        return EMPTY
    words = f"CompletedWithViolations: Job completed successfully with {violations} violations."
    return words if violations else FINE
