"""The SageMaker SDK, unmodified, deploys and asks asynchronous and serverless endpoints."""

import json

import pytest

from helpers.roles import make_role
from helpers.session import role_arn, sagemaker_session
from tests.local_aws.services.sagemaker.hosting.models import archive
from tests.local_aws.services.sagemaker.jobs.requests import until
from tests.local_cloud import BUCKET, SERVING

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # the SDK warns of itself
OUT, FAILURES = f"s3://{BUCKET}/answers", f"s3://{BUCKET}/failures"


@pytest.fixture
def deploy(aws, config):
    """Return a function that deploys a tiny model by ModelBuilder."""
    from sagemaker.serve import ModelBuilder

    make_role(config)
    aws.store.put(BUCKET, "model.tar.gz", archive())

    def deploy(inference_config, **more):
        builder = ModelBuilder(
            image_uri=SERVING, model_path=f"s3://{BUCKET}/model.tar.gz",
            role_arn=role_arn(config), sagemaker_session=sagemaker_session(config), **more,
        )  # fmt: skip
        builder.build(model_name="model")
        return builder.deploy(endpoint_name="endpoint", inference_config=inference_config)

    return deploy


def test_an_asynchronous_endpoint_is_deployed_and_asked_by_its_resource(aws, deploy):
    from sagemaker.core.inference_config import AsyncInferenceConfig

    asynchronous = AsyncInferenceConfig(output_path=OUT, failure_path=FAILURES)
    endpoint = deploy(asynchronous, instance_type="ml.m5.large")
    assert endpoint.async_inference_config.output_config.s3_output_path == OUT
    aws.store.put(BUCKET, "clip", b"hello")
    told = endpoint.invoke_async(input_location=f"s3://{BUCKET}/clip", content_type="text/plain")
    assert told.output_location.startswith(f"{OUT}/")
    assert told.failure_location.startswith(f"{FAILURES}/")
    key = told.output_location.removeprefix(f"s3://{BUCKET}/")
    assert until(lambda: key in [info.key for info in aws.store.list(BUCKET)])
    assert json.loads(aws.store.read(BUCKET, key))["bytes"] == 5


def test_a_serverless_endpoint_is_deployed_and_asked(deploy):
    from sagemaker.core.inference_config import ServerlessInferenceConfig

    endpoint = deploy(ServerlessInferenceConfig(memory_size_in_mb=1024, max_concurrency=1))
    answer = endpoint.invoke(body=b"hello", content_type="text/plain")
    body = answer.body if isinstance(answer.body, dict) else json.loads(answer.body.read())
    assert body["bytes"] == 5
