"""Makes Spark jobs on AWS Glue, runs them and reads their logs; knows no Spark and no table."""

import io
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from helpers.account_settings import CONNECTION
from helpers.config import ROOT, Config
from helpers.costs import dollars, glue_cost
from helpers.glue_role import make_glue_role
from helpers.job_code import digest, ship
from helpers.jobs import LATE, JobFailed, read_metrics
from helpers.s3 import S3Prefix
from helpers.session import client
from helpers.waiting import until

VERSION = "5.1"
"""Spark 3.5.6 and Python 3.11: https://docs.aws.amazon.com/glue/latest/dg/release-notes.html"""
WORKER, WORKERS = "G.1X", 2
"""The smallest job: one worker is the driver's."""
MINUTES = 30
"""After which a run is stopped; AWS's own default is eight hours."""
ENDED = ("SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT", "ERROR", "EXPIRED")
LOGS = "/aws-glue/jobs"


@dataclass(frozen=True)
class GlueRun:
    """One finished run of a Spark job, read from its description."""

    job: str
    id: str
    state: str
    seconds: float
    """That are billed: from the start of the workers to the end."""
    worker_type: str
    workers: int
    description: dict = field(repr=False)
    metrics: dict[str, float] = field(default_factory=dict, repr=False)
    """The last value of each metric that it printed as `name=value`."""

    @property
    def cost(self) -> float:
        """Return the dollars on AWS for its run."""
        return glue_cost(self.description["MaxCapacity"], self.seconds)

    def __repr__(self) -> str:
        machines = f"{self.workers} × {self.worker_type}"
        return (
            f"<GlueRun of {self.job}: {self.state}, {self.seconds:.0f} s on {machines},"
            f" {dollars(self.cost)}>"
        )


def make_job(
    config: Config, name: str, script: str, arguments: Mapping[str, str], *,
    workers: int = WORKERS, minutes: int = MINUTES,
) -> str:  # fmt: skip
    """Make a Spark job of a script, or bring it up to date; return its name.

    The script gets the package `helpers`, and its SQL sees the Data Catalog.

    Args:
        name: appended to the data set's own, as in `birds-and-bins-birds-etl`.
        script: a path from the project's root.
        arguments: defaults of the script's flags.

    Raises:
        ValueError: the account prescribes a network, and no connection by which the job joins it.
    """
    if config.account.vpc and not config.account.glue_connection:
        raise ValueError(
            "This account's jobs have a network (COURSE_SUBNETS), and a Glue job joins one through "
            "a connection of the type NETWORK: ask who administers the account for one, and set "
            f"{CONNECTION.name} to its name, or unset COURSE_SUBNETS"
        )
    place, package = _upload(config, script)
    job = {
        "Role": make_glue_role(config),
        "GlueVersion": VERSION,
        "WorkerType": WORKER,
        "NumberOfWorkers": workers,
        "Timeout": minutes,
        "MaxRetries": 0,
        # A run that finds another one waits for its end, and fails nobody who started it.
        "ExecutionProperty": {"MaxConcurrentRuns": 1},
        "JobRunQueuingEnabled": True,
        "Command": {"Name": "glueetl", "ScriptLocation": place, "PythonVersion": "3"},
        "DefaultArguments": {
            "--extra-py-files": package, "--enable-glue-datacatalog": "true", **arguments,
        },
    }  # fmt: skip
    glue, name = client(config, "glue"), f"{config.name}-{name}"
    try:
        glue.update_job(JobName=name, JobUpdate=job)
    except glue.exceptions.EntityNotFoundException:
        glue.create_job(Name=name, **job)
    return name


def run_job(config: Config, name: str, arguments: Mapping[str, str] | None = None) -> GlueRun:
    """Run a job, showing its state, and return the run; an interrupt leaves it running.

    Args:
        name: as `make_job` returns it.
        arguments: in place of the job's defaults.

    Raises:
        LookupError: there is no such job.
        JobFailed: it failed, ran out of time or was stopped; the message has the reason.
        NotTold: its state can't be asked for; the message says what to do.
    """
    glue = client(config, "glue")
    try:
        run = glue.start_job_run(JobName=name, Arguments={**(arguments or {})})["JobRunId"]
    except glue.exceptions.EntityNotFoundException:
        raise LookupError(f"No Glue job {name}: run notebooks/03 first") from None
    return wait(config, name, run)


def wait(config: Config, name: str, run: str) -> GlueRun:
    """Wait for a run of a job, showing its state; see `run_job`."""
    glue = client(config, "glue")
    description = until(
        lambda: glue.get_job_run(JobName=name, RunId=run)["JobRun"],
        lambda each: each["JobRunState"] in ENDED,
        name=name,
        words=lambda each: each["JobRunState"],
        pause=config.poll_seconds,
    )
    if (state := description["JobRunState"]) != "SUCCEEDED":
        reason = description.get("ErrorMessage", "it was stopped")
        log = f"its log is in {LOGS}/error, stream {run}"
        raise JobFailed(f"Glue job {name} {state}: {reason} ({log})")
    printed = read_metrics(log_lines(config, description)).ffill().tail(1)
    last = printed.iloc[0].to_dict() if len(printed) else {}
    return GlueRun(
        name, run, state, description["ExecutionTime"], description["WorkerType"],
        description["NumberOfWorkers"], description, last,
    )  # fmt: skip


def log_lines(config: Config, run: Mapping, kind: str = "output") -> list[str]:
    """Return the lines that a run printed; CloudWatch shows them some seconds late.

    Args:
        run: its description.
        kind: `output` or `error`.
    """
    for _ in range(LATE):
        if lines := list(_lines(config, f"{LOGS}/{kind}", run["Id"])):
            return lines
        if (datetime.now(run["CompletedOn"].tzinfo) - run["CompletedOn"]).total_seconds() > 180:
            break
        time.sleep(config.poll_seconds)
    return []


def _lines(config: Config, group: str, stream: str) -> Iterator[str]:
    """Yield the lines that CloudWatch shows now."""
    logs = client(config, "logs")
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=group, logStreamNamePrefix=stream
    )
    with suppress(logs.exceptions.ResourceNotFoundException):
        for page in pages:
            for event in page["events"]:
                yield from event["message"].splitlines()


def _upload(config: Config, script: str) -> tuple[str, str]:
    """Upload a script and the package `helpers`; return their URIs.

    Each state of the code has a place of its own: a run that is under way keeps its own.
    """
    folder = ship(script)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for path in sorted((folder / "helpers").rglob("*.py")):
            file.write(path, path.relative_to(folder))
    place = S3Prefix(client(config, "s3"), config.uri("code", f"glue-{digest(folder)}"))
    name = script.rpartition("/")[2]
    place.write(name, (ROOT / script).read_bytes())
    place.write("helpers.zip", archive.getvalue())
    return f"{place}/{name}", f"{place}/helpers.zip"
