"""What an account prescribes is in every request that has a member for it, but what AWS refuses."""

import io

import pytest
from botocore.validate import ParamValidator

from helpers.account_settings import AccountSettings
from helpers.course_tag import TAG
from helpers.request_fields import FIELDS, REFUSED, filled, marked
from helpers.session import client, sagemaker_session
from local_aws.wire.validation import operation_model
from tests.company import COMPANY, KEY
from tests.local_cloud import course_config
from tools.prescribed import OPERATIONS, prescribed

VPC = COMPANY.vpc
TRAINING = {
    "ResourceConfig": {"InstanceType": "ml.m5.large"},
    "OutputDataConfig": {"S3OutputPath": "s3://b/k"},
}


def fill(operation, request, service="sagemaker"):
    return filled(COMPANY, service, operation, request)


def listed(service, operation):
    """Return the members of an operation that the tables have, in either of them."""
    refusals = REFUSED.get((service, operation), ())
    always = {each.member for each in refusals if each.applies({})}
    return {*FIELDS.get((service, operation), {}), *always}


@pytest.mark.parametrize("service, operation", OPERATIONS)
def test_every_member_that_an_account_may_prescribe_is_in_a_table(service, operation):
    assert prescribed(service, operation) == listed(service, operation)


def test_the_tables_name_operations_that_the_course_sends_and_attributes_that_are_there():
    assert {*FIELDS, *REFUSED} <= set(OPERATIONS)
    for fields in FIELDS.values():
        assert all(getattr(COMPANY, name) for name in fields.values())


def test_a_job_gets_network_keys_and_tags_and_the_callers_request_stays():
    request = {**TRAINING, "Tags": [{"Key": "team", "Value": "mine"}]}
    sent = fill("CreateTrainingJob", request)
    assert sent["VpcConfig"] == VPC and sent["OutputDataConfig"]["KmsKeyId"] == KEY
    assert sent["ResourceConfig"]["VolumeKmsKeyId"] == KEY
    assert {tag["Key"]: tag["Value"] for tag in sent["Tags"]} == {
        "team": "mine", "cost-center": "42",
    }  # fmt: skip
    assert "VpcConfig" not in request and "KmsKeyId" not in request["OutputDataConfig"]


@pytest.mark.parametrize("kind", ["ml.g4dn.xlarge", "ml.g5.xlarge", "ml.p4d.24xlarge"])
def test_no_key_is_asked_for_where_the_instances_have_disks_of_their_own(kind):
    sent = fill("CreateTrainingJob", {**TRAINING, "ResourceConfig": {"InstanceType": kind}})
    assert "VolumeKmsKeyId" not in sent["ResourceConfig"] and sent["VpcConfig"] == VPC
    groups = {"InstanceGroups": [{"InstanceType": "ml.m5.large"}, {"InstanceType": kind}]}
    sent = fill("CreateTrainingJob", {**TRAINING, "ResourceConfig": groups})
    assert "VolumeKmsKeyId" not in sent["ResourceConfig"]


def test_a_tuning_jobs_definitions_get_what_a_training_job_gets():
    sent = fill("CreateHyperParameterTuningJob", {"TrainingJobDefinitions": [TRAINING, TRAINING]})
    assert [each["VpcConfig"] for each in sent["TrainingJobDefinitions"]] == [VPC, VPC]
    assert "TrainingJobDefinition" not in sent


def test_only_structures_that_need_nothing_else_are_made():
    sent = fill("CreateProcessingJob", {"ProcessingResources": {"ClusterConfig": {}}})
    assert sent["NetworkConfig"] == {"VpcConfig": VPC} and "ProcessingOutputConfig" not in sent
    sent = fill("CreateEndpointConfig", {"DataCaptureConfig": {"EnableCapture": True}})
    assert sent["DataCaptureConfig"]["KmsKeyId"] == sent["KmsKeyId"] == KEY
    assert "AsyncInferenceConfig" not in sent and "VpcConfig" not in sent


def test_a_version_has_the_tags_of_its_group_and_no_others():
    assert "Tags" not in fill("CreateModelPackage", {"ModelPackageGroupName": "g"})
    assert fill("CreateModelPackage", {"ModelPackageName": "n"})["Tags"] == COMPANY.tag_list
    assert fill("CreateModelPackageGroup", {})["Tags"] == COMPANY.tag_list


def test_a_body_is_passed_on_as_it_is_and_other_encryption_is_the_callers_choice():
    body = io.BytesIO(b"x")
    sent = fill("PutObject", {"Body": body}, "s3")
    assert sent["Body"] is body
    assert (sent["ServerSideEncryption"], sent["SSEKMSKeyId"]) == ("aws:kms", KEY)
    own = {"ServerSideEncryption": "AES256"}
    assert fill("PutObject", own, "s3") == own


def test_nothing_is_filled_where_nothing_is_prescribed():
    for service, operation in OPERATIONS:
        assert filled(AccountSettings(), service, operation, {}) == {}


@pytest.mark.parametrize("service, operation", FIELDS)
def test_what_is_filled_is_valid_for_botocore(service, operation):
    shape = operation_model(service, operation).input_shape
    report = ParamValidator().validate(filled(COMPANY, service, operation, {}), shape)
    wrong = report.generate_report().splitlines()
    assert not [line for line in wrong if not line.startswith("Missing required parameter")]


def test_the_runs_clients_and_the_sdks_own_send_it(aws, config):
    company = course_config(aws, account=COMPANY)
    s3 = sagemaker_session(company).boto_session.resource("s3")
    client(company, "s3").put_object(Bucket=config.bucket, Key="a", Body=b"x")
    s3.Object(config.bucket, "b").upload_fileobj(io.BytesIO(b"x" * (9 << 20)))
    for key in "ab":
        head = client(config, "s3").head_object(Bucket=config.bucket, Key=key)
        assert head["SSEKMSKeyId"] == KEY


def test_whatever_the_course_makes_is_marked_and_a_callers_own_mark_stays():
    team = {"Key": "team", "Value": "mine"}
    assert marked("sagemaker", "CreateModel", {"Tags": [team]})["Tags"] == [team, TAG]
    other = {"Tags": [{"Key": "course", "Value": "another"}]}
    assert marked("sagemaker", "CreateModel", other) == other
    assert marked("sagemaker", "CreateModelPackage", {"ModelPackageGroupName": "g"}) == {
        "ModelPackageGroupName": "g"
    }
    assert marked("s3", "CreateBucket", {})["CreateBucketConfiguration"] == {"Tags": [TAG]}


def test_the_runs_clients_mark_what_they_make_in_any_account(config):
    sagemaker = client(config, "sagemaker")
    made = sagemaker.create_model_package_group(ModelPackageGroupName="g")
    assert sagemaker.list_tags(ResourceArn=made["ModelPackageGroupArn"])["Tags"] == [TAG]
