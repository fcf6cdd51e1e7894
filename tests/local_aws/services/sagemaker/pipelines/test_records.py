"""Each change of an execution's and of a step's status is told, in EventBridge's words."""

import pytest

from tests.local_aws.services.sagemaker.pipelines.definitions import condition, equal, fail, train

EXECUTION = "SageMaker Model Building Pipeline Execution Status Change"
STEP = "SageMaker Model Building Pipeline Execution Step Status Change"


@pytest.fixture
def told(aws):
    """Return the changes that are told during a test."""
    changes = []
    aws.parts.changes.listeners.append(changes.append)
    yield changes
    aws.parts.changes.listeners.remove(changes.append)


def test_an_execution_tells_its_start_and_its_end(pipelines, told):
    arn, _ = pipelines.run(fail("stop", "not good"))
    first, last = (change for change in told if change.detail_type == EXECUTION)
    assert first.resources == [arn.partition("/execution")[0], arn]
    assert first.detail["currentPipelineExecutionStatus"] == "Executing"
    assert last.detail["previousPipelineExecutionStatus"] == "Executing"
    assert last.detail["currentPipelineExecutionStatus"] == "Failed"
    assert last.detail["failureReason"] == "not good"
    assert last.detail["executionEndTime"].endswith("Z")


def test_a_step_tells_each_status_with_its_job(pipelines, told):
    arn, _ = pipelines.run(condition("pass", equal(1, 1), yes=[train("train", "print(1)")]))
    changes = [change.detail for change in told if change.detail_type == STEP]
    ours = [each for each in changes if each["stepName"] == "train"]
    assert [each["currentStepStatus"] for each in ours] == ["Starting", "Executing", "Succeeded"]
    job = pipelines.steps(arn)["train"]["Metadata"]["TrainingJob"]["Arn"]
    assert ours[-1]["metadata"] == {"trainingJob": {"arn": job}}
    assert ours[-1]["stepType"] == "Training"


def test_nothing_of_a_deleted_pipeline_stays(aws, pipelines, sagemaker):
    arn, _ = pipelines.run(fail())
    sagemaker.delete_pipeline(PipelineName="chain")
    for kind in ("pipeline", "pipeline-execution", "pipeline-definition", "pipeline-step"):
        assert aws.parts.documents.items(kind, "chain") == []
