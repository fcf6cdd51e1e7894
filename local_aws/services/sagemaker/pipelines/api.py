"""Executes the operations on pipelines and executions; `run.py` runs these.

An execution keeps the definition that it was started with. Left out, and refused by name: versions
and their aliases, selective execution, MLflow, callbacks. No experiment is made. The role of a
pipeline is checked as that of a job is, and is held to its policies when a step starts.
"""

import threading

from local_aws.errors import AwsError
from local_aws.parts import Engine, Parts
from local_aws.services.sagemaker.hosting.endpoints import Endpoints
from local_aws.services.sagemaker.jobs.processing import Processing
from local_aws.services.sagemaker.jobs.training import Training
from local_aws.services.sagemaker.pipelines import definition, parameters
from local_aws.services.sagemaker.pipelines.executions import (
    ARN,
    PARALLELISM,
    TOKEN,
    new_execution,
    new_id,
)
from local_aws.services.sagemaker.pipelines.records import LIVE, STATUS, Records
from local_aws.services.sagemaker.pipelines.references import text
from local_aws.services.sagemaker.pipelines.run import Run
from local_aws.services.sagemaker.pipelines.steps.table import KINDS
from local_aws.services.sagemaker.registry.packages import Packages
from local_aws.services.sagemaker.transform.engine import Transform
from local_aws.services.sagemaker.tuning.engine import Tuning
from local_aws.state.collection import public
from local_aws.state.positions import page
from local_aws.wire.listing import Listing

PIPELINES = Listing(
    "PipelineSummaries", "PipelineName",
    ("PipelineArn", "PipelineName", "PipelineDisplayName", "PipelineDescription", "RoleArn",
     "CreationTime", "LastModifiedTime", "LastExecutionTime"),
)  # fmt: skip
EXECUTIONS = Listing(
    "PipelineExecutionSummaries", ARN,
    (ARN, "StartTime", STATUS, "PipelineExecutionDescription", "PipelineExecutionDisplayName",
     "PipelineExecutionFailureReason"),
    sorts=((ARN, ARN),),
)  # fmt: skip
PAGE = 100
_TEXTS = ("PipelineDisplayName", "PipelineDescription", "RoleArn", PARALLELISM)
_GIVEN = "PipelineDefinition PipelineDefinitionS3Location(Bucket ObjectKey)"
_OWN = f"PipelineDisplayName PipelineDescription RoleArn {PARALLELISM}(*)"

OPERATIONS = {
    "sagemaker": {
        "CreatePipeline": f"PipelineName {_GIVEN} {_OWN} {TOKEN} Tags(*)",
        "UpdatePipeline": f"PipelineName {_GIVEN} {_OWN}",
        "DescribePipeline": "PipelineName",
        "ListPipelines": """PipelineNamePrefix CreatedAfter CreatedBefore SortBy SortOrder NextToken
            MaxResults""",
        "DeletePipeline": f"PipelineName {TOKEN}",
        "StartPipelineExecution": f"""PipelineName {TOKEN} {PARALLELISM}(*)
            PipelineExecutionDisplayName PipelineExecutionDescription PipelineParameters(*)""",
        "StopPipelineExecution": f"{ARN} {TOKEN}",
        "RetryPipelineExecution": f"{ARN} {TOKEN} {PARALLELISM}(*)",
        "DescribePipelineExecution": ARN,
        "UpdatePipelineExecution": f"""{ARN} PipelineExecutionDescription
            PipelineExecutionDisplayName {PARALLELISM}(*)""",
        "DescribePipelineDefinitionForExecution": ARN,
        "ListPipelineExecutions": """PipelineName CreatedAfter CreatedBefore SortBy SortOrder
            NextToken MaxResults""",
        "ListPipelineExecutionSteps": f"{ARN} NextToken MaxResults SortOrder",
        "ListPipelineParametersForExecution": f"{ARN} NextToken MaxResults",
    },
}


