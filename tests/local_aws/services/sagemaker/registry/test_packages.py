"""Versions are numbered, described as they were made, approved, listed, deployed and deleted."""

import json
import threading

import pytest
from botocore.exceptions import ClientError

from local_aws.server import LocalAws
from tests.local_aws.services.sagemaker.jobs.requests import ROLE
from tests.local_aws.services.sagemaker.registry.conftest import GROUP, URI, Registry
from tests.local_cloud import BUCKET, SERVING, make_client

METRICS = {"ModelQuality": {"Statistics": {"ContentType": "application/json", "S3Uri": URI}}}
CARD = {"ModelCardStatus": "Draft"}


def card(**sections):
    return {**CARD, "ModelCardContent": json.dumps(sections)}


def test_a_version_is_described_as_it_was_made(registry):
    properties = {"accuracy": "0.9"}
    arn = registry.add(
        ModelMetrics=METRICS, CustomerMetadataProperties=properties, ModelCard=card()
    )
    made = registry.describe(arn)
    assert (made["ModelPackageGroupName"], made["ModelPackageVersion"]) == (GROUP, 1)
    assert made["ModelApprovalStatus"] == "PendingManualApproval"
    assert "ModelPackageName" not in made
    assert made["ModelPackageStatus"] == "Completed"
    assert made["ModelMetrics"] == METRICS and made["ModelCard"] == card()
    assert made["CustomerMetadataProperties"] == properties
    assert made["InferenceSpecification"]["Containers"][0]["ModelDataUrl"] == URI


def test_the_sdks_own_class_finds_and_reads_versions(registry, config):
    from sagemaker.core.resources import ModelPackage

    arns = [registry.add() for _ in range(2)]
    packages = list(ModelPackage.get_all(model_package_group_name=GROUP))
    assert [each.model_package_arn for each in packages] == arns
    packages[0].update(model_approval_status="Approved", approval_description="good")
    assert packages[0].refresh().model_approval_status == "Approved"


def test_numbers_rise_and_are_never_given_again(registry):
    first, second = registry.add(), registry.add()
    registry.sagemaker.delete_model_package(ModelPackageName=second)
    assert registry.add().endswith(f"model-package/{GROUP}/3")
    assert registry.versions() == [1, 3] and first.endswith("/1")


