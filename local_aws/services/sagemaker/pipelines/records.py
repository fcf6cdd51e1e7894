"""The documents of pipelines, executions and their steps, and the events of their changes.

An execution's key is `<pipeline>/<id>`, a step's `<pipeline>/<id>/<step>`. The events' forms:
https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from local_aws.errors import AwsError
from local_aws.parts import Parts
from local_aws.services.sagemaker.pipelines.graph import RUNNING
from local_aws.state.collection import Collection

STATUS = "PipelineExecutionStatus"
LIVE = ("Executing", "Stopping")
STEPS = "pipeline-step"
EVENT = "SageMaker Model Building Pipeline Execution"


class Records:
    """Reads and writes the documents, and tells of each change of a status."""

    def __init__(self, parts: Parts):
        self._parts, self._clock = parts, parts.clock
        self.pipelines = Collection(parts.documents, "pipeline")
        self.executions = Collection(parts.documents, "pipeline-execution")
        self._definitions = Collection(parts.documents, "pipeline-definition")
        self._steps = Collection(parts.documents, STEPS)

    # ARNs and names.

    def arn(self, name: str) -> str:
        """Return a pipeline's ARN."""
        return self._parts.context.arn("sagemaker", f"pipeline/{name}")

    def execution_arn(self, key: str) -> str:
        """Return an execution's ARN."""
        pipeline, _, id_ = key.partition("/")
        return f"{self.arn(pipeline)}/execution/{id_}"

    def pipeline(self, text: str) -> dict:
        """Return a pipeline by its name or ARN.

        Raises:
            AwsError: ResourceNotFound.
        """
        if (pipeline := self.pipelines.get(text.removeprefix(self.arn("")))) is None:
            raise AwsError("ResourceNotFound", f"Pipeline {text} does not exist.")
        return pipeline

    def key(self, arn: str) -> str:
        """Return an execution's key from its ARN.

        Raises:
            AwsError: ResourceNotFound.
        """
        key = arn.removeprefix(self.arn("")).replace("/execution/", "/", 1)
        if key not in self.executions:
            raise AwsError("ResourceNotFound", f"Pipeline execution {arn} does not exist.")
        return key

    def of(self, pipeline: str) -> list[tuple[str, dict]]:
        """Return a pipeline's executions by key."""
        return self._parts.documents.items("pipeline-execution", f"{pipeline}/")

    # Executions.

    def add(self, key: str, execution: dict, definition: str) -> None:
        """Keep a new execution and its definition, and tell of it."""
        with self.executions.transaction():
            made = {"definition": definition, "CreationTime": execution["CreationTime"]}
            self._definitions.put(key, made)
            self.executions.put(key, execution)
            self._tell_execution(None, execution)

    def definition(self, key: str) -> dict:
        """Return an execution's definition, and when it was made."""
        return self._definitions.get(key)

    def change(self, key: str, change: Callable[[dict], object]) -> dict:
        """Change an execution in place, and tell of a new status."""
        before = None

        def noted(execution: dict) -> None:
            nonlocal before
            before = execution[STATUS]
            change(execution)
            execution["LastModifiedTime"] = self._clock.now()

        with self.executions.transaction():
            execution = self.executions.update(key, noted)
            if execution[STATUS] != before:
                self._tell_execution(before, execution)
        return execution

    def forget(self, pipeline: str) -> None:
        """Delete a pipeline, its executions and their steps."""
        with self.executions.transaction():
            self.pipelines.delete(pipeline)
            for kind in ("pipeline-execution", "pipeline-definition", STEPS):
                self._parts.documents.delete_prefix(kind, f"{pipeline}/")

    # Steps.

    def steps(self, key: str) -> dict[str, dict]:
        """Return the records of an execution's steps by name."""
        items = self._parts.documents.items(STEPS, f"{key}/")
        return {record["StepName"]: record for _, record in items}

    def runs_of(self, pipeline: str, step: str) -> list[dict]:
        """Return the records of a step in all executions of a pipeline."""
        items = self._parts.documents.items(STEPS, f"{pipeline}/")
        return [record for _, record in items if record["StepName"] == step]

    def put_step(self, key: str, record: dict, before: str | None) -> None:
        """Keep a step's record, and tell of a new status."""
        with self.executions.transaction():
            self._steps.put(f"{key}/{record['StepName']}", record)
            if record["StepStatus"] != before:
                self._tell_step(key, record, before)

    def drop_step(self, key: str, name: str) -> None:
        """Forget a step, which a retry runs again."""
        self._steps.delete(f"{key}/{name}")

    # Events.

    def _tell_execution(self, before: str | None, execution: dict) -> None:
        is_over = execution[STATUS] not in LIVE
        detail = {
            "pipelineExecutionDisplayName": execution.get("PipelineExecutionDisplayName"),
            "pipelineExecutionDescription": execution.get("PipelineExecutionDescription"),
            "currentPipelineExecutionStatus": execution[STATUS],
            "previousPipelineExecutionStatus": before,
            "executionStartTime": execution["CreationTime"],
            "executionEndTime": self._clock.now() if is_over else None,
            "failureReason": execution.get("FailureReason"),
        }
        self._tell("", execution["PipelineExecutionArn"], detail)

    def _tell_step(self, key: str, record: dict, before: str | None) -> None:
        detail = {
            "stepName": record["StepName"],
            "stepType": record["_type"],
            "currentStepStatus": record["StepStatus"],
            "previousStepStatus": before,
            "stepStartTime": record["StartTime"],
            "stepEndTime": None if record["StepStatus"] in RUNNING else record.get("EndTime"),
            "failureReason": record.get("FailureReason"),
            "cacheHitResult": record.get("CacheHitResult"),
            "metadata": record.get("Metadata", {}),
        }
        self._tell(" Step", self.execution_arn(key), detail)

    def _tell(self, what: str, arn: str, detail: dict) -> None:
        pipeline = arn.partition("/execution/")[0]
        arns = {"pipelineArn": pipeline, "pipelineExecutionArn": arn}
        told = arns | {name: _plain(value) for name, value in detail.items() if value is not None}
        change = f"{EVENT}{what} Status Change"
        self._parts.changes.tell("aws.sagemaker", change, [pipeline, arn], told)


def _plain(value: Any) -> Any:
    """Return a value as events have it: names begin in lower case, times are texts."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, dict):
        return {f"{name[:1].lower()}{name[1:]}": _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value
