"""A step runs a script with the course's code, its models as inputs and its folder as output."""

import json

import pytest

from helpers.automation.processing_step import found, place, processing
from helpers.roles import make_role
from helpers.session import client, pipeline_session

pytestmark = pytest.mark.filterwarnings("ignore")  # the SDK warns of itself


def test_a_step_has_its_models_its_result_and_the_step_before_it(aws, config):
    make_role(config)
    session = pipeline_session(config)
    models, output = {"model": config.uri("training")}, place(config, "evaluation")
    first = processing(config, session, "First", "shard.py", [], models={}, output=output)
    step = processing(
        config, session, "Second", "evaluate.py", ["--dataset", "birds"],
        models=models, output=output, result="comparison.json", after=first,
    )  # fmt: skip
    (file,) = step.property_files
    assert (file.name, file.path) == ("comparison", "comparison.json")
    assert step.depends_on == [first] and first.depends_on is None
    read = found(step, "comparison.json", "passes")
    assert json.dumps(read.expr) == json.dumps(
        {"Std:JsonGet": {"PropertyFile": {"Get": "Steps.Second.PropertyFiles.comparison"},
                         "Path": "passes"}}
    )  # fmt: skip
    request = step.arguments
    inputs = {each["InputName"]: each["S3Input"]["S3Uri"] for each in request["ProcessingInputs"]}
    assert inputs["model"] == config.uri("training") and len(inputs) == 3
    assert client(config, "sagemaker").list_processing_jobs()["ProcessingJobSummaries"] == []
