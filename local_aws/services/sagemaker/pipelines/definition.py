"""Reads a pipeline's definition (version 2020-12-01), and refuses what can't be run; runs nothing.

Left out, and refused by name: MLflow, and all types of steps but those in `steps/`. The experiment
that the SDK names in every definition is shown by the executions, and not made.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from local_aws.errors import AwsError
from local_aws.services.sagemaker.pipelines import caching, conditions, parameters, retries
from local_aws.services.sagemaker.pipelines.graph import TRIGGERS, Step, circle, flat
from local_aws.services.sagemaker.pipelines.parameters import refuse
from local_aws.services.sagemaker.pipelines.references import paths
from local_aws.services.sagemaker.pipelines.steps.kind import Kind

VERSION = "2020-12-01"
_NAME = re.compile(r"[A-Za-z0-9\-_]{1,64}")
MEMBERS = {"Version", "Metadata", "Parameters", "PipelineExperimentConfig", "MlflowConfig", "Steps"}
STEP_MEMBERS = {
    *("Name", "Type", "Arguments", "DependsOn", "DisplayName", "Description"),
    *("CacheConfig", "RetryPolicies", "PropertyFiles", "FunctionArn", "OutputParameters"),
}
EXECUTION = (
    *("StartDateTime", "CurrentDateTime", "PipelineName", "PipelineArn", "PipelineExecutionId"),
    *("PipelineExecutionArn", "TrainingJobName", "ProcessingJobName"),
)
"""What `Get` finds below `Execution`."""


@dataclass(frozen=True)
class Definition:
    """A definition that was checked."""

    steps: Mapping[str, Step]
    parameters: list[dict]
    experiment: dict


def read(text: str) -> Definition:
    """Return a definition that was checked before."""
    document = json.loads(text)
    steps = {step.name: step for step in flat(document["Steps"])}
    experiment = document.get("PipelineExperimentConfig") or {}
    return Definition(steps, document.get("Parameters") or [], experiment)


def check(text: str, kinds: Mapping[str, Kind]) -> Definition:
    """Check a definition.

    Args:
        kinds: the kinds of steps that are executed, by type.

    Raises:
        AwsError: ValidationException, with what is wrong.
    """
    try:
        document = json.loads(text)
    except ValueError as error:
        raise refuse(f"The pipeline definition is no JSON: {error}") from None
    if not isinstance(document, dict) or document.get("Version") != VERSION:
        raise refuse(f"The pipeline definition's Version must be {VERSION}")
    if unknown := sorted(document.keys() - MEMBERS):
        raise refuse(f"Unknown members of the pipeline definition: {', '.join(unknown)}")
    if document.get("MlflowConfig"):
        raise refuse("The local AWS does not support MlflowConfig of pipelines")
    parameters.check(document.get("Parameters") or [])
    _check_bodies(document.get("Steps"), kinds)
    names = [step.name for step in flat(document["Steps"])]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise refuse(f"Step names must be unique: {', '.join(twice)}")
    definition = read(text)
    _check_graph(definition)
    for step in definition.steps.values():
        kinds[step.type].check(step)
    return definition


def _check_bodies(bodies: object, kinds: Mapping[str, Kind]) -> None:
    if not isinstance(bodies, list):
        raise refuse("The pipeline definition needs a list of Steps")
    for body in bodies:
        name, kind = body.get("Name"), body.get("Type")
        if not _NAME.fullmatch(str(name)):
            raise refuse(f"Step name {name!r} must be 1 to 64 letters, digits, - or _")
        if kind not in kinds:
            raise refuse(f"The local AWS does not support steps of type {kind}: step {name}")
        if unknown := sorted(body.keys() - STEP_MEMBERS):
            raise refuse(f"The local AWS does not support {', '.join(unknown)} of step {name}")
        _check_body(body)
        if kind == "Condition":
            given = body.get("Arguments") or {}
            for branch in ("IfSteps", "ElseSteps"):
                _check_bodies(given.get(branch) or [], kinds)


def _check_body(body: dict) -> None:
    name = body["Name"]
    if wrong := retries.check(body.get("RetryPolicies") or [], name):
        raise refuse(wrong)
    expiry = (body.get("CacheConfig") or {}).get("ExpireAfter")
    if expiry is not None and caching.age(expiry) is None:
        raise refuse(f"CacheConfig of step {name}: ExpireAfter {expiry} is no ISO 8601 duration")
    for each in body.get("DependsOn") or []:
        if not isinstance(each, str) and each.get("Trigger", "Any") not in TRIGGERS:
            raise refuse(f"Step {name} has the unknown trigger {each['Trigger']}")
    for condition in (body.get("Arguments") or {}).get("Conditions") or []:
        for kind in conditions.types(condition):
            if body["Type"] == "Condition" and kind not in conditions.TYPES:
                raise refuse(f"Step {name} has a condition of the unknown type {kind}")


def _check_graph(definition: Definition) -> None:
    """Refuse references to what is not there, and steps that wait for one another."""
    known = {
        *(f"Parameters.{each['Name']}" for each in definition.parameters),
        *(f"Execution.{name}" for name in EXECUTION),
        *(f"PipelineExperimentConfig.{name}" for name in definition.experiment),
    }
    for step in definition.steps.values():
        if unknown := sorted(step.needs.keys() - definition.steps.keys()):
            raise refuse(f"Step {step.name} depends on unknown steps: {', '.join(unknown)}")
        for path in paths([step.arguments, step.body.get("FunctionArn")]):
            if not path.startswith("Steps.") and path not in known:
                raise refuse(f"Step {step.name} refers to the unknown {path}")
            _check_file(definition, step, path)
    if names := circle(definition.steps):
        raise refuse(f"Steps wait for one another: {', '.join(names)}")


def _check_file(definition: Definition, step: Step, path: str) -> None:
    """Refuse a property file that its step has not."""
    name, is_file, file = path.removeprefix("Steps.").partition(".PropertyFiles.")
    if is_file and file not in files(definition.steps[name]):
        raise refuse(f"Step {step.name} refers to {path}, which is no property file of {name}")


def files(step: Step) -> dict[str, dict]:
    """Return a step's property files by name."""
    return {each["PropertyFileName"]: each for each in step.body.get("PropertyFiles") or []}


def located(location: dict, read_object) -> str:
    """Return a definition that a request names in S3.

    Raises:
        AwsError: ValidationException, there is none.
    """
    bucket, key = location["Bucket"], location["ObjectKey"]
    try:
        return read_object(bucket, key).decode()
    except (AwsError, LookupError):
        raise refuse(f"There is no pipeline definition at s3://{bucket}/{key}") from None
