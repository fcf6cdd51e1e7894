"""Functions that the SDK's `step` makes to steps of a pipeline: each runs as a training job.

The image is the one that stands for the server's whole environment: the job needs the SDK.
"""

import pytest

from helpers.session import client, role_arn
from tests.local_aws.pipeline_sessions import pipeline_session

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # the SDK warns of itself
KIND = "ml.m5.large"


@pytest.fixture
def run(aws, config):
    """Return a function that runs a pipeline of outputs of functions, and returns the execution."""
    from sagemaker.mlops.workflow.pipeline import Pipeline

    session = pipeline_session(config)

    def run(*outputs, **more):
        pipeline = Pipeline(name="chain", steps=[*outputs], sagemaker_session=session, **more)
        pipeline.upsert(role_arn=role_arn(config))
        return pipeline.start()

    return run


def test_a_function_gets_another_ones_result_and_a_parameter(config, run):
    from sagemaker.core.workflow.parameters import ParameterInteger
    from sagemaker.mlops.workflow.function_step import step

    more = ParameterInteger(name="More", default_value=5)
    settings = {"role": role_arn(config), "instance_type": KIND, "image_uri": "image"}

    @step(name="two", keep_alive_period_in_seconds=300, **settings)
    def two():
        return 3, 4

    @step(name="total", keep_alive_period_in_seconds=300, **settings)
    def total(first, second, third):
        return first + second + third

    pair = two()
    execution = run(total(pair[0], pair[1], more), parameters=[more])
    execution.wait(delay=1, max_attempts=500)
    assert execution.result("total") == 12
    steps = {each["StepName"]: each for each in execution.list_steps()}
    assert [*steps] == ["total", "two"]
    jobs = client(config, "sagemaker").list_training_jobs()["TrainingJobSummaries"]
    arns = {each["Metadata"]["TrainingJob"]["Arn"] for each in steps.values()}
    assert {job["TrainingJobArn"] for job in jobs} == arns


def test_a_function_that_raises_ends_its_step_failed_with_its_words(config, run):
    from sagemaker.mlops.workflow.function_step import step

    @step(name="raises", role=role_arn(config), instance_type=KIND, image_uri="image")
    def raises():
        raise ValueError("no such color")

    execution = run(raises())
    with pytest.raises(Exception, match="Failed"):
        execution.wait(delay=1, max_attempts=500)
    [done] = execution.list_steps()
    assert done["StepStatus"] == "Failed"
    assert "no such color" in done["FailureReason"]
