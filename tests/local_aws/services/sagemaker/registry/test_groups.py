"""Groups of versions are made once, listed, and deleted when they are empty."""

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.services.sagemaker.registry.conftest import GROUP


def test_a_group_is_described_by_name_and_by_arn(registry):
    made = registry.sagemaker.describe_model_package_group(ModelPackageGroupName=GROUP)
    assert made["ModelPackageGroupStatus"] == "Completed"
    arn = made["ModelPackageGroupArn"]
    again = registry.sagemaker.describe_model_package_group(ModelPackageGroupName=arn)
    assert again["ModelPackageGroupName"] == GROUP


def test_a_name_is_given_once_and_free_after_deleting(registry):
    with pytest.raises(ClientError, match="already exists"):
        registry.sagemaker.create_model_package_group(ModelPackageGroupName=GROUP)
    registry.sagemaker.delete_model_package_group(ModelPackageGroupName=GROUP)
    registry.sagemaker.create_model_package_group(ModelPackageGroupName=GROUP)


def test_a_group_with_versions_can_not_be_deleted(registry):
    arn = registry.add()
    with pytest.raises(ClientError, match="ConflictException.*1 model package"):
        registry.sagemaker.delete_model_package_group(ModelPackageGroupName=GROUP)
    registry.sagemaker.delete_model_package(ModelPackageName=arn)
    registry.sagemaker.delete_model_package_group(ModelPackageGroupName=GROUP)
    assert not registry.sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"]


def test_groups_are_listed_by_part_of_their_name(registry):
    for name in ("bins-1", "bins-2"):
        registry.sagemaker.create_model_package_group(ModelPackageGroupName=name)
    answer = registry.sagemaker.list_model_package_groups(NameContains="bins")
    names = [each["ModelPackageGroupName"] for each in answer["ModelPackageGroupSummaryList"]]
    assert names == ["bins-1", "bins-2"]


def test_an_unknown_group_does_not_exist(registry):
    for call in ("describe_model_package_group", "delete_model_package_group"):
        with pytest.raises(ClientError, match="model-package-group/nobody does not exist"):
            getattr(registry.sagemaker, call)(ModelPackageGroupName="nobody")


def test_what_is_not_supported_is_refused_by_name(registry):
    with pytest.raises(ClientError, match="NotImplementedException.* with ManagedConfiguration"):
        registry.sagemaker.create_model_package_group(
            ModelPackageGroupName="other", ManagedConfiguration={"ManagedStorageType": "Restricted"}
        )
