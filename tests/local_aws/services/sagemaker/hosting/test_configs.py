"""Endpoint configurations name models that are there, and nothing that is not supported."""

import pytest
from botocore.exceptions import ClientError

VARIANT = {"VariantName": "v", "ModelName": "model", "InstanceType": "ml.m5.large"}
VARIANT["InitialInstanceCount"] = 1


def create(hosting, *variants, **more):
    hosting.sagemaker.create_endpoint_config(
        EndpointConfigName="config", ProductionVariants=list(variants), **more
    )


def test_a_configuration_is_described_as_it_was_made(hosting):
    hosting.model()
    create(hosting, VARIANT)
    about = hosting.sagemaker.describe_endpoint_config(EndpointConfigName="config")
    assert about["ProductionVariants"] == [VARIANT]


@pytest.mark.parametrize(
    "variants, more, words",
    [
        ([{**VARIANT, "ModelName": "nobody"}], {}, "Could not find model"),
        ([VARIANT, VARIANT], {}, "must be unique"),
        ([{**VARIANT, "RoutingConfig": {"RoutingStrategy": "RANDOM"}}], {},
         "NotImplementedException.* with ProductionVariants.RoutingConfig"),
        ([VARIANT], {"ShadowProductionVariants": [VARIANT]}, "must be unique"),
        ([VARIANT, {**VARIANT, "VariantName": "w"}],
         {"ShadowProductionVariants": [{**VARIANT, "VariantName": "s"}]},
         "exactly one production and one shadow variant"),
        ([VARIANT], {"DataCaptureConfig": {
            "InitialSamplingPercentage": 1, "DestinationS3Uri": "https://b/k",
            "CaptureOptions": [{"CaptureMode": "Input"}]}}, "must begin with s3://"),
        ([VARIANT], {"MetricsConfig": {"EnableEnhancedMetrics": True}},
         "NotImplementedException.* with MetricsConfig"),
    ],
)  # fmt: skip
def test_what_can_not_be_served_is_refused(hosting, variants, more, words):
    hosting.model()
    with pytest.raises(ClientError, match=words):
        create(hosting, *variants, **more)
    assert hosting.sagemaker.list_endpoint_configs()["EndpointConfigs"] == []


def test_a_name_is_given_once_and_free_after_deleting(hosting):
    hosting.model()
    create(hosting, VARIANT)
    with pytest.raises(ClientError, match="already existing endpoint configuration"):
        create(hosting, VARIANT)
    hosting.sagemaker.delete_endpoint_config(EndpointConfigName="config")
    create(hosting, VARIANT)


@pytest.mark.parametrize("call", ["describe_endpoint_config", "delete_endpoint_config"])
def test_an_unknown_configuration_could_not_be_found(hosting, call):
    with pytest.raises(ClientError, match="Could not find endpoint configuration"):
        getattr(hosting.sagemaker, call)(EndpointConfigName="nobody")


def test_an_endpoint_of_an_unknown_configuration_is_refused(hosting):
    with pytest.raises(ClientError, match="Could not find endpoint configuration"):
        hosting.sagemaker.create_endpoint(EndpointName="endpoint", EndpointConfigName="nobody")
    assert hosting.sagemaker.list_endpoints()["Endpoints"] == []
