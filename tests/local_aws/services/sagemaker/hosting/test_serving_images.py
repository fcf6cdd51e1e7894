"""A model is served with the packages of its image, and those that its archive asks for."""

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.services.sagemaker.hosting.models import SCRIPT, archive
from tests.local_aws.services.sagemaker.jobs.requests import ROLE
from tests.local_cloud import BUCKET, IMAGE

NEEDS = "import soundfile\n" + SCRIPT


def test_what_the_image_lacks_and_no_requirement_names_is_missing(hosting):
    about = hosting.create(archive(NEEDS))
    assert about["EndpointStatus"] == "Failed"
    assert "No module named 'soundfile'" in about["FailureReason"]


def test_what_the_archive_asks_for_is_installed(hosting):
    files = {"code/requirements.txt": "soundfile"}
    about = hosting.create(archive(NEEDS, **files))
    assert about["EndpointStatus"] == "InService", about["FailureReason"]
    assert hosting.ask()["bytes"] == 5
    assert "Not downloaded but linked" in hosting.log()


def container(hosting, image):
    """Return a model's container in an image."""
    hosting.aws.store.put(BUCKET, "model.tar.gz", archive())
    return {"Image": image, "ModelDataUrl": f"s3://{BUCKET}/model.tar.gz"}


def test_an_image_that_can_not_be_pulled_is_refused(hosting):
    place = container(hosting, IMAGE.replace("2.13", "0.1"))
    with pytest.raises(ClientError, match="Requested image .*0.1.* not found"):
        hosting.sagemaker.create_model(
            ModelName="model", PrimaryContainer=place, ExecutionRoleArn=ROLE
        )


def test_an_image_without_serve_hosts_no_model(hosting):
    place = container(hosting, IMAGE)
    hosting.sagemaker.create_model(ModelName="model", PrimaryContainer=place, ExecutionRoleArn=ROLE)
    hosting.config("config", model=1)
    hosting.sagemaker.create_endpoint(EndpointName="endpoint", EndpointConfigName="config")
    about = hosting.settled()
    assert about["EndpointStatus"] == "Failed" and "has no `serve`" in about["FailureReason"]
