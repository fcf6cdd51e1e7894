"""The values that an execution's expressions get: parameters, properties, files; starts nothing."""

from collections.abc import Mapping
from typing import Any

from local_aws.errors import AwsError
from local_aws.parts import Parts
from local_aws.services.sagemaker.pipelines.definition import Definition, files
from local_aws.services.sagemaker.pipelines.records import Records
from local_aws.services.sagemaker.pipelines.references import Resolver, Unresolved


def execution_values(records: Records, key: str, execution: dict, now: Any, name: str) -> dict:
    """Return the variables of an execution.

    Args:
        name: that of the job of the step whose arguments are resolved.
    """
    pipeline, _, id_ = key.partition("/")
    return {
        "StartDateTime": execution["CreationTime"],
        "CurrentDateTime": now,
        "PipelineName": pipeline,
        "PipelineArn": records.arn(pipeline),
        "PipelineExecutionId": id_,
        "PipelineExecutionArn": records.execution_arn(key),
        "TrainingJobName": name,
        "ProcessingJobName": name,
    }


def resolver(
    parts: Parts,
    records: Records,
    key: str,
    definition: Definition,
    steps: Mapping[str, dict],
    name: str,
) -> Resolver:
    """Return the resolver of a step's arguments.

    Args:
        key: the execution's key.
        steps: the records of the execution's steps.
        name: the name of what the step makes.
    """
    execution = records.executions.get(key)
    values = {
        "Parameters": execution["_parameters"],
        "Execution": execution_values(records, key, execution, parts.clock.now(), name),
        "PipelineExperimentConfig": execution.get("PipelineExperimentConfig", {}),
    }

    def outputs(step: str) -> dict | None:
        record = steps.get(step, {})
        is_over = record.get("StepStatus") in ("Succeeded", "Failed", "Stopped")
        return record.get("_outputs") if is_over else None

    def read(uri: str) -> bytes:
        bucket, _, path = uri.removeprefix("s3://").partition("/")
        try:
            return parts.store.read(bucket, path)
        except AwsError as error:
            raise LookupError(uri) from error

    def file(step: str, named: str) -> str:
        asked = files(definition.steps[step])[named]
        done = (outputs(step) or {}).get("ProcessingOutputConfig", {}).get("Outputs", [])
        for each in done:
            if each["OutputName"] == asked["OutputName"]:
                return f"{each['S3Output']['S3Uri'].rstrip('/')}/{asked['FilePath']}"
        raise Unresolved(f"Step {step} has no output {asked['OutputName']}")

    return Resolver(values, outputs, read, file)
