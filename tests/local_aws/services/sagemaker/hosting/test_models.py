"""Models are kept, listed and refused as SageMaker does."""

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.services.sagemaker.jobs.requests import ROLE
from tests.local_cloud import BUCKET, SERVING


def test_a_model_is_described_as_it_was_made(hosting):
    hosting.model("model", COLOUR="blue")
    about = hosting.sagemaker.describe_model(ModelName="model")
    assert about["PrimaryContainer"]["Environment"] == {"COLOUR": "blue"}
    assert about["ModelArn"].endswith(":model/model")


def test_a_model_whose_archive_is_missing_is_refused(hosting):
    with pytest.raises(ClientError, match=f"s3://{BUCKET}/none.tar.gz: there is no such object"):
        hosting.sagemaker.create_model(
            ModelName="model",
            PrimaryContainer={"Image": SERVING, "ModelDataUrl": f"s3://{BUCKET}/none.tar.gz"},
            ExecutionRoleArn=ROLE,
        )
    assert hosting.sagemaker.list_models()["Models"] == []


@pytest.mark.parametrize(
    "container, words",
    [
        ({"Image": SERVING}, "one container with a ModelDataUrl"),
        ({"ModelPackageName": "package"}, "model-package/package does not exist"),
    ],
)
def test_a_container_that_can_not_be_served_is_refused(hosting, container, words):
    with pytest.raises(ClientError, match=words):
        hosting.sagemaker.create_model(
            ModelName="model", PrimaryContainer=container, ExecutionRoleArn=ROLE
        )


def test_a_name_is_given_once_and_free_after_deleting(hosting):
    hosting.model("model")
    with pytest.raises(ClientError, match="already existing model"):
        hosting.model("model")
    hosting.sagemaker.delete_model(ModelName="model")
    hosting.model("model")


@pytest.mark.parametrize("call", ["describe_model", "delete_model"])
def test_an_unknown_model_could_not_be_found(hosting, call):
    with pytest.raises(ClientError, match="Could not find model"):
        getattr(hosting.sagemaker, call)(ModelName="nobody")


def test_tags_go_with_the_model(hosting):
    hosting.model("model")
    arn = hosting.sagemaker.describe_model(ModelName="model")["ModelArn"]
    hosting.sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "a", "Value": "1"}])
    hosting.sagemaker.delete_model(ModelName="model")
    assert hosting.sagemaker.list_tags(ResourceArn=arn)["Tags"] == []
