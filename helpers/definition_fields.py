"""Fills what an account prescribes, and the course's tag, into the steps of a pipeline.

SageMaker makes a pipeline's jobs itself, from the requests in its definition: no client sends them.
"""

import json
from collections.abc import Callable

OPERATIONS = {
    "Processing": "CreateProcessingJob",
    "Training": "CreateTrainingJob",
    "Tuning": "CreateHyperParameterTuningJob",
    "Transform": "CreateTransformJob",
    "Model": "CreateModel",
    "RegisterModel": "CreateModelPackage",
    "EndpointConfig": "CreateEndpointConfig",
    "Endpoint": "CreateEndpoint",
}
"""The operation whose request a step's arguments are, by the step's type."""
BRANCHES = ("IfSteps", "ElseSteps")


def fill_steps(definition: str, fill: Callable[[str, dict], dict]) -> str:
    """Return a pipeline's definition with the requests of its steps filled.

    Args:
        definition: JSON, version 2020-12-01; what is none is returned as it is, for AWS to refuse.
        fill: takes an operation of SageMaker and its request, and returns the request.
    """
    try:
        document = json.loads(definition)
    except ValueError:
        return definition
    if not isinstance(document, dict):
        return definition
    _fill(document.get("Steps", []), fill)
    return json.dumps(document)


def _fill(steps: list[dict], fill: Callable[[str, dict], dict]) -> None:
    for step in steps:
        arguments = step.get("Arguments", {})
        if operation := OPERATIONS.get(step.get("Type", "")):
            step["Arguments"] = fill(operation, arguments)
        for branch in BRANCHES:
            _fill(arguments.get(branch) or [], fill)
