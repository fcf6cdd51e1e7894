"""Reads a trial's result, times and cost from its training job; starts no job."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from helpers.config import Config
from helpers.costs import instance_cost
from helpers.jobs import describe, finished, log_lines
from helpers.tuning.trials import Trial

FIRST_STEP = "First step"
"""The start of the line that train.py prints after its first step."""


def measure(
    config: Config, job: str, objective: str, *, number: int, params: Mapping[str, Any]
) -> Trial:
    """Return the trial of a training job that has ended: its result, times and cost.

    Args:
        objective: name of a metric; its last value is taken from the job's metric definitions, or
            else from its printed `name=value`. Its standard error is the printed `<name>_error`.
    """
    description = describe(config, "TrainingJob", job)
    cluster, created = description["ResourceConfig"], description["CreationTime"]
    kept = description.get("WarmPoolStatus", {}).get("ResourceRetainedBillableTimeInSeconds", 0)
    seconds = (description.get("BillableTimeInSeconds", 0) + kept) * cluster["InstanceCount"]
    done = finished(config, "TrainingJob", job)
    return Trial(
        number=number,
        params=dict(params),
        job=job,
        status=done.status,
        value=None if done.status == "Failed" else _last(description, objective, done.metrics),
        error=done.metrics.get(f"{objective}_error"),
        start_seconds=_seconds(created, _started(description)),
        step_seconds=_seconds(created, _first_step(config, job, created)),
        billable_seconds=seconds,
        cost=instance_cost(cluster["InstanceType"], seconds),
        begin=created.isoformat(),
        end=description["TrainingEndTime"].isoformat(),
        reason=description.get("FailureReason", ""),
    )


def _last(description: Mapping[str, Any], name: str, printed: Mapping[str, float]) -> float | None:
    final = {
        item["MetricName"]: item["Value"] for item in description.get("FinalMetricDataList", [])
    }
    return final.get(name, printed.get(name))


def _seconds(begin: datetime, end: datetime | None) -> float | None:
    return None if end is None else round((end - begin).total_seconds(), 2)


def _started(description: Mapping[str, Any]) -> datetime | None:
    stages = description.get("SecondaryStatusTransitions", [])
    return next((stage["StartTime"] for stage in stages if stage["Status"] == "Training"), None)


def _first_step(config: Config, job: str, created: datetime) -> datetime | None:
    for time, _, text in log_lines(config, "TrainingJob", job):
        if text.startswith(FIRST_STEP):
            return time.astimezone(created.tzinfo)
    return None
