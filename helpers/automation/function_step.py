"""A step of the pipeline that calls a function of Lambda: one file of code, with boto3 alone."""

from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from helpers.config import Config

if TYPE_CHECKING:
    from sagemaker.core.helper.session_helper import Session
    from sagemaker.mlops.workflow.lambda_step import LambdaStep
    from sagemaker.mlops.workflow.steps import ProcessingStep

TIMEOUT = 60
"""Seconds that an invocation may take."""


def calling(
    config: Config, session: "Session", name: str, module: ModuleType, role: str,
    inputs: dict[str, str], outputs: tuple[str, ...],
    *, put: bool = True, after: "ProcessingStep | None" = None,
) -> "LambdaStep":  # fmt: skip
    """Return a step that calls the `handle` of a module, as a function of the data set's own.

    Args:
        role: ARN of the function's role.
        inputs: the event, texts alone: a definition may not read an object as a reference.
        outputs: names in what the function returns.
        put: whether the SDK puts the function anew when the pipeline is defined.
        after: the step that has to succeed first, where none of its outputs is an input.
    """
    from sagemaker.core.lambda_helper import Lambda
    from sagemaker.mlops.workflow.lambda_step import LambdaOutput, LambdaStep

    file = Path(module.__file__)
    function = f"{config.name}-{file.stem.removesuffix('_function').replace('_', '-')}"
    if put:
        code = {"script": str(file), "handler": f"{file.stem}.handle"}
        code |= {"runtime": "python3.12", "timeout": TIMEOUT}
        called = Lambda(function_name=function, execution_role_arn=role, session=session, **code)
    else:
        account = role.split(":")[4]
        arn = f"arn:aws:lambda:{config.region}:{account}:function:{function}"
        called = Lambda(function_arn=arn, session=session)
    return LambdaStep(
        name=name,
        lambda_func=called,
        inputs=inputs,
        outputs=[LambdaOutput(output_name=each) for each in outputs],
        depends_on=[after] if after else None,
    )
