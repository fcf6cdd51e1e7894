"""An AsyncInferenceConfig is refused where it can't be served, and names the places of answers."""

import pytest
from botocore.exceptions import ClientError

from local_aws.errors import AwsError
from local_aws.services.sagemaker.hosting.async_config import bucket_and_key, locations
from tests.local_aws.services.sagemaker.hosting.queues import config

CAPTURE = {
    "InitialSamplingPercentage": 100,
    "DestinationS3Uri": "s3://b/captured",
    "CaptureOptions": [{"CaptureMode": "Input"}],
}


@pytest.mark.parametrize(
    "output, more, words",
    [
        ({}, {}, "S3OutputPath"),
        ({"S3OutputPath": "s3://"}, {}, "constraint|address"),
        ({"S3OutputPath": "s3://b/out"}, {"DataCaptureConfig": CAPTURE}, "DataCaptureConfig"),
    ],
)
def test_what_can_not_be_served_is_refused(hosting, output, more, words):
    hosting.model()
    with pytest.raises(ClientError, match=words):
        hosting.variant("config", "model", AsyncInferenceConfig={"OutputConfig": output}, **more)


def test_an_endpoint_with_a_shadow_answers_at_once(hosting):
    hosting.model()
    variant = {"ModelName": "model", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    with pytest.raises(ClientError, match="ShadowProductionVariants is not supported"):
        hosting.sagemaker.create_endpoint_config(
            EndpointConfigName="config", AsyncInferenceConfig=config(),
            ProductionVariants=[{"VariantName": "a", **variant}],
            ShadowProductionVariants=[{"VariantName": "b", **variant}],
        )  # fmt: skip


@pytest.mark.parametrize(
    "uri",
    [
        "s3://b/in/clip.ogg",
        "https://b.s3.us-east-1.amazonaws.com/in/clip.ogg",
        "https://b.s3.amazonaws.com/in/clip.ogg",
        "https://s3.us-east-1.amazonaws.com/b/in/clip.ogg",
        "http://127.0.0.1:4566/b/in/clip.ogg",
    ],
)
def test_an_object_is_named_by_its_uri_or_its_address(uri):
    assert bucket_and_key(uri) == ("b", "in/clip.ogg")


@pytest.mark.parametrize("uri", ["s3://b", "s3://b/", "https://b.s3.amazonaws.com/", "file:///etc"])
def test_what_names_no_object_is_refused(uri):
    with pytest.raises(AwsError, match="not the address of an object"):
        bucket_and_key(uri)


def test_places_are_made_of_path_extension_and_name():
    output = {"S3OutputPath": "s3://b/out/", "S3FailurePath": "s3://b/failed"}
    assert locations(output, {}, "id") == ("s3://b/out/id.out", "s3://b/failed/id-error.out")
    stated = {"S3OutputPathExtension": "/day/", "Filename": "wren.json"}
    places = ("s3://b/out/day/wren.json", "s3://b/failed/day/wren-error.json")
    assert locations(output, stated, "id") == places
    assert locations({"S3OutputPath": "s3://b"}, {}, "id") == ("s3://b/id.out", None)
