"""Tells the timeline, the pace and the bill of training runs from logs and descriptions.

A run is one job, or several in a row that continue from the same checkpoints. It starts none.
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from helpers.config import Config
from helpers.costs import dollars, instance_cost
from helpers.jobs import Job, log_lines, read_metrics

EVENTS = {"First step": "first step", "Resumed from": "resumed"}
"""Lines of the log that count, by their beginning."""


def timeline(config: Config, jobs: Sequence[Job]) -> pd.DataFrame:
    """Return what the log of a run says of its steps and epochs, a row a line, in order of time.

    Args:
        jobs: those of one run, one after the other.

    Returns:
        at: seconds since the first job was created.
        event: `first step`, `resumed`, or `epoch`, which has the epoch's metrics.
    """
    begin = jobs[0].description["CreationTime"].timestamp()
    rows = []
    for job in jobs:
        for time, _, text in log_lines(config, job.kind, job.name):
            numbers = read_metrics([text])
            event = next((event for line, event in EVENTS.items() if text.startswith(line)), None)
            if event or "epoch" in numbers:
                metrics = {} if event else numbers.iloc[0].to_dict()
                at = round(time.timestamp() - begin, 1)
                rows.append({"at": at, "event": event or "epoch", **metrics})
    return pd.DataFrame(rows)


def pace(timelines: Mapping[str, pd.DataFrame], samples: int) -> pd.DataFrame:
    """Return how fast each run learned, and what: medians over its epochs, and its last accuracy.

    Args:
        timelines: by the runs' names.
        samples: of the validation split, for the standard error of its accuracy.
    """
    rows = []
    for name, lines in timelines.items():
        epochs = lines[lines["event"] == "epoch"]
        accuracy = epochs["validation_accuracy"].iloc[-1]
        rows.append(
            {
                "run": name,
                "epochs": len(epochs),
                "s to the last": epochs["at"].iloc[-1],
                "samples a second": epochs["samples_per_second"].median(),
                "waiting for data": epochs["data_wait"].median(),
                "accuracy": accuracy,
                "standard error": (accuracy * (1 - accuracy) / samples) ** 0.5,
            }
        )
    return pd.DataFrame(rows)


def bill(runs: dict[str, Sequence[Job]]) -> pd.DataFrame:
    """Return what AWS would bill for runs: instances, seconds, dollars, and the share saved."""
    rows = []
    for name, jobs in runs.items():
        ran = sum(job.description["TrainingTimeInSeconds"] for job in jobs)
        billed = sum(job.description["BillableTimeInSeconds"] for job in jobs)
        size = jobs[0].instance_type, jobs[0].instances
        rows.append(
            {
                "run": name,
                "instances": f"{size[1]} × {size[0]}",
                "s in training": ran,
                "s billed": billed,
                "cost": dollars(instance_cost(size[0], billed, size[1])),
                "saved": f"{1 - billed / ran:.0%}",
            }
        )
    return pd.DataFrame(rows)
