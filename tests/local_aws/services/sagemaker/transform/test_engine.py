"""Transform jobs send each object to a model's server, and are as honest as other jobs."""

import json
import subprocess
import sys
from functools import partial

import pytest
from botocore.exceptions import ClientError

from local_aws.server import LocalAws
from local_aws.services.sagemaker.jobs.runner import ENDED
from tests.local_aws.services.sagemaker.hosting.models import OURS, Hosting, archive
from tests.local_aws.services.sagemaker.hosting.test_server_process import ABOUT, DOCKERFILE, SERVE
from tests.local_aws.services.sagemaker.jobs.requests import ROLE, wait_for
from tests.local_aws.services.sagemaker.transform.jobs import ECHO, UPPER, Transforms, transform
from tests.local_cloud import BUCKET, furnish, make_client
from tests.made_image import manifest


def test_every_object_has_an_output_under_its_name(transforms):
    transforms.hosting.model(data=archive(ECHO))
    transforms.put(a="one", b__c="two")
    job = transforms.run()
    assert job["TransformJobStatus"] == "Completed"
    assert job["TransformStartTime"] <= job["TransformEndTime"]
    outputs = transforms.outputs()
    assert outputs.keys() == {"a.txt.out", "b/c.txt.out"}
    answer = {"body": "two", "type": "text/plain", "batch": "true"}
    assert json.loads(outputs["b/c.txt.out"]) == answer


def test_a_job_goes_on_with_a_model_that_is_deleted_meanwhile(transforms):
    transforms.hosting.model(data=archive(ECHO))
    transforms.put(a="one")
    transforms.sagemaker.create_transform_job(**transform())
    transforms.sagemaker.delete_model(ModelName="model")
    job = wait_for(transforms.sagemaker, "TransformJob", "job")
    assert (job["TransformJobStatus"], job["ModelName"]) == ("Completed", "model")


def test_jobs_are_listed_by_status_and_name(transforms):
    transforms.hosting.model(data=archive(ECHO))
    transforms.put(a="one", b="bad")
    transforms.run(name="good-1", key="in/a")
    transforms.run(name="bad-1", ModelClientConfig={"InvocationsMaxRetries": 0})
    call = transforms.sagemaker.list_transform_jobs
    (failed,) = call(StatusEquals="Failed")["TransformJobSummaries"]
    assert failed["TransformJobName"] == "bad-1"
    assert failed["FailureReason"] == "AlgorithmError: See job logs for more information"
    assert failed["TransformJobArn"].endswith(":transform-job/bad-1")
    names = [each["TransformJobName"] for each in call()["TransformJobSummaries"]]
    assert names == ["bad-1", "good-1"]


def test_names_and_quotas_are_those_of_other_jobs(transforms, monkeypatch):
    monkeypatch.setattr("local_aws.services.sagemaker.jobs.quotas.DEFAULT", 1)
    transforms.hosting.model()
    with pytest.raises(ClientError, match="'ml.m5.large for transform job usage' is 1 Instances"):
        transforms.sagemaker.create_transform_job(**transform(count=2))
    transforms.run()
    with pytest.raises(ClientError, match="ResourceInUse"):
        transforms.sagemaker.create_transform_job(**transform())
    with pytest.raises(ClientError, match="ResourceNotFound"):
        transforms.sagemaker.describe_transform_job(TransformJobName="nobody")
    with pytest.raises(ClientError, match="in status Failed"):
        transforms.sagemaker.stop_transform_job(TransformJobName="job")


SERVER = """
import json, sys, time
from pathlib import Path
from local_aws.server import LocalAws
with LocalAws(Path(sys.argv[1])) as aws:
    aws.parts.call("sagemaker", "CreateTransformJob", json.loads(sys.argv[2]))
    group = {"logGroupName": "/aws/sagemaker/TransformJobs"}
    while not aws.engines.logs.describe_log_groups({})["logGroups"] or "waits" not in str(
        aws.engines.logs.filter_log_events(group)
    ):
        time.sleep(0.1)
    print("on", flush=True)
    time.sleep(600)
"""
WAITS = """
    if not data[0].startswith(b"again"):
        import time
        print("waits", flush=True)
        time.sleep(600)
"""


