"""A new execution has what its request, its pipeline or AWS's defaults say."""

from tests.local_aws.services.sagemaker.pipelines.definitions import condition, equal, fail

PASS = condition("pass", equal(1, 1))
EXPERIMENT = {
    "ExperimentName": {"Get": "Execution.PipelineName"},
    "TrialName": {"Get": "Execution.PipelineExecutionId"},
}


def parallel(steps):
    return {"MaxParallelExecutionSteps": steps}


def test_the_parallelism_is_the_requests_or_else_the_pipelines(pipelines):
    pipelines.make(PASS, ParallelismConfiguration=parallel(3))
    shown = pipelines.describe(pipelines.start())
    assert shown["ParallelismConfiguration"] == parallel(3)
    arn = pipelines.start(ParallelismConfiguration=parallel(2))
    assert pipelines.describe(arn)["ParallelismConfiguration"] == parallel(2)
    pipelines.make(fail(), name="other")
    shown = pipelines.describe(pipelines.start("other"))
    assert shown["ParallelismConfiguration"] == parallel(50)


def test_the_experiment_is_shown_with_its_names(pipelines):
    arn, shown = pipelines.run(PASS, PipelineExperimentConfig=EXPERIMENT)
    assert shown["PipelineExperimentConfig"] == {
        "ExperimentName": "chain",
        "TrialName": arn.rpartition("/")[2],
    }
