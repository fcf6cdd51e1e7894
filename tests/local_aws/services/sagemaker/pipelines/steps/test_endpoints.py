"""Endpoint steps make an endpoint, and update it in the next execution."""

from tests.local_aws.services.sagemaker.hosting.models import archive
from tests.local_aws.services.sagemaker.pipelines.definitions import get, step
from tests.local_cloud import BUCKET, SERVING

ROLE = "arn:aws:iam::000000000000:role/course"


def test_an_endpoint_is_made_and_then_updated(aws, pipelines, sagemaker):
    aws.store.put(BUCKET, "model.tar.gz", archive())
    container = {"Image": SERVING, "ModelDataUrl": f"s3://{BUCKET}/model.tar.gz"}
    variant = {"VariantName": "all", "ModelName": get("Steps.model.ModelName"),
               "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}  # fmt: skip
    chain = (
        step("model", "Model", {"PrimaryContainer": container, "ExecutionRoleArn": ROLE}),
        step("config", "EndpointConfig", {"ProductionVariants": [variant]}),
        step("endpoint", "Endpoint", {
            "EndpointName": "birds",
            "EndpointConfigName": get("Steps.config.EndpointConfigName"),
        }),
    )  # fmt: skip
    arn, shown = pipelines.run(*chain)
    assert shown["PipelineExecutionStatus"] == "Succeeded", pipelines.steps(arn)
    first = sagemaker.describe_endpoint(EndpointName="birds")
    assert first["EndpointStatus"] == "InService"
    steps = pipelines.steps(arn)
    assert steps["endpoint"]["Metadata"] == {"Endpoint": {"Arn": first["EndpointArn"]}}
    again = pipelines.wait(pipelines.start())
    assert again["PipelineExecutionStatus"] == "Succeeded"
    second = sagemaker.describe_endpoint(EndpointName="birds")
    assert second["EndpointConfigName"] != first["EndpointConfigName"]
    sagemaker.delete_endpoint(EndpointName="birds")
