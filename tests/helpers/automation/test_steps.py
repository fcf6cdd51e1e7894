"""Steps are made as the SDK makes them, each in the folder of its execution."""

import json

import pytest

from helpers.automation import pipeline
from helpers.automation.pipeline import build
from helpers.automation.pipeline_roles import make_roles
from helpers.automation.processing_step import place
from helpers.roles import make_role

pytestmark = pytest.mark.filterwarnings("ignore")  # the SDK warns of itself


_definitions: list[str] = []
"""The SDK takes seconds for one, and the tests only read it."""


@pytest.fixture
def definition(aws, config):
    """Return the definition of the birds' pipeline, which is made once."""
    if not _definitions:
        make_role(config)
        _definitions.append(build(config, make_roles(config)).definition())
    return json.loads(_definitions[0])


def flat(listed):
    for step in listed:
        yield step
        given = step.get("Arguments", {})
        yield from flat(given.get("IfSteps", []) + given.get("ElseSteps", []))


def test_every_parameter_has_a_default(definition):
    assert [each for each in definition["Parameters"] if "DefaultValue" not in each] == []


def test_a_step_writes_below_its_execution_alone(config, definition):
    execution = {"Get": "Execution.PipelineExecutionId"}
    by_name = {step["Name"]: step for step in flat(definition["Steps"])}
    for name in ("Shards", "Evaluate"):
        (output,) = by_name[name]["Arguments"]["ProcessingOutputConfig"]["Outputs"]
        values = output["S3Output"]["S3Uri"]["Std:Join"]["Values"]
        assert values[:2] == [config.uri("pipeline"), execution]


def test_no_condition_holds_another_one(definition):
    inner = [step for step in flat(definition["Steps"]) if step not in definition["Steps"]]
    assert inner and "Condition" not in {step["Type"] for step in inner}


def test_a_job_is_tried_again_after_faults_of_aws_only(definition):
    jobs = [
        step for step in flat(definition["Steps"]) if step["Type"] in ("Processing", "Training")
    ]
    assert len(jobs) >= 3
    for job in jobs:
        kinds = {kind for policy in job["RetryPolicies"] for kind in policy["ExceptionType"]}
        assert kinds == {
            *("Step.SERVICE_FAULT", "Step.THROTTLING"),
            *("SageMaker.JOB_INTERNAL_ERROR", "SageMaker.CAPACITY_ERROR"),
        }


def test_the_names_of_the_pipeline_and_of_its_jobs_are_the_courses(config, definition):
    assert pipeline.name_of(config) == "birds-and-bins-birds-pipeline"
    assert place(config).on == "/"


def test_the_live_model_is_a_channel_of_the_training(definition):
    (train,) = [step for step in flat(definition["Steps"]) if step["Name"] == "Train"]
    (channel,) = [
        each for each in train["Arguments"]["InputDataConfig"] if each["ChannelName"] == "model"
    ]
    uri = channel["DataSource"]["S3DataSource"]["S3Uri"]
    assert uri == {"Get": "Steps.Live.OutputParameters['model']"}


def test_what_is_put_after_deploy_waits_for_it_and_is_a_text(definition):
    by_name = {step["Name"]: step for step in flat(definition["Steps"])}
    waits = {name: by_name[name].get("DependsOn") for name in ("Gateway", "Baseline", "Schedule")}
    assert waits == {"Gateway": ["Deploy"], "Baseline": ["Deploy"], "Schedule": ["Baseline"]}
    for name in ("Gateway", "Schedule"):
        arguments = by_name[name]["Arguments"]
        assert {type(value) for value in arguments.values()} == {str}
        assert json.loads(arguments["order"])


def test_the_definition_is_as_long_as_aws_takes(definition):
    assert (
        len(json.dumps(definition)) < 100 * 2**10
    )  # where the SDK puts it into S3, and AWS takes 1,048,576 letters
