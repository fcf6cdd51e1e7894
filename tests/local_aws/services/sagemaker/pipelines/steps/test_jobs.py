"""Job steps end as their jobs do, and other steps get the jobs' properties."""

from tests.local_aws.services.sagemaker.pipelines.definitions import condition, equal, get, train


def test_the_properties_of_a_job_are_those_of_its_description(pipelines):
    name = get("Steps.train.TrainingJobName")
    joined = {"Std:Join": {"On": "", "Values": [name, ""]}}
    path = {"Std:Join": {"On": "", "Values": [get("Steps.train.OutputDataConfig.S3OutputPath")]}}
    arn, shown = pipelines.run(
        train("train", "print(1)"),
        condition("same", equal(joined, name), equal(path, "s3://course-bucket/models")),
    )
    assert shown["PipelineExecutionStatus"] == "Succeeded"
    assert pipelines.steps(arn)["same"]["Metadata"]["Condition"]["Outcome"] == "True"


def test_a_job_that_someone_stops_is_a_stopped_step(aws, pipelines, sagemaker):
    pipelines.make(train("train", "import time; time.sleep(300)"))
    arn = pipelines.start()
    while not (job := pipelines.steps(arn).get("train", {}).get("Metadata", {})):
        pass
    name = job["TrainingJob"]["Arn"].rpartition("/")[2]
    sagemaker.stop_training_job(TrainingJobName=name)
    assert pipelines.wait(arn)["PipelineExecutionStatus"] == "Failed"
    assert pipelines.statuses(arn) == {"train": "Stopped"}
