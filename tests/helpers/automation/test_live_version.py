"""The function names the version that the endpoint serves, or says why it can't."""

import pytest

from helpers.automation import live_version


class Sagemaker:
    """The four answers that the function asks for."""

    def __init__(self, container, properties):
        self.container, self.properties = container, properties

    def describe_endpoint(self, EndpointName):
        assert EndpointName == "live"
        return {"EndpointConfigName": "configuration"}

    def describe_endpoint_config(self, EndpointConfigName):
        assert EndpointConfigName == "configuration"
        return {"ProductionVariants": [{"ModelName": "model"}]}

    def describe_model(self, ModelName):
        assert ModelName == "model"
        return {"PrimaryContainer": self.container}

    def describe_model_package(self, ModelPackageName):
        assert ModelPackageName == "arn"
        containers = [{"ModelDataUrl": "s3://bucket/model.tar.gz"}]
        return {
            "ModelPackageVersion": 3,
            "InferenceSpecification": {"Containers": containers},
            "CustomerMetadataProperties": self.properties,
        }


@pytest.fixture
def live(monkeypatch):
    """Return a function that asks for the live version, given the model and its properties."""

    def live(container, **properties):
        sagemaker = Sagemaker(container, properties)
        monkeypatch.setattr(live_version.boto3, "client", lambda service: sagemaker)
        return live_version.handle({"endpoint": "live", "shards": "s3://bucket/shards"}, None)

    return live


def test_a_version_of_the_pipeline_names_the_shards_of_its_execution(live):
    model = {"version": "3", "model": "s3://bucket/model.tar.gz"}
    assert live({"ModelPackageName": "arn"}) == {**model, "shards": "s3://bucket/shards"}
    answer = live({"ModelPackageName": "arn"}, shards="s3://bucket/pipeline/1/shards")
    assert answer == {**model, "shards": "s3://bucket/pipeline/1/shards"}


def test_a_model_outside_the_registry_is_refused(live):
    with pytest.raises(LookupError, match="no version of the registry: run notebooks/08"):
        live({"Image": "image"})
