"""A serverless endpoint has one variant, and none of the features that AWS excludes."""

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.services.sagemaker.hosting.queues import config
from tests.local_aws.services.sagemaker.hosting.test_async_config import CAPTURE
from tests.local_aws.services.sagemaker.jobs.requests import ROLE
from tests.local_cloud import BUCKET, SERVING

SIZES = {"MemorySizeInMB": 1024, "MaxConcurrency": 2}
VARIANT = {"VariantName": "v", "ModelName": "model", "ServerlessConfig": SIZES}
INSTANCES = {"ModelName": "model", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}


def make(hosting, variants, **more):
    hosting.sagemaker.create_endpoint_config(
        EndpointConfigName="config", ProductionVariants=variants, **more
    )


@pytest.mark.parametrize(
    "variant, words",
    [
        ({"ServerlessConfig": {**SIZES, "MemorySizeInMB": 1500}}, "must be one of 1024, 2048"),
        ({"ServerlessConfig": {**SIZES, "MaxConcurrency": 201}}, "less than or equal to 200"),
        ({"ServerlessConfig": {**SIZES, "ProvisionedConcurrency": 3}}, "more than MaxConcurrency"),
        ({"InstanceType": "ml.m5.large"}, "no InstanceType"),
        ({"InitialInstanceCount": 1}, "no InitialInstanceCount"),
    ],
)
def test_sizes_are_checked_and_instances_refused(hosting, variant, words):
    hosting.model()
    with pytest.raises(ClientError, match=words):
        make(hosting, [{**VARIANT, **variant}])


@pytest.mark.parametrize(
    "more, words",
    [
        ({"DataCaptureConfig": CAPTURE}, "DataCaptureConfig"),
        ({"AsyncInferenceConfig": config()}, "AsyncInferenceConfig"),
        ({"ShadowProductionVariants": [{"VariantName": "s", **INSTANCES}]}, "Shadow"),
    ],
)
def test_what_serverless_endpoints_exclude_is_refused(hosting, more, words):
    hosting.model()
    with pytest.raises(ClientError, match=f"{words}.* can't be used with a ServerlessConfig"):
        make(hosting, [VARIANT], **more)


def test_a_serverless_variant_is_alone(hosting):
    hosting.model()
    with pytest.raises(ClientError, match="Multiple production variants"):
        make(hosting, [VARIANT, {"VariantName": "w", **INSTANCES}])


def test_a_model_in_a_network_is_refused(hosting):
    hosting.model()
    hosting.sagemaker.create_model(
        ModelName="inside", ExecutionRoleArn=ROLE,
        PrimaryContainer={"Image": SERVING, "ModelDataUrl": f"s3://{BUCKET}/model.tar.gz"},
        VpcConfig={"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
    )  # fmt: skip
    with pytest.raises(ClientError, match="inside has a VpcConfig"):
        make(hosting, [{**VARIANT, "ModelName": "inside"}])


def test_a_serverless_variant_is_given_no_instances(hosting):
    hosting.model()
    make(hosting, [VARIANT])
    hosting.sagemaker.create_endpoint(EndpointName="endpoint", EndpointConfigName="config")
    hosting.settled()
    with pytest.raises(ClientError, match="serverless"):
        hosting.sagemaker.update_endpoint_weights_and_capacities(
            EndpointName="endpoint",
            DesiredWeightsAndCapacities=[{"VariantName": "v", "DesiredInstanceCount": 2}],
        )
