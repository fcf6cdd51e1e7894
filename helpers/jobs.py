"""Waits for jobs and reads their results and logs; knows Describe calls, starts no job."""

import re
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import pandas as pd
from botocore import xform_name
from botocore.exceptions import ClientError

from helpers.config import Config
from helpers.costs import dollars, instance_cost
from helpers.metrics import END
from helpers.session import client
from helpers.waiting import until

if TYPE_CHECKING:
    from sagemaker.train import ModelTrainer

METRIC = re.compile(r"(\w[\w:/-]*)=(-?(?:\d+\.?\d*(?:e[-+]?\d+)?|nan|inf))\b", re.IGNORECASE)
MADE_BY = {
    "ProcessingJob": "notebooks/04",
    "TrainingJob": "notebooks/05",
    "HyperParameterTuningJob": "notebooks/06",
    "TransformJob": "notebooks/08",
}
ENDED = ("Completed", "Failed", "Stopped")
FIRST = "algo-1"
"""The instance whose script prints `END`."""
LATE = 20
"""Pauses after a job's end in which lines of its log may still come: three minutes on AWS."""


class JobFailed(RuntimeError):
    """A job ended without success; the message has the job's own reason."""


@dataclass(frozen=True)
class Job:
    """One finished job, read from its description."""

    kind: str
    """`TrainingJob`, `ProcessingJob` or `TransformJob`."""
    name: str
    status: str
    seconds: float
    """From start to end."""
    instance_type: str
    instances: int
    description: dict = field(repr=False)
    metrics: dict[str, float] = field(default_factory=dict, repr=False)
    """The last value of each metric that it printed as `name=value`."""

    @property
    def cost(self) -> float | None:
        """Return the dollars on AWS for its run; None where the price is unknown.

        A spot job's are those of the seconds that AWS bills.
        """
        is_spot = self.description.get("EnableManagedSpotTraining")
        seconds = self.description["BillableTimeInSeconds"] if is_spot else self.seconds
        return instance_cost(self.instance_type, seconds, self.instances)

    @property
    def model_data(self) -> str:
        """S3 URI of the model archive of a training job."""
        return self.description["ModelArtifacts"]["S3ModelArtifacts"]

    def __repr__(self) -> str:
        machines = f"{self.instances} × {self.instance_type}"
        price = dollars(self.cost)
        return (
            f"<{self.kind} {self.name}: {self.status}, {self.seconds:.0f} s on {machines}, {price}>"
        )


def _prefix(kind: str) -> str:
    return kind.removesuffix("Job")


def describe(config: Config, kind: str, name: str) -> dict:
    """Return a job's description.

    Raises:
        LookupError: there is no such job.
    """
    call = getattr(client(config, "sagemaker"), xform_name(f"Describe{kind}"))
    try:
        return call(**{f"{kind}Name": name})
    except ClientError as error:
        # SageMaker words it differently for each kind.
        if re.search("not found|could not find", str(error), re.IGNORECASE):
            raise LookupError(f"No {kind} called {name}: run {MADE_BY[kind]} first") from None
        raise


def training_job(trainer: "ModelTrainer") -> str:
    """Return the name of the training job that a trainer started last."""
    return trainer._latest_training_job.training_job_name  # no public attribute has it


def wait(config: Config, kind: str, name: str) -> Job:
    """Wait for a job, showing its state, and return it; an interrupt leaves the job running.

    Raises:
        JobFailed: it failed or was stopped; the message has the reason and names its log.
        NotTold: its state can't be asked for; the message says what to do.
    """
    description = ended(config, kind, name)
    if (status := description[f"{kind}Status"]) != "Completed":
        reason = description.get("FailureReason", "it was stopped")
        log = f"its log is in {log_group(kind)}, streams {name}/…"
        raise JobFailed(f"{kind} {name} {status}: {reason} ({log})")
    return finished(config, kind, name)


def ended(config: Config, kind: str, name: str) -> dict:
    """Wait for a job's end, whatever it is, showing its state; return the job's description.

    Raises:
        NotTold: its state can't be asked for; the message says what to do.
    """
    return until(
        lambda: describe(config, kind, name),
        lambda job: job[f"{kind}Status"] in ENDED,
        name=name,
        words=lambda job: job.get("SecondaryStatus", job[f"{kind}Status"]),
        pause=config.poll_seconds,
    )


