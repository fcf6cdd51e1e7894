"""Job steps end as their jobs do, and other steps get the jobs' properties."""

from tests.local_aws.services.sagemaker.hosting.models import archive
from tests.local_aws.services.sagemaker.pipelines.definitions import (
    condition,
    equal,
    get,
    step,
    train,
)
from tests.local_aws.services.sagemaker.tuning.requests import archive as source
from tests.local_aws.services.sagemaker.tuning.requests import tuning
from tests.local_cloud import BUCKET, SERVING


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


def reasons(pipelines, arn):
    return [each.get("FailureReason") for each in pipelines.steps(arn).values()]


SCORE = """
import sys
given = dict(zip(sys.argv[1::2], sys.argv[2::2]))
open('/opt/ml/model/x', 'w').write(given['-x'])
print('score=' + given['-x'], flush=True)
"""


def test_the_best_training_job_of_a_tuning_step_is_found_by_its_rank(aws, pipelines):
    aws.store.put(BUCKET, "code/sourcedir.tar.gz", source(SCORE))
    request = tuning()
    del request["HyperParameterTuningJobName"]
    best = get("Steps.tune.TrainingJobSummaries[0].TrainingJobName")
    same = equal(best, get("Steps.tune.BestTrainingJob.TrainingJobName"))
    arn, shown = pipelines.run(step("tune", "Tuning", request), condition("same", same))
    steps = pipelines.steps(arn)
    assert shown["PipelineExecutionStatus"] == "Succeeded", reasons(pipelines, arn)
    assert steps["same"]["Metadata"]["Condition"]["Outcome"] == "True"
    name = steps["tune"]["Metadata"]["TuningJob"]["Arn"].rpartition("/")[2]
    assert name.startswith(f"{arn.rpartition('/')[2]}-tune-")


def test_a_model_answers_a_batch(aws, pipelines):
    aws.store.put(BUCKET, "model.tar.gz", archive())
    aws.store.put(BUCKET, "clips/one", b"hello")
    document = (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*",'
        ' "Resource": "*"}]}'
    )
    allowed = {"RoleName": "course", "PolicyName": "p", "PolicyDocument": document}
    aws.parts.call("iam", "PutRolePolicy", allowed)
    container = {"Image": SERVING, "ModelDataUrl": f"s3://{BUCKET}/model.tar.gz"}
    role = "arn:aws:iam::000000000000:role/course"
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/clips/"}}
    arn, shown = pipelines.run(
        step("model", "Model", {"PrimaryContainer": container, "ExecutionRoleArn": role}),
        step("batch", "Transform", {
            "ModelName": get("Steps.model.ModelName"),
            "TransformInput": {"DataSource": source, "ContentType": "text/plain"},
            "TransformOutput": {"S3OutputPath": f"s3://{BUCKET}/answers"},
            "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
        }),
    )  # fmt: skip
    assert shown["PipelineExecutionStatus"] == "Succeeded", reasons(pipelines, arn)
    assert b"5" in aws.store.read(BUCKET, "answers/one.out")
