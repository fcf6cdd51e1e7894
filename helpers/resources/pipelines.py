"""Pipelines of SageMaker and functions of Lambda, which pipelines call; knows no step.

An execution that runs is stopped before its pipeline is deleted: it would go on making jobs.
"""

from collections.abc import Iterator, Mapping

from helpers.config import PROJECT, Config
from helpers.resources.kind import OURS, Busy, Kind, Resource
from helpers.resources.sagemaker import tags
from helpers.session import client

PIPELINE, FUNCTION = "pipeline", "function"
RUNNING = ("Executing", "Stopping")


def pipelines(config: Config) -> Iterator[Resource]:
    """Yield all pipelines whose names begin as the course's."""
    pages = client(config, "sagemaker").get_paginator("list_pipelines")
    for page in pages.paginate(PipelineNamePrefix=PROJECT):
        for each in page["PipelineSummaries"]:
            if each["PipelineName"].startswith(OURS):
                yield Resource(each["PipelineName"], each["PipelineArn"])


def delete_pipeline(config: Config, name: str) -> None:
    """Delete a pipeline with its history.

    Raises:
        Busy: an execution of it is being stopped.
    """
    sagemaker = client(config, "sagemaker")
    pages = sagemaker.get_paginator("list_pipeline_executions").paginate(PipelineName=name)
    listed = [each for page in pages for each in page["PipelineExecutionSummaries"]]
    statuses = {each["PipelineExecutionArn"]: each["PipelineExecutionStatus"] for each in listed}
    for arn, status in statuses.items():
        if status == "Executing":
            sagemaker.stop_pipeline_execution(PipelineExecutionArn=arn)
    if any(status in RUNNING for status in statuses.values()):
        raise Busy("its executions are being stopped")
    sagemaker.delete_pipeline(PipelineName=name)


def functions(config: Config) -> Iterator[Resource]:
    """Yield all functions whose names begin as the course's."""
    pages = client(config, "lambda").get_paginator("list_functions").paginate()
    for page in pages:
        for each in page["Functions"]:
            if each["FunctionName"].startswith(OURS):
                yield Resource(each["FunctionName"], each["FunctionArn"])


def function_tags(config: Config, function: Resource) -> Mapping[str, str]:
    """Return a function's tags."""
    return client(config, "lambda").get_function(FunctionName=function.name).get("Tags", {})


def delete_function(config: Config, name: str) -> None:
    """Delete a function."""
    client(config, "lambda").delete_function(FunctionName=name)


KINDS = (
    Kind("SageMaker", PIPELINE, pipelines, tags, delete_pipeline),
    Kind("Lambda", FUNCTION, functions, function_tags, delete_function, (PIPELINE,)),
)
