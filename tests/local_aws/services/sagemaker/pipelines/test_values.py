"""A step's arguments get the variables of their execution."""

import pytest

from tests.local_aws.services.sagemaker.pipelines.definitions import fail, get


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PipelineName", "chain"),
        ("PipelineArn", "arn:aws:sagemaker:us-east-1:000000000000:pipeline/chain"),
        ("PipelineExecutionId", "{id}"),
        ("PipelineExecutionArn", "{arn}"),
    ],
)
def test_a_variable_of_the_execution(pipelines, name, value):
    arn, shown = pipelines.run(fail("stop", get(f"Execution.{name}")))
    assert shown["FailureReason"] == value.format(arn=arn, id=arn.rpartition("/")[2])


def test_times_are_texts(pipelines):
    words = {"Std:Join": {"On": "", "Values": [get("Execution.StartDateTime")]}}
    _, shown = pipelines.run(fail("stop", words))
    assert shown["FailureReason"][:19] == f"{shown['CreationTime']:%Y-%m-%dT%H:%M:%S}"
