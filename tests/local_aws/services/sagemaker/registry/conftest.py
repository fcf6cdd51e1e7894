"""A client of the registry, and requests for packages of a small archive."""

import pytest

from tests.local_cloud import BUCKET, SERVING

URI = f"s3://{BUCKET}/model.tar.gz"
GROUP = "birds"


class Registry:
    """Shortcuts to the registry of a local AWS."""

    def __init__(self, aws, client):
        self.aws, self.sagemaker = aws, client("sagemaker")
        aws.store.put(BUCKET, "model.tar.gz", b"weights")
        self.sagemaker.create_model_package_group(ModelPackageGroupName=GROUP)

    def add(self, uri=URI, **more):
        """Make one more version and return its ARN."""
        container = {"Image": SERVING, "ModelDataUrl": uri, "Environment": {"COLOUR": "blue"}}
        specification = {"Containers": [container], "SupportedContentTypes": ["text/plain"]}
        specification["SupportedResponseMIMETypes"] = ["application/json"]
        request = {"ModelPackageGroupName": GROUP, "InferenceSpecification": specification, **more}
        fields = {key: value for key, value in request.items() if value is not None}
        return self.sagemaker.create_model_package(**fields)["ModelPackageArn"]

    def describe(self, name, **more):
        """Return a package's description."""
        return self.sagemaker.describe_model_package(ModelPackageName=name, **more)

    def versions(self, **more):
        """Return the numbers of the group's versions as they are listed."""
        request = {"ModelPackageGroupName": GROUP, **more}
        summaries = self.sagemaker.list_model_packages(**request)["ModelPackageSummaryList"]
        return [each["ModelPackageVersion"] for each in summaries]


@pytest.fixture
def registry(aws, client):
    """Return a helper that makes versions of one model."""
    return Registry(aws, client)