def test_a_job_that_a_killed_server_took_with_it_is_failed_after_the_restart(tmp_path):
    script = ECHO.replace("def predict_fn(data, model):", f"def predict_fn(data, model):{WAITS}")
    with LocalAws(tmp_path) as aws:
        furnish(aws)
        transforms = Transforms(Hosting(aws, partial(make_client, aws)))
        transforms.hosting.model(data=archive(script))
        transforms.put(a="a")
    command = [sys.executable, "-c", SERVER, str(tmp_path), json.dumps(transform())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout.readline() == "on\n"
        server.kill()
    with LocalAws(tmp_path) as aws:
        transforms = Transforms(Hosting(aws, partial(make_client, aws)))
        job = transforms.sagemaker.describe_transform_job(TransformJobName="job")
        assert (job["TransformJobStatus"], job["FailureReason"]) == ("Failed", ENDED)
        assert not list((aws.context.state / "instances").iterdir())
        transforms.put(a="again")
        assert transforms.run(name="again")["TransformJobStatus"] == "Completed"
        assert transforms.outputs().keys() == {"a.txt.out"}


@pytest.mark.slow
def test_the_courses_own_image_answers_a_batch_and_takes_chunks(transforms, config):
    from helpers.container_images import serving_image

    transforms.aws.store.put(BUCKET, "model.tar.gz", archive(OURS, weights="ours"))
    place = {"Image": serving_image(config), "ModelDataUrl": f"s3://{BUCKET}/model.tar.gz"}
    place["Environment"] = {"SAGEMAKER_PROGRAM": "inference.py"}
    transforms.sagemaker.create_model(
        ModelName="model", PrimaryContainer=place, ExecutionRoleArn=ROLE
    )
    transforms.put(a="one", b="three", c="bad")
    job = transforms.run(MaxPayloadInMB=0, MaxConcurrentTransforms=2)
    assert job["FailureReason"] == "ClientError: See job logs for more information"
    answers = {key: json.loads(text) for key, text in transforms.outputs().items()}
    assert {key: each["bytes"] for key, each in answers.items()} == {"a.txt.out": 3, "b.txt.out": 5}
    assert transforms.log("data-log")[-1].endswith("in/c.txt: Can't read this")


def pushed(client, serve):
    """Push an image with a `serve` of its own, and return its URI."""
    ecr = client("ecr")
    uri = ecr.create_repository(repositoryName="ours")["repository"]["repositoryUri"]
    made = manifest(DOCKERFILE, **{"serve": serve, "about.py": ABOUT})
    ecr.put_image(repositoryName="ours", imageManifest=made, imageTag="a")
    return f"{uri}:a"


SAYS = SERVE.replace(
    "        self.reply(500 if os",
    '        if self.path == "/execution-parameters":\n'
    '            said = {"MaxConcurrentTransforms": 2, "BatchStrategy": "SINGLE_RECORD"}\n'
    "            return self.reply(200, json.dumps(said).encode())\n"
    "        self.reply(500 if os",
)


def test_a_containers_own_parameters_hold_and_its_variables_are_the_jobs(transforms, client):
    image = pushed(client, SAYS)
    transforms.aws.store.put(BUCKET, "model.tar.gz", archive())
    place = {"Image": image, "ModelDataUrl": f"s3://{BUCKET}/model.tar.gz"}
    transforms.sagemaker.create_model(
        ModelName="model", PrimaryContainer=place, ExecutionRoleArn=ROLE
    )
    transforms.put(a="x\ny\n")
    source = {"SplitType": "Line", "ContentType": "text/csv"}
    job = transforms.run(
        source=source, output={"AssembleWith": "Line", "Accept": "application/jsonlines"},
        MaxPayloadInMB=1, Environment={"MINE": "1"},
    )  # fmt: skip
    assert job["TransformJobStatus"] == "Completed"
    first, second = map(json.loads, transforms.outputs()["a.txt.out"].splitlines())
    line = "MaxConcurrentTransforms=2, MaxPayloadInMB=1, BatchStrategy=SINGLE_RECORD"
    assert transforms.log("data-log")[0].endswith(line)
    assert second["headers"]["Accept"] == "application/jsonlines"
    variables = first["variables"]
    assert variables["SAGEMAKER_MAX_PAYLOAD_IN_MB"] == variables["MINE"] == "1"
    assert "SAGEMAKER_BATCH_STRATEGY" not in variables


@pytest.fixture
def sdk(transforms, config):
    """Return the SDK's session, with a model that answers in capitals and a file of two rows."""
    from helpers.session import sagemaker_session

    transforms.hosting.model(data=archive(UPPER))
    transforms.put(a="1,a\n2,b\n")
    return sagemaker_session(config)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # the SDK warns of itself
def test_the_sdks_transformer_starts_a_job_and_prints_its_log(transforms, sdk, capfd):
    from sagemaker.core.transformer import Transformer

    made = Transformer(
        model_name="model", instance_count=1, instance_type="ml.m5.large", strategy="SingleRecord",
        assemble_with="Line", accept="text/csv", output_path=f"s3://{BUCKET}/out", max_payload=1,
        max_concurrent_transforms=2, env={"MINE": "1"}, tags=[{"Key": "team", "Value": "a"}],
        base_transform_job_name="sdk", sagemaker_session=sdk,
    )  # fmt: skip
    made.transform(
        f"s3://{BUCKET}/in/", content_type="text/csv", split_type="Line", input_filter="$[1:]",
        output_filter="$[0,-1]", join_source="Input",
        model_client_config={"InvocationsTimeoutInSeconds": 60, "InvocationsMaxRetries": 1},
    )  # fmt: skip
    assert transforms.outputs() == {"a.txt.out": "1,A\n2,B\n"}
    job = made.latest_transform_job
    job.refresh()
    assert job.transform_job_status == "Completed"
    again = Transformer.attach(job.transform_job_name, sagemaker_session=sdk)
    assert (again.model_name, again.strategy, again.max_payload) == ("model", "SingleRecord", 1)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_the_sdks_resource_is_created_listed_and_stopped(transforms, sdk):
    from sagemaker.core.resources import TransformJob
    from sagemaker.core.shapes import (
        TransformDataSource,
        TransformInput,
        TransformOutput,
        TransformResources,
        TransformS3DataSource,
    )

    place = TransformS3DataSource(s3_data_type="S3Prefix", s3_uri=f"s3://{BUCKET}/in/")
    job = TransformJob.create(
        transform_job_name="job", model_name="model",
        transform_input=TransformInput(
            data_source=TransformDataSource(s3_data_source=place), content_type="text/csv"
        ),
        transform_output=TransformOutput(s3_output_path=f"s3://{BUCKET}/out", accept="text/csv"),
        transform_resources=TransformResources(instance_type="ml.m5.large", instance_count=1),
    )  # fmt: skip
    job.wait(poll=1)
    assert job.transform_job_status == "Completed"
    assert transforms.outputs() == {"a.txt.out": "1,A\n2,B\n"}
    assert [each.transform_job_name for each in TransformJob.get_all(name_contains="job")] == [
        "job"
    ]
    with pytest.raises(ClientError, match="in status Completed"):
        job.stop()


@pytest.mark.slow
def test_boto3s_own_waiter_knows_the_end(transforms):
    transforms.hosting.model(data=archive(ECHO))
    transforms.put(a="one")
    transforms.sagemaker.create_transform_job(**transform())
    waiter = transforms.sagemaker.get_waiter("transform_job_completed_or_stopped")
    waiter.wait(TransformJobName="job", WaiterConfig={"Delay": 1})
    assert transforms.outputs()