def shards_of(job: dict) -> str | None:
    """Return the URI of a training job's shards; None where its settings name none.

    Args:
        job: the answer of DescribeTrainingJob.
    """
    if data := job.get("HyperParameters", {}).get("data"):
        return data.strip('"').rstrip("/")  # the SDK sends hyperparameters as JSON
    for channel in job.get("InputDataConfig", []):
        if channel["ChannelName"] == "shards":
            return channel["DataSource"]["S3DataSource"]["S3Uri"].rstrip("/")
    return None


def finished(config: Config, kind: str, name: str) -> Job:
    """Return a job that has ended, with the last value of each metric that it printed."""
    description = describe(config, kind, name)
    resources = description.get("ProcessingResources", {})
    cluster = description.get("ResourceConfig") or resources["ClusterConfig"]
    end = description[f"{_prefix(kind)}EndTime"]
    start = description.get(f"{_prefix(kind)}StartTime", end)  # it may have ended before it began
    last: dict[str, float] = {}
    for row in _metric_rows(_texts(config, kind, name)):
        last.update(row)
    return Job(
        kind, name, description[f"{kind}Status"], (end - start).total_seconds(),
        cluster["InstanceType"], cluster["InstanceCount"], description, last,
    )  # fmt: skip


def log_lines(config: Config, kind: str, name: str) -> Iterator[tuple[datetime, str, str]]:
    """Yield (time, instance, text) of each line that a job printed, in order of time.

    CloudWatch shows lines some seconds late. A job of the course that has just ended is asked again
    until the last line of its first instance is there.
    """
    lines = list(_lines(config, kind, name))
    # Counted too: the end of a job is in the future where the local AWS's clock was moved forward.
    for _ in range(LATE):
        if (FIRST, END) in {line[1:] for line in lines} or not _ended_just_now(config, kind, name):
            break
        time.sleep(config.poll_seconds)
        lines = list(_lines(config, kind, name))
    yield from (line for line in lines if line[2] != END)


def _ended_just_now(config: Config, kind: str, name: str) -> bool:
    """Say whether lines of a completed job may still be on their way."""
    job = describe(config, kind, name)
    if job[f"{kind}Status"] != "Completed":
        return False
    end = job[f"{_prefix(kind)}EndTime"]
    return (datetime.now(end.tzinfo) - end).total_seconds() < LATE * config.poll_seconds


def _lines(config: Config, kind: str, name: str) -> Iterator[tuple[datetime, str, str]]:
    """Yield (time, instance, text) of each line that CloudWatch shows now."""
    logs = client(config, "logs")
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=log_group(kind), logStreamNamePrefix=f"{name}/"
    )
    # The group is made with the first line that any job prints.
    with suppress(logs.exceptions.ResourceNotFoundException):
        for page in pages:
            for event in page["events"]:
                host = event["logStreamName"].partition("/")[2].rsplit("-", 1)[0]
                yield datetime.fromtimestamp(event["timestamp"] / 1000), host, event["message"]


def log_group(kind: str) -> str:
    """Return the log group of all jobs of a kind."""
    return f"/aws/sagemaker/{kind}s"


def _texts(config: Config, kind: str, name: str) -> Iterator[str]:
    return (text for _, _, text in log_lines(config, kind, name))


def read_metrics(lines: Iterable[str]) -> pd.DataFrame:
    """Return one row for each line that holds `name=value; …` metrics.

    A line counts only if it consists of such pairs, so prose with an equals sign does not.
    """
    return pd.DataFrame(_metric_rows(lines))


def _metric_rows(lines: Iterable[str]) -> Iterator[dict[str, float]]:
    for line in lines:
        pairs = METRIC.findall(line)
        rest = METRIC.sub("", line).strip(" ;,\t\n")
        if pairs and not rest:
            yield {name: float(value) for name, value in pairs}


def metrics(config: Config, kind: str, name: str) -> pd.DataFrame:
    """Return all metrics that a job logged, a row for each line with metrics."""
    return read_metrics(_texts(config, kind, name))
