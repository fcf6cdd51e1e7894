"""Models are kept, listed and refused as SageMaker does."""

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.services.sagemaker.jobs.requests import ROLE
from tests.local_cloud import BUCKET, SERVING


def test_a_model_is_listed_and_kept_as_it_was_made(aws, hosting):
    hosting.model("model", COLOUR="blue")
    (model,) = hosting.sagemaker.list_models()["Models"]
    assert model["ModelArn"].endswith(":model/model")
    assert aws.engines.models.container("model")["Environment"] == {"COLOUR": "blue"}


def test_a_model_is_described_as_it_was_made(hosting):
    hosting.model("model", COLOUR="blue")
    described = hosting.sagemaker.describe_model(ModelName="model")
    assert described["PrimaryContainer"]["Environment"] == {"COLOUR": "blue"}
    assert described["ExecutionRoleArn"] == ROLE and described["EnableNetworkIsolation"] is False


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


def test_an_unknown_model_could_not_be_found(hosting):
    with pytest.raises(ClientError, match="Could not find model"):
        hosting.sagemaker.delete_model(ModelName="nobody")
