"""The trials in a tuning job's document, their summaries and counters; runs nothing.

A trial is a dictionary in the tuning job's document: `name`, `arn`, `created`, `values` (its
hyperparameters); once it has ended `objectives` (one after each epoch) and `summary`; and `again`
for a trial that the server interrupted: `waiting` to be run again, or `done`.
"""

import math

from local_aws.services.sagemaker.tuning.ranges import as_text
from local_aws.services.sagemaker.tuning.requests import better
from local_aws.state.clock import Clock
from local_aws.state.collection import Collection

ENDED = ("Completed", "Failed", "Stopped")
TIMES = ("CreationTime", "TrainingStartTime", "TrainingEndTime")
COUNTERS = {"Completed": "Completed", "Stopped": "Stopped", "Failed": "NonRetryableError"}


def summarise(job: dict, trial: dict, training: dict) -> dict:
    """Return a trial's HyperParameterTrainingJobSummary.

    Args:
        job: the tuning job's document.
        training: the training job's document.
    """
    objective = job["HyperParameterTuningJobConfig"]["HyperParameterTuningJobObjective"]
    status = training["TrainingJobStatus"]
    summary = {
        "TrainingJobName": trial["name"],
        "TrainingJobArn": trial["arn"],
        "TrainingJobStatus": status,
        "TunedHyperParameters": {name: as_text(value) for name, value in trial["values"].items()},
        "ObjectiveStatus": "Pending" if status not in ENDED else "Failed",
        **{time: training[time] for time in TIMES if time in training},
    }
    if reason := training.get("FailureReason"):
        summary["FailureReason"] = reason
    value = final_value(training, objective["MetricName"])
    if status in ("Completed", "Stopped") and value is not None:
        summary["ObjectiveStatus"] = "Succeeded"
        summary["FinalHyperParameterTuningJobObjectiveMetric"] = {**objective, "Value": value}
    return summary


def training_job(jobs: Collection, trial: dict, clock: Clock) -> dict:
    """Return the document of a trial's training job; if it was deleted, one that says so.

    Args:
        jobs: the training jobs' documents.
    """
    return jobs.get(trial["name"]) or {
        "TrainingJobArn": trial["arn"],
        "TrainingJobStatus": "Failed",
        "FailureReason": "ClientError: the training job was deleted",
        "CreationTime": trial["created"],
        "TrainingEndTime": clock.now(),
    }


def final_value(training: dict, metric: str) -> float | None:
    """Return the final value of a training job's metric, if it is a number."""
    for last in training.get("FinalMetricDataList", []):
        if last["MetricName"] == metric and math.isfinite(last["Value"]):
            return last["Value"]
    return None


def running(job: dict) -> list[dict]:
    """Return the trials that have not ended."""
    return [trial for trial in job["_trials"] if "summary" not in trial]


def launched(job: dict) -> list[dict]:
    """Return the trials that count against the limit of training jobs."""
    return [trial for trial in job["_trials"] if not trial.get("again")]


def ended(job: dict) -> list[dict]:
    """Return the ended trials that count, in the order of their ends."""
    over = [trial for trial in launched(job) if "summary" in trial]
    return sorted(over, key=lambda trial: trial["summary"]["TrainingEndTime"])


def value_of(summary: dict) -> float | None:
    """Return a trial's final objective, or None."""
    return summary.get("FinalHyperParameterTuningJobObjectiveMetric", {}).get("Value")


def best_of(job: dict, summaries: list[dict]) -> dict | None:
    """Return the best completed trial."""
    completed = [
        summary
        for summary in summaries
        if summary["TrainingJobStatus"] == "Completed" and value_of(summary) is not None
    ]
    return max(completed, key=lambda summary: better(job) * value_of(summary), default=None)


def stale(job: dict) -> int:
    """Return the number of trials that have ended since the best one."""
    best, count = -math.inf, 0
    for trial in ended(job):
        value = value_of(trial["summary"])
        count += 1
        if value is not None and better(job) * value > best:
            best, count = better(job) * value, 0
    return count


def counters(job: dict, summaries: list[dict]) -> dict:
    """Return Describe's counters of statuses and of objectives."""
    statuses = dict.fromkeys(
        ("Completed", "InProgress", "RetryableError", "NonRetryableError", "Stopped"), 0
    )
    objectives = dict.fromkeys(("Succeeded", "Pending", "Failed"), 0)
    for trial, summary in zip(job["_trials"], summaries, strict=True):
        counter = COUNTERS.get(summary["TrainingJobStatus"], "InProgress")
        statuses["RetryableError" if trial.get("again") else counter] += 1
        objectives[summary["ObjectiveStatus"]] += 1
    return {"TrainingJobStatusCounters": statuses, "ObjectiveStatusCounters": objectives}
