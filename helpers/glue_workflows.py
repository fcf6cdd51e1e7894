"""Workflows of AWS Glue that events start, and the runs that come of them; knows no rule.

Glue collects events for a time and starts one run for all. It does not tell a repeated event from a
new one, and does not tell a job what they were about: the job finds out what is new.
https://docs.aws.amazon.com/glue/latest/dg/starting-workflow-eventbridge.html
"""

from collections.abc import Collection
from contextlib import suppress

from helpers.config import Config
from helpers.glue_jobs import GlueRun, wait
from helpers.rehearsal import hurry
from helpers.session import client
from helpers.waiting import until

BATCH, WINDOW = 100, 60
"""A run starts for so many events, or so many seconds after the first; both are AWS's to bound."""
PATIENCE = 1800.0
"""Seconds after which it is an error that no run has come: twice AWS's longest window."""
IDS = "aws:eventIds"
"""Property of a run: the ids of its events."""


def make_workflow(config: Config, name: str, job: str, *, window: int = WINDOW) -> str:
    """Make a workflow in which events start a job, or bring it up to date; return its ARN.

    A window that is open keeps its end.

    Args:
        name: appended to the data set's own, as in `birds-and-bins-birds-curate`.
        job: as `make_job` returns it: it has a queue, so that a run that finds another waits.
        window: seconds for which events are collected.
    """
    glue, name = client(config, "glue"), f"{config.name}-{name}"
    with suppress(glue.exceptions.AlreadyExistsException):
        glue.create_workflow(Name=name)
    wanted = {
        "Actions": [{"JobName": job}],
        "EventBatchingCondition": {"BatchSize": BATCH, "BatchWindow": window},
    }
    try:
        present = glue.get_trigger(Name=name)["Trigger"]
    except glue.exceptions.EntityNotFoundException:
        glue.create_trigger(Name=name, WorkflowName=name, Type="EVENT", **wanted)
    else:
        if any(present.get(key) != value for key, value in wanted.items()):
            glue.update_trigger(Name=name, TriggerUpdate=wanted)
    account = client(config, "sts").get_caller_identity()["Account"]
    return f"arn:aws:glue:{config.region}:{account}:workflow/{name}"


def started_runs(config: Config, workflow: str) -> list[str]:
    """Return the ids of the job's runs that a workflow has started, the newest first.

    Args:
        workflow: its ARN.
    """
    return [run["Id"] for run in _runs(config, workflow)]


def run_of_events(
    config: Config, workflow: str, known: Collection[str] = (), patience: float = PATIENCE
) -> GlueRun:
    """Wait for the next run that a workflow starts, to its end, and return it.

    The local AWS's clock is moved over the time in which events are collected.

    Args:
        workflow: its ARN.
        known: ids of the runs that were there before the events, from `started_runs`.
        patience: seconds after which it is an error that no run has started.

    Raises:
        JobFailed: the run failed.
        NotSeen: none has started; the message says where to look.
        NotTold: its state can't be asked for; the message says what to do.
    """

    name = workflow.rpartition("/")[2]
    trigger = client(config, "glue").get_trigger(Name=name)["Trigger"]
    pass_part = hurry(config, trigger["EventBatchingCondition"]["BatchWindow"])

    def next_run() -> dict:
        pass_part()
        new = [run for run in _runs(config, workflow) if run["Id"] not in known]
        return new[-1] if new else {}

    run = until(
        next_run, bool, name=name,
        words=lambda run: run.get("JobRunState", "collects events"), pause=config.poll_seconds,
        limit=patience,
        look=(
            f"no event may have come: see whether {config.name}-dead-letters holds what the "
            f"workflow did not take, and in CloudTrail who may have deleted {name}, its trigger, "
            "its rule or that queue"
        ),
    )  # fmt: skip
    return wait(config, run["JobName"], run["Id"])


def _runs(config: Config, workflow: str) -> list[dict]:
    glue, name = client(config, "glue"), workflow.rpartition("/")[2]
    job = glue.get_trigger(Name=name)["Trigger"]["Actions"][0]["JobName"]
    pages = glue.get_paginator("get_job_runs").paginate(JobName=job)
    return [run for page in pages for run in page["JobRuns"] if run.get("TriggerName") == name]


def events_of_runs(config: Config, workflow: str) -> list[int]:
    """Return the numbers of events of a workflow's runs, the newest first."""
    pages = client(config, "glue").get_paginator("get_workflow_runs").paginate(
        Name=workflow.rpartition("/")[2]
    )  # fmt: skip
    texts = [run["WorkflowRunProperties"].get(IDS, "") for page in pages for run in page["Runs"]]
    return [text.count(",") + 1 if text else 0 for text in texts]
