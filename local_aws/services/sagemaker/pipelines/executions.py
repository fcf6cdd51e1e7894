"""Makes the document of a new execution from a request and its pipeline; runs nothing."""

import secrets
import string
from datetime import datetime

from local_aws.services.sagemaker.pipelines import definition, parameters
from local_aws.services.sagemaker.pipelines.records import STATUS, Records
from local_aws.services.sagemaker.pipelines.references import Resolver, Unresolved, text
from local_aws.services.sagemaker.pipelines.values import execution_values

ARN, TOKEN = "PipelineExecutionArn", "ClientRequestToken"
PARALLELISM = "ParallelismConfiguration"
DEFAULT = {"MaxParallelExecutionSteps": 50}
TEXTS = ("PipelineExecutionDisplayName", "PipelineExecutionDescription")


def new_id() -> str:
    """Return the id of an execution."""
    return "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(12))


def new_execution(
    records: Records, pipeline: dict, key: str, request: dict, time: datetime
) -> dict:
    """Return an execution's document; a key that starts with `_` is private.

    Raises:
        AwsError: ValidationException, the parameters are not the pipeline's.
    """
    read = definition.read(pipeline["PipelineDefinition"])
    values = parameters.values(read.parameters, request.get("PipelineParameters") or [])
    arn = records.execution_arn(key)
    execution = {
        "PipelineExecutionDisplayName": f"execution-{int(time.timestamp() * 1000)}",
        **{name: request[name] for name in TEXTS if request.get(name) is not None},
        "PipelineArn": pipeline["PipelineArn"], ARN: arn, STATUS: "Executing",
        "CreationTime": time, "LastModifiedTime": time, "CreatedBy": {}, "LastModifiedBy": {},
        "RoleArn": pipeline["RoleArn"], "PipelineVersionId": pipeline["_version"],
        PARALLELISM: request.get(PARALLELISM) or pipeline.get(PARALLELISM) or DEFAULT,
        "_token": request.get(TOKEN), "_retries": [], "_attempts": {}, "_parameters": values,
    }  # fmt: skip
    own = execution_values(records, key, execution, time, "")
    resolver = Resolver({"Parameters": values, "Execution": own}, *[_nothing] * 3)
    try:
        if experiment := resolver.resolve(read.experiment):
            named = {name: text(value) for name, value in experiment.items()}
            execution["PipelineExperimentConfig"] = named
    except Unresolved as error:
        raise parameters.refuse(f"PipelineExperimentConfig: {error}") from None
    return execution


def _nothing(*_: object) -> None:
    return None