class Pipelines(Engine):
    """The pipelines; each execution has a thread while it runs."""

    name, operations = "pipelines", OPERATIONS

    def __init__(self, parts: Parts):
        super().__init__(parts)
        # They recover first: a job that is asked for again must not be taken for an old one.
        for engine in (Processing, Training, Tuning, Transform, Packages, Endpoints):
            parts.engine(engine)
        self._clock, self.records = parts.clock, Records(parts)
        self._kinds = {kind.type: kind(parts, self._wake) for kind in KINDS}
        self._runs: dict[str, Run] = {}
        self._lock = threading.RLock()
        parts.changes.listeners.append(self._wake)

    # Pipelines.

    def create_pipeline(self, request: dict) -> dict:
        name, time = request["PipelineName"], self._clock.now()
        with self._lock:
            known = self.records.pipelines.get(name)
            if known and known["_token"] == request.get(TOKEN):
                return {"PipelineArn": known["PipelineArn"]}
            pipeline = {"PipelineName": name, "PipelineArn": self.records.arn(name)}
            pipeline |= {"PipelineStatus": "Active", "CreationTime": time, "CreatedBy": {}}
            pipeline |= {"_token": request.get(TOKEN), "_version": 0}
            pipeline |= {"Tags": request.get("Tags", [])}
            pipeline = self._changed(pipeline, request)
            if not self.records.pipelines.add(name, pipeline):
                words = "Pipeline names must be unique within an AWS account and region. Pipeline"
                raise parameters.refuse(f"{words} with name ({name}) already exists.")
        return {"PipelineArn": pipeline["PipelineArn"]}

    def update_pipeline(self, request: dict) -> dict:
        with self._lock, self.records.pipelines.transaction():
            pipeline = self._changed(self.records.pipeline(request["PipelineName"]), request)
            self.records.pipelines.put(pipeline["PipelineName"], pipeline)
        return {"PipelineArn": pipeline["PipelineArn"], "PipelineVersionId": pipeline["_version"]}

    def _changed(self, pipeline: dict, request: dict) -> dict:
        """Return a pipeline with what a request gives it."""
        given = request.get("PipelineDefinition")
        if (location := request.get("PipelineDefinitionS3Location")) and not given:
            given = definition.located(location, self.parts.store.read)
        if given is None and "PipelineDefinition" not in pipeline:
            raise parameters.refuse("Either PipelineDefinition or its S3Location must be given.")
        fields = {name: request[name] for name in _TEXTS if request.get(name) is not None}
        if given is not None:
            definition.check(given, self._kinds)
            fields |= {"PipelineDefinition": given, "_version": pipeline["_version"] + 1}
        now = {"LastModifiedTime": self._clock.now(), "LastModifiedBy": {}}
        return {**pipeline, **fields, **now}

    def describe_pipeline(self, request: dict) -> dict:
        pipeline = public(self.records.pipeline(request["PipelineName"]))
        del pipeline["Tags"]
        return pipeline

    def list_pipelines(self, request: dict) -> dict:
        prefix = request.get("PipelineNamePrefix", "")
        pipelines = [
            {("LastExecutionTime" if name == "LastRunTime" else name): value
             for name, value in each.items()}
            for each in self.records.pipelines.listed()
            if each["PipelineName"].startswith(prefix)
        ]  # fmt: skip
        return PIPELINES.answer(pipelines, _times(request, "PipelineNamePrefix"))

    def delete_pipeline(self, request: dict) -> dict:
        with self._lock:
            pipeline = self.records.pipeline(request["PipelineName"])
            name = pipeline["PipelineName"]
            if any(execution[STATUS] in LIVE for _, execution in self.records.of(name)):
                words = f"Pipeline {name} has executions that have not ended: stop them first."
                raise AwsError("ConflictException", words)
            self.records.forget(name)
        return {"PipelineArn": pipeline["PipelineArn"]}

    # Executions.

    def start_pipeline_execution(self, request: dict) -> dict:
        with self._lock:
            pipeline = self.records.pipeline(request["PipelineName"])
            name, token = pipeline["PipelineName"], request.get(TOKEN)
            for key, each in self.records.of(name):
                if token and each["_token"] == token:
                    return {ARN: self.records.execution_arn(key)}
            key, time = f"{name}/{new_id()}", self._clock.now()
            execution = new_execution(self.records, pipeline, key, request, time)
            with self.records.executions.transaction():
                self.records.add(key, execution, pipeline["PipelineDefinition"])
                self.records.pipelines.update(name, lambda kept: kept.update(LastRunTime=time))
            self._start(key)
        return {ARN: execution[ARN]}

    def stop_pipeline_execution(self, request: dict) -> dict:
        key = self.records.key(request[ARN])

        def change(execution: dict) -> None:
            if execution[STATUS] not in LIVE:
                words = f"Pipeline execution {request[ARN]} is {execution[STATUS]}."
                raise AwsError("ConflictException", words)
            execution[STATUS] = "Stopping"

        self.records.change(key, change)
        if run := self._runs.get(key):
            run.wake()
        return {ARN: request[ARN]}

    def retry_pipeline_execution(self, request: dict) -> dict:
        key, token = self.records.key(request[ARN]), request.get(TOKEN)
        with self._lock:
            if token and token in self.records.executions.get(key)["_retries"]:
                return {ARN: request[ARN]}
            ended = self.records.steps(key)
            again = {n: each for n, each in ended.items() if each["StepStatus"] != "Succeeded"}

            def change(execution: dict) -> None:
                if execution[STATUS] not in ("Failed", "Stopped"):
                    words = f"Only executions that are Failed or Stopped, not {execution[STATUS]},"
                    raise parameters.refuse(f"{words} can be retried.")
                execution[STATUS] = "Executing"
                execution.pop("FailureReason", None)
                execution["_retries"] += [token] if token else []
                counts = {name: each["AttemptCount"] for name, each in again.items()}
                execution["_attempts"] |= counts
                if PARALLELISM in request:
                    execution[PARALLELISM] = request[PARALLELISM]

            with self.records.executions.transaction():
                self.records.change(key, change)
                for name in again:
                    self.records.drop_step(key, name)
            self._start(key)
        return {ARN: request[ARN]}

    def describe_pipeline_execution(self, request: dict) -> dict:
        return public(self.records.executions.get(self.records.key(request[ARN])))

    def update_pipeline_execution(self, request: dict) -> dict:
        fields = {name: value for name, value in request.items() if name != ARN}
        self.records.change(self.records.key(request[ARN]), lambda each: each.update(fields))
        return {ARN: request[ARN]}

    def describe_pipeline_definition_for_execution(self, request: dict) -> dict:
        kept = self.records.definition(self.records.key(request[ARN]))
        return {"PipelineDefinition": kept["definition"], "CreationTime": kept["CreationTime"]}

    def list_pipeline_executions(self, request: dict) -> dict:
        name = self.records.pipeline(request["PipelineName"])["PipelineName"]
        executions = [
            {
                **each,
                "StartTime": each["CreationTime"],
                **({"PipelineExecutionFailureReason": each["FailureReason"]}
                   if "FailureReason" in each else {}),
            }
            for _, each in self.records.of(name)
        ]  # fmt: skip
        return EXECUTIONS.answer(executions, _times(request, "PipelineName"))

    def list_pipeline_execution_steps(self, request: dict) -> dict:
        steps = self.records.steps(self.records.key(request[ARN])).values()
        is_reversed = request.get("SortOrder") != "Ascending"
        listed = sorted(steps, key=_begun, reverse=is_reversed)
        return _page([public(each) for each in listed], request, "PipelineExecutionSteps")

    def list_pipeline_parameters_for_execution(self, request: dict) -> dict:
        values = self.records.executions.get(self.records.key(request[ARN]))["_parameters"]
        named = [{"Name": name, "Value": text(value)} for name, value in values.items()]
        return _page(named, request, "PipelineParameters")

    # The server's life.

    def _start(self, key: str) -> None:
        run = Run(self.parts, self.records, self._kinds, key, self._forget)
        self._runs[key] = run
        run.start()

    def _forget(self, run: Run) -> None:
        if self._runs.get(run.key) is run:
            del self._runs[run.key]

    def _wake(self, *_: object) -> None:
        for run in list(self._runs.values()):
            run.wake()

    def recover(self) -> None:
        """Continue the executions that the last server's end interrupted."""
        for execution in self.records.executions:
            if execution[STATUS] in LIVE:
                self._start(self.records.key(execution[ARN]))

    def shut_down(self) -> None:
        """End the threads; the next server continues the executions."""
        for run in list(self._runs.values()):
            run.leave()


def _begun(record: dict) -> tuple:
    return record["StartTime"], record["_number"]


def _times(request: dict, left_out: str) -> dict:
    """Return a list's request with the listing's names of times, without its own filter."""
    names = {"CreatedAfter": "CreationTimeAfter", "CreatedBefore": "CreationTimeBefore"}
    return {names.get(name, name): request[name] for name in request if name != left_out}


def _page(items: list, request: dict, name: str) -> dict:
    refused = AwsError("ValidationException", "The pagination token is not valid.")
    return page(items, request, name, PAGE, refused)
