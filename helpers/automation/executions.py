"""Executions of a pipeline: starts one, finds one that an event has started, waits for its end."""

from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter

import pandas as pd

from helpers.config import Config
from helpers.rehearsal import hurry, pass_time
from helpers.session import client
from helpers.waiting import until

ENDED = ("Succeeded", "Failed", "Stopped")
DEPLOY = "Deploy"
PAUSE_SECONDS = 20
WINDOW = 10
"""Seconds of the window that `03` gives its workflow."""
TITLES = ["step", "status", "seconds", "why"]


@dataclass(frozen=True)
class Execution:
    """An execution, read from its description."""

    arn: str
    status: str
    seconds: float
    reason: str
    """Why it failed, empty where it did not."""
    steps: pd.DataFrame
    """A row for each step that ran, in order, with its status, its seconds and its reason."""

    @property
    def id(self) -> str:
        """Return its id, which is also the name of its folder in the bucket."""
        return self.arn.rpartition("/")[2]

    def check(self) -> None:
        """Raise RuntimeError with the reason, unless all of it succeeded."""
        if self.status != "Succeeded":
            raise RuntimeError(f"Execution {self.id} is {self.status}: {self.reason}")

    def __repr__(self) -> str:
        why = f": {self.reason}" if self.reason else ""
        return f"<Execution {self.id}: {self.status}, {self.seconds:.0f} s{why}>"


def start(config: Config, pipeline: str, **parameters: object) -> str:
    """Start an execution and return its ARN."""
    given = [{"Name": name, "Value": str(value)} for name, value in parameters.items()]
    return client(config, "sagemaker").start_pipeline_execution(
        PipelineName=pipeline, PipelineParameters=given
    )["PipelineExecutionArn"]


def started(
    config: Config, pipeline: str, since: datetime, *, window: float = WINDOW, limit: float = 900.0
) -> str:
    """Wait for an execution that began after a moment, and return its ARN.

    Args:
        window: seconds for which Glue collects events before; the local AWS's clock is moved over.
        limit: seconds after which it is an error that none has begun.

    Raises:
        NotSeen: none has begun within `limit` seconds.
    """
    order = {"PipelineName": pipeline, "SortBy": "CreationTime", "SortOrder": "Ascending"}
    pass_part = hurry(config, window)

    def read() -> dict:
        pass_part()
        pages = client(config, "sagemaker").get_paginator("list_pipeline_executions")
        summaries = [
            each
            for page in pages.paginate(**order, CreatedAfter=since)
            for each in page["PipelineExecutionSummaries"]
        ]
        return {"listed": [each["PipelineExecutionArn"] for each in summaries]}

    answer = until(
        read, itemgetter("listed"), name=f"an execution of {pipeline}", pause=config.poll_seconds,
        words=lambda answer: "waiting", limit=limit,
        look="Look at the rule, its dead letters and the runs of the workflow before it",
    )  # fmt: skip
    return answer["listed"][0]


def ended(config: Config, arn: str) -> Execution:
    """Wait for the end of an execution, whatever it is, showing its steps; return it."""

    def read() -> dict[str, Execution]:
        execution = described(config, arn)
        pass_deployment(config, execution)
        return {"execution": execution}

    return until(
        read,
        lambda answer: answer["execution"].status in ENDED,
        name=arn.rpartition("/")[2],
        words=lambda answer: words_of(answer["execution"]),
        pause=config.poll_seconds,
    )["execution"]


def pass_deployment(config: Config, execution: Execution) -> None:
    """Let time pass as `guarded_updates` does, while the endpoint alone is updated.

    A canary waits for alarms.
    """
    running = execution.steps.loc[execution.steps["seconds"].isna(), "step"]
    if [*running] == [DEPLOY]:
        pass_time(config, PAUSE_SECONDS, why=DEPLOY)


def described(config: Config, arn: str) -> Execution:
    """Return an execution in its present state."""
    sagemaker = client(config, "sagemaker")
    about = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
    pages = sagemaker.get_paginator("list_pipeline_execution_steps").paginate(
        PipelineExecutionArn=arn, SortOrder="Ascending"
    )
    listed = [step for page in pages for step in page["PipelineExecutionSteps"]]
    times = [step[name] for step in listed for name in ("StartTime", "EndTime") if name in step]
    seconds = (max([about["LastModifiedTime"], *times]) - about["CreationTime"]).total_seconds()
    status, reason = about["PipelineExecutionStatus"], about.get("FailureReason", "")
    return Execution(arn, status, seconds, reason, pd.DataFrame(map(_row, listed), columns=TITLES))


def outputs(config: Config, arn: str) -> dict[str, dict[str, str]]:
    """Return what the functions of an execution have returned, by step and name."""
    pages = client(config, "sagemaker").get_paginator("list_pipeline_execution_steps").paginate(
        PipelineExecutionArn=arn, SortOrder="Ascending"
    )  # fmt: skip
    functions = {
        step["StepName"]: step["Metadata"]["Lambda"]
        for page in pages
        for step in page["PipelineExecutionSteps"]
        if "Lambda" in step.get("Metadata", {})
    }
    return {
        name: {each["Name"]: each["Value"] for each in about.get("OutputParameters", [])}
        for name, about in functions.items()
    }


def _row(step: dict) -> tuple[str, str, float | None, str]:
    """Return the row of a step; one that runs has no seconds yet."""
    begin, end = step.get("StartTime"), step.get("EndTime")
    seconds = round((end - begin).total_seconds(), 1) if begin and end else None
    return step["StepName"], step["StepStatus"], seconds, step.get("FailureReason", "")


def words_of(execution: Execution) -> str:
    """Return the steps that run, or the execution's status."""
    running = execution.steps.loc[execution.steps["seconds"].isna(), "step"]
    return ", ".join(running) or execution.status
