"""An image is found by its URI, or refused in the words of AWS."""

import json

import pytest

from helpers.container_images import serving_image, training_image
from local_aws.context import Context
from local_aws.errors import AwsError
from local_aws.images.registry import AWS, find
from tests.local_cloud import REGISTRY, SERVING


@pytest.fixture
def context(tmp_path):
    """Return a local AWS's identity, without the local AWS."""
    return Context(tmp_path, "http://127.0.0.1:1", "key", "secret")


@pytest.mark.parametrize("instance", ["ml.m5.large", "ml.g4dn.xlarge"])
def test_the_images_that_the_course_takes_from_aws_are_there(aws, config, instance):
    training = find(aws.context, training_image(config, instance))
    assert training.complete and training.serve is None and training.python == "3.12"


def test_the_courses_own_image_has_a_serve_of_its_own(aws, config):
    image = find(aws.context, serving_image(config))
    assert image.serve == "/opt/serving/serve" and image.entry_point == ()
    assert {"onnxruntime", "uvicorn", "h11"} <= image.distributions().keys()
    assert image.differences == []


def test_awss_last_image_that_serves_does_so_by_its_toolkit(context):
    assert find(context, SERVING).serve == "sagemaker-inference"


@pytest.mark.parametrize("folder", sorted(path.name for path in AWS.iterdir() if path.is_dir()))
def test_an_image_of_aws_says_where_its_list_is_from(folder):
    about = json.loads((AWS / folder / "image.json").read_text())
    listed = (AWS / folder / "packages.txt").read_text()
    assert about["source"] in listed and about["read"] in listed


@pytest.mark.parametrize(
    "uri, why",
    [
        ("library/image", "valid Amazon Elastic Container Registry path .* to run: library/image"),
        ("", "valid Amazon Elastic Container Registry path"),
        ("docker.io/library/python:3.11", "valid Amazon Elastic Container Registry path"),
        ("{own}/nothing:1", "Cannot find repository: nothing in registry ID: 000000000000"),
        (f"{REGISTRY}/pytorch-training:2.3.0-gpu-py311", "not found.*pytorch-2.13-cpu"),
        (f"{REGISTRY}/pytorch:2.13-cpu", "Requested image .*/pytorch:2.13-cpu not found"),
        (
            "683313688378.dkr.ecr.us-east-1.amazonaws.com/pytorch:2.13-cpu-amzn2023-sagemaker",
            "Access denied for repository: pytorch in registry ID: 683313688378",
        ),
        (
            REGISTRY.replace("us-east-1", "af-south-1") + "/pytorch:2.13-cpu-amzn2023-sagemaker",
            "Access denied",
        ),
    ],
)
def test_an_image_that_can_not_be_pulled_is_refused(context, uri, why):
    own = f"{context.account}.dkr.ecr.{context.region}.amazonaws.com"
    with pytest.raises(AwsError, match=f"ValidationException.*{why}"):
        find(context, uri.format(own=own))


@pytest.mark.parametrize("name", ["image", "my-image:1", "python:3.11-slim"])
def test_a_name_without_a_registry_is_all_that_the_server_has(context, name):
    image = find(context, name)
    assert image.complete and {"numpy", "moto", "torch"} <= image.distributions().keys()
    assert image.differences == []
