"""What a job refuses to deploy; tests/scripts/test_deploy.py deploys for real."""

from unittest.mock import Mock

import pytest

from helpers.live_update import APPROVED, REJECTED, WAITS, Guard, NotDeployed, approve, serve

GROUP = "arn:aws:sagemaker:us-east-1:000000000000:model-package/birds"


def sagemaker(status: str = WAITS, live: str = f"{GROUP}/3") -> Mock:
    client = Mock()
    client.describe_model_package.return_value = {
        "ModelApprovalStatus": status, "ModelPackageVersion": 2
    }  # fmt: skip
    client.describe_endpoint.return_value = {
        "EndpointStatus": "InService", "EndpointConfigName": "c",
        "ProductionVariants": [{"VariantName": "V", "CurrentInstanceCount": 1}],
    }  # fmt: skip
    variant = {"VariantName": "V", "ModelName": "live", "InstanceType": "ml.m5.large"}
    client.describe_endpoint_config.return_value = {"ProductionVariants": [variant]}
    client.describe_model.return_value = {"PrimaryContainer": {"ModelPackageName": live}}
    return client


def test_a_version_that_waits_is_approved_by_policy_alone():
    client = sagemaker()
    with pytest.raises(NotDeployed, match="a person has to approve it first"):
        approve(client, f"{GROUP}/2", "why", by_policy=False)
    client.update_model_package.assert_not_called()
    assert approve(client, f"{GROUP}/2", "why", by_policy=True) == 2
    assert client.update_model_package.call_args.kwargs["ModelApprovalStatus"] == APPROVED


@pytest.mark.parametrize("by_policy", [True, False])
def test_a_rejected_version_is_not_approved_again(by_policy):
    with pytest.raises(NotDeployed, match="is Rejected"):
        approve(sagemaker(REJECTED), f"{GROUP}/2", "why", by_policy=by_policy)


def test_a_late_execution_does_not_replace_a_newer_version():
    client = sagemaker()
    with pytest.raises(NotDeployed, match="Version 3 is live, which is newer than 2"):
        serve(lambda service: client, "birds", f"{GROUP}/2", "birds-version-2", "role", Guard())
    client.create_endpoint_config.assert_not_called()
    client.update_endpoint.assert_not_called()


def test_a_version_that_is_live_already_is_left_as_it_is():
    client = sagemaker()
    serve(lambda service: client, "birds", f"{GROUP}/3", "live", "role", Guard())
    client.update_endpoint.assert_not_called()


def test_an_endpoint_with_several_variants_is_left_as_it_is():
    client = sagemaker()
    variants = [{"VariantName": name, "ModelName": "live"} for name in ("A", "B")]
    client.describe_endpoint_config.return_value = {"ProductionVariants": variants}
    with pytest.raises(NotDeployed, match="has the variants A, B"):
        serve(lambda service: client, "birds", f"{GROUP}/4", "birds-version-4", "role", Guard())
    client.update_endpoint.assert_not_called()
