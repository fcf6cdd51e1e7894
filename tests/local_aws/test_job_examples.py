"""The registry in the shape of AWS's public examples of the SDK, with a model of our own.

https://github.com/aws/sagemaker-python-sdk/tree/master/v3-examples/ml-ops-examples
docs/local-aws.md lists the examples by name, each with its result.
"""

import pytest

from helpers.session import client, role_arn, sagemaker_session
from tests.local_aws.services.sagemaker.hosting.models import archive
from tests.local_cloud import BUCKET, SERVING

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # the SDK warns of itself
TEXTS = {"content_types": ["text/plain"], "response_types": ["application/json"]}


@pytest.fixture
def builder(aws, config):
    """Return a function that makes a ModelBuilder of an archive in S3."""
    from sagemaker.serve import ModelBuilder

    from helpers.roles import make_role

    make_role(config)
    aws.store.put(BUCKET, "model.tar.gz", archive())

    def make(uri=f"s3://{BUCKET}/model.tar.gz", image=SERVING):
        return ModelBuilder(
            s3_model_data_url=uri, image_uri=image, role_arn=role_arn(config),
            sagemaker_session=sagemaker_session(config),
        )  # fmt: skip

    return make


def test_a_model_is_registered_and_made_again_from_the_registry(config, builder):
    from sagemaker.core.resources import Model, ModelPackage

    first = builder()
    first.build(model_name="my-model")
    first.register(
        model_package_group_name="group", inference_instances=["ml.m5.large"],
        approval_status="Approved", **TEXTS,
    )  # fmt: skip
    model = Model.get(model_name="my-model")
    container = model.primary_container
    again = builder(container.model_data_url, container.image)
    arn = again.register(model_package_group_name="from-model", **TEXTS)
    client(config, "sagemaker").update_model_package(
        ModelPackageArn=arn, ModelApprovalStatus="Approved"
    )
    package = ModelPackage.get(model_package_name=arn)
    container = package.inference_specification.containers[0]
    builder(container.model_data_url, container.image).build(model_name="from-registry")
    shown = client(config, "sagemaker").describe_model(ModelName="from-registry")
    assert shown["PrimaryContainer"]["ModelDataUrl"] == f"s3://{BUCKET}/model.tar.gz"