def test_versions_made_at_once_have_each_their_own_number(registry):
    threads = [threading.Thread(target=registry.add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert registry.versions() == list(range(1, 9))


def test_a_request_that_is_sent_again_makes_no_second_version(registry):
    assert registry.add(ClientToken="once") == registry.add(ClientToken="once")
    assert registry.versions() == [1]


def test_an_approval_keeps_its_reason_and_what_it_does_not_name(registry):
    arn = registry.add(CustomerMetadataProperties={"a": "1", "b": "2"})
    registry.sagemaker.update_model_package(
        ModelPackageArn=arn, ModelApprovalStatus="Approved", ApprovalDescription="better",
        CustomerMetadataProperties={"c": "3"}, CustomerMetadataPropertiesToRemove=["a"],
    )  # fmt: skip
    registry.sagemaker.update_model_package(ModelPackageArn=arn, SourceUri="s3://b/k")
    made = registry.describe(arn)
    assert (made["ModelApprovalStatus"], made["ApprovalDescription"]) == ("Approved", "better")
    assert made["CustomerMetadataProperties"] == {"b": "2", "c": "3"}
    assert made["LastModifiedTime"] >= made["CreationTime"]


def test_the_last_approved_version_is_found(registry):
    arns = [registry.add() for _ in range(3)]
    for arn in arns[:2]:
        registry.sagemaker.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")
    approved = {"ModelApprovalStatus": "Approved", "SortBy": "CreationTime"}
    assert registry.versions(**approved, SortOrder="Descending", MaxResults=1) == [2]


def test_pages_hold_every_version_once(registry):
    for _ in range(5):
        registry.add()
    pages = registry.sagemaker.get_paginator("list_model_packages").paginate(
        ModelPackageGroupName=GROUP, PaginationConfig={"PageSize": 2}
    )
    versions = [each["ModelPackageVersion"] for p in pages for each in p["ModelPackageSummaryList"]]
    assert versions == [1, 2, 3, 4, 5]


def test_a_package_without_a_group_is_no_version(registry):
    arn = registry.add(ModelPackageGroupName=None, ModelPackageName="alone")
    assert arn.endswith("model-package/alone")
    listed = registry.sagemaker.list_model_packages()["ModelPackageSummaryList"]
    assert [each["ModelPackageName"] for each in listed] == ["alone"]
    assert registry.versions() == []
    with pytest.raises(ClientError, match="has no approval"):
        registry.sagemaker.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")
    with pytest.raises(ClientError, match="ConflictException"):
        registry.add(ModelPackageGroupName=None, ModelPackageName="alone")


REFUSED = [
    ({"ModelPackageName": "a"}, "Cannot determine which one to use"),
    ({"ModelPackageGroupName": None}, "Missing ARN"),
    ({"ModelPackageGroupName": "nobody"}, "model-package-group/nobody does not exist"),
    ({"uri": f"s3://{BUCKET}/none.tar.gz"}, "none.tar.gz: there is no such object"),
    ({"CertifyForMarketplace": True}, "NotImplementedException.* with CertifyForMarketplace"),
    ({"Tags": [{"Key": "a", "Value": "b"}]}, "Please add them to the Model Package Group"),
    ({"ModelApprovalStatus": "Maybe"}, "enum value set"),
    ({"ModelCard": card(nonsense={})}, r"extraneous key \[nonsense\]"),
    ({"ModelCard": card(model_overview={"model_name": "x"})}, r"extraneous key \[model_name"),
]


def test_what_can_not_be_kept_is_refused(registry):
    for more, words in REFUSED:
        with pytest.raises(ClientError, match=words):
            registry.add(**more)
    assert registry.versions() == []


def test_an_unknown_package_does_not_exist(registry):
    for name in ("nobody", f"{GROUP}/7"):
        for call in ("describe_model_package", "delete_model_package"):
            with pytest.raises(ClientError, match=f"model-package/{name} does not exist"):
                getattr(registry.sagemaker, call)(ModelPackageName=name)


def test_metadata_alone_leaves_the_cards_text_out(registry):
    uses = {"purpose_of_model": "count", "risk_rating": "Low"}
    arn = registry.add(ModelCard=card(intended_uses=uses))
    kept = registry.describe(arn, IncludedData="MetadataOnly")["ModelCard"]["ModelCardContent"]
    assert json.loads(kept) == {"intended_uses": {"risk_rating": "Low"}}
    assert "count" in registry.describe(arn)["ModelCard"]["ModelCardContent"]


def test_a_model_of_a_package_has_the_packages_image_and_archive(registry):
    arn = registry.add()
    container = {"ModelPackageName": arn, "Environment": {"SIZE": "9"}}
    registry.sagemaker.create_model(
        ModelName="model", Containers=[container], ExecutionRoleArn=ROLE
    )
    registry.sagemaker.delete_model_package(ModelPackageName=arn)
    served = registry.aws.engines.models.container("model")
    assert (served["Image"], served["ModelDataUrl"]) == (SERVING, URI)
    assert served["Environment"] == {"COLOUR": "blue", "SIZE": "9"}


def test_a_model_of_a_package_that_is_not_there_is_refused(registry):
    with pytest.raises(ClientError, match="model-package/birds/1 does not exist"):
        registry.sagemaker.create_model(
            ModelName="model",
            PrimaryContainer={"ModelPackageName": f"{GROUP}/1"},
            ExecutionRoleArn=ROLE,
        )


def test_all_is_there_after_a_restart(tmp_path):
    with LocalAws(tmp_path) as aws:
        aws.store.create_bucket(BUCKET)
        registry = Registry(aws, lambda service: make_client(aws, service))
        arn = registry.add()
    with LocalAws(tmp_path) as aws:
        sagemaker = make_client(aws, "sagemaker")
        assert sagemaker.describe_model_package(ModelPackageName=arn)["ModelPackageVersion"] == 1
