"""A step of the pipeline that runs a script of scripts_process/, and what steps have in common.

Each execution has a folder of its own in the course's bucket, so executions touch no other's
results, and a step that is tried again writes over its own; Baseline alone writes for all.
"""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from helpers.config import ROOT, Config
from helpers.container_images import processing_image
from helpers.job_code import COURSE, course_input, job_input, job_output
from helpers.session import role_arn

if TYPE_CHECKING:
    from sagemaker.core.helper.session_helper import Session
    from sagemaker.core.shapes import ProcessingInput
    from sagemaker.mlops.workflow.steps import ProcessingStep


def place(config: Config, *parts: str) -> Any:
    """Return the URI of a folder of the execution, known once it runs."""
    from sagemaker.core.workflow.execution_variables import ExecutionVariables
    from sagemaker.core.workflow.functions import Join

    execution = ExecutionVariables.PIPELINE_EXECUTION_ID
    return Join(on="/", values=[config.uri("pipeline"), execution, *parts])


def retries() -> list:
    """Return what is tried again: AWS's own faults, not those of the data or of the code."""
    from sagemaker.mlops.workflow.retry import (
        SageMakerJobExceptionTypeEnum,
        SageMakerJobStepRetryPolicy,
        StepExceptionTypeEnum,
        StepRetryPolicy,
    )

    faults = [StepExceptionTypeEnum.SERVICE_FAULT, StepExceptionTypeEnum.THROTTLING]
    job_faults = [
        SageMakerJobExceptionTypeEnum.INTERNAL_ERROR,
        SageMakerJobExceptionTypeEnum.CAPACITY_ERROR,
    ]
    return [
        StepRetryPolicy(exception_types=faults, max_attempts=3),
        SageMakerJobStepRetryPolicy(exception_types=job_faults, max_attempts=3),
    ]


@lru_cache(maxsize=1)
def _course(config: Config, session: "Session") -> "ProcessingInput":
    """Return the `helpers` package as an input, uploaded once for all steps of a session."""
    return course_input(config)


def processing(
    config: Config, session: "Session", name: str, script: str, arguments: list,
    *, models: dict[str, Any], output: Any, result: str | None = None, role: str | None = None,
    after: "ProcessingStep | None" = None,
) -> "ProcessingStep":  # fmt: skip
    """Return a step that runs a script of scripts_process/ in the course's own image.

    Args:
        models: archives that the script reads, by the names of its inputs.
        output: URI of the folder for what it writes.
        result: the file of the output that conditions read.
        role: the job's role, None for the execution role.
        after: the step that has to succeed first, where none of its outputs is an input.
    """
    from sagemaker.core.processing import ScriptProcessor
    from sagemaker.core.workflow.properties import PropertyFile
    from sagemaker.mlops.workflow.steps import ProcessingStep

    processor = ScriptProcessor(
        role=role or role_arn(config),
        image_uri=processing_image(config),
        command=["python3"],
        instance_count=1,
        instance_type="ml.m5.large",
        base_job_name=f"{config.name}-{name.lower()}",
        env={"PYTHONPATH": COURSE},
        sagemaker_session=session,
    )
    files = None
    if result:
        name_of_file = result.partition(".")[0]
        files = [PropertyFile(name=name_of_file, output_name="results", path=result)]
    return ProcessingStep(
        name=name,
        step_args=processor.run(
            code=str(ROOT / "scripts_process" / script),
            inputs=[_course(config, session), *(job_input(*each) for each in models.items())],
            outputs=[job_output("results", output)],
            arguments=arguments,
        ),
        property_files=files,
        depends_on=[after] if after else None,
        retry_policies=retries(),
    )


def found(step: "ProcessingStep", file: str, path: str) -> Any:
    """Return a value of a JSON file that a step has written."""
    from sagemaker.core.workflow.functions import JsonGet

    name = file.partition(".")[0]
    return JsonGet(step_name=step.name, property_file=name, json_path=path)
