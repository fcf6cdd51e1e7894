"""kill -9 of a server within a step: the execution goes on or ends, and a retry completes it."""

import json

import pytest

from local_aws import lifecycle
from tests.local_aws.services.events.targets import until
from tests.local_aws.services.sagemaker.hosting.models import SCRIPT, archive
from tests.local_aws.services.sagemaker.jobs.requests import ROLE
from tests.local_aws.services.sagemaker.pipelines.definitions import (
    Client,
    allow,
    get,
    process,
    step,
    train,
)
from tests.local_aws.test_events_killed import Cloud
from tests.local_cloud import BUCKET, JOB_ROLE, SERVING

pytestmark = pytest.mark.slow
SLEEP = "import time; time.sleep(3)\n"
TOKEN = "t" * 32
STEPS = ("process", "train", "model", "config", "endpoint")
VARIANT = {
    "VariantName": "all",
    "ModelName": get("Steps.model.ModelName"),
    "InstanceType": "ml.m5.large",
    "InitialInstanceCount": 1,
}
CONTAINER = {"Image": SERVING, "ModelDataUrl": f"s3://{BUCKET}/model.tar.gz"}
CHAIN = (
    process("process"),
    train("train", SLEEP, DependsOn=["process"]),
    step(
        "model",
        "Model",
        {"PrimaryContainer": CONTAINER, "ExecutionRoleArn": ROLE},
        DependsOn=["train"],
    ),
    step("config", "EndpointConfig", {"ProductionVariants": [VARIANT]}),
    step(
        "endpoint",
        "Endpoint",
        {"EndpointName": "birds", "EndpointConfigName": get("Steps.config.EndpointConfigName")},
    ),
)


@pytest.fixture
def cloud(tmp_path):
    cloud = Cloud(tmp_path)
    s3, iam = cloud.client("s3"), cloud.client("iam")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="code/run.py", Body=SLEEP)
    slow = SCRIPT.replace("    return open(", f"    {SLEEP}    return open(")
    s3.put_object(Bucket=BUCKET, Key="model.tar.gz", Body=archive(slow))
    iam.create_role(**JOB_ROLE)
    allow(iam)
    yield cloud
    lifecycle.stop(cloud.settings.state)


@pytest.mark.parametrize("killed", ["process", "train", "endpoint"])
def test_a_kill_within_a_step_leaves_an_execution_that_ends_and_no_half_made_endpoint(
    cloud, killed
):
    sagemaker = cloud.client("sagemaker")
    pipelines = Client(sagemaker)
    pipelines.make(*CHAIN)
    arn = pipelines.start()
    until(lambda: pipelines.statuses(arn).get(killed) == "Executing", f"{killed} does not begin")
    cloud.kill()
    shown = pipelines.wait(arn, 120)
    if shown["PipelineExecutionStatus"] == "Failed":
        assert "the local AWS was stopped" in pipelines.steps(arn)[killed]["FailureReason"]
        assert not sagemaker.list_endpoints()["Endpoints"]
        sagemaker.retry_pipeline_execution(PipelineExecutionArn=arn, ClientRequestToken=TOKEN)
        shown = pipelines.wait(arn, 120)
    assert shown["PipelineExecutionStatus"] == "Succeeded", pipelines.steps(arn)
    assert pipelines.statuses(arn) == dict.fromkeys(STEPS, "Succeeded")
    (endpoint,) = sagemaker.list_endpoints()["Endpoints"]
    assert (endpoint["EndpointName"], endpoint["EndpointStatus"]) == ("birds", "InService")
    assert len(sagemaker.list_endpoint_configs()["EndpointConfigs"]) == 1
    assert len(sagemaker.list_models()["Models"]) == 1
    answer = cloud.client("sagemaker-runtime").invoke_endpoint(
        EndpointName="birds", Body=b"hello", ContentType="text/plain"
    )
    assert json.loads(answer["Body"].read())["bytes"] == 5
