"""The policy of a person allows what the course sends, on the course's own resources."""

import json

import pytest

from helpers.policy_documents import MOST_LETTERS, policies
from helpers.user_policy import user_permissions
from local_aws.wire.validation import operation_model
from tests.company import BOUNDARY, COMPANY, KEY
from tests.local_cloud import course_config
from tools.prescribed import RECORDED
from tools.senders import SENDERS, SUITES

S3 = {
    "HeadBucket": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "HeadObject": "GetObject",
    "DeleteObjects": "DeleteObject",
    "CreateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "CompleteMultipartUpload": "PutObject",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListObjectVersions": "ListBucketVersions",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
}
"""S3's operations whose action has another name:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html"""
PLATFORM = "local_aws/"
"""Where AWS's own services send from: instances their lines, jobs and endpoints their metrics."""
SENT = sorted(
    {
        (service, operation)
        for service, listed in SENDERS.items()
        for each in listed
        if not each.by.startswith(tuple(SUITES)) and not each.source.startswith(PLATFORM)
        for operation in each.operations
    }
    | {*RECORDED}
)
"""All that notebooks send."""


def action(service, operation):
    """Return the action that allows an operation."""
    if service == "apigateway":  # its actions are HTTP's verbs
        return f"apigateway:{operation_model(service, operation).http['method']}"
    if service == "budgets":
        return f"budgets:{'View' if operation.startswith('Describe') else 'Modify'}Budget"
    name = {**S3, "DeleteMessageBatch": "DeleteMessage"}.get(operation, operation)
    prefix = {"sagemaker-runtime": "sagemaker", "service-quotas": "servicequotas"}
    prefix |= {"sagemaker-featurestore-runtime": "sagemaker"}
    return f"{prefix.get(service, service)}:{name}"


@pytest.fixture
def permissions(aws):
    return user_permissions(course_config(aws), "0" * 12)


def test_every_operation_that_the_course_sends_is_allowed(permissions):
    allowed = {name for each in permissions for name in each.actions}
    assert not {action(*sent) for sent in SENT} - allowed


def test_what_can_be_bound_to_the_courses_resources_is(permissions):
    free = {name for each in permissions if each.resources == ("*",) for name in each.actions}
    reading = ("List", "Describe", "Get", "View")
    assert all(name.partition(":")[2].startswith(reading) for name in free)
    bound = [arn for each in permissions for arn in each.resources if arn != "*"]
    # API Gateway's resources have ids that AWS chooses.
    others = (
        *("arn:aws:logs:", "arn:aws:athena:", "arn:aws:s3:::course-bucket", "arn:aws:glue:"),
        *("arn:aws:apigateway:us-east-1::/", "arn:aws:execute-api:"),
        # So have scalable targets; and the role by which AWS scales has a name of AWS's.
        *("arn:aws:application-autoscaling:", "arn:aws:iam::*:role/aws-service-role/"),
    )
    assert all("birds-and-bins" in arn for arn in bound if not arn.startswith(others))


def test_each_role_may_be_handed_to_its_own_service_alone(permissions):
    passing = [each.statement() for each in permissions if "iam:PassRole" in each.actions]
    handed = {
        tuple(each["Resource"]): each["Condition"]["StringEquals"]["iam:PassedToService"]
        for each in passing
    }
    role = f"arn:aws:iam::{'0' * 12}:role/birds-and-bins"
    assert handed == {
        (f"{role}-execution",): "sagemaker.amazonaws.com",
        (f"{role}-glue",): "glue.amazonaws.com",
        (f"{role}-*-gateway",): "apigateway.amazonaws.com",
        (f"{role}-events",): "events.amazonaws.com",
        (f"{role}-*-schedules",): "scheduler.amazonaws.com",
        (f"{role}-pipeline*",): "sagemaker.amazonaws.com",
        (f"{role}-*function",): "lambda.amazonaws.com",
    }


def test_nothing_of_a_companys_own_is_made_or_changed(aws):
    role = f"arn:aws:iam::{'0' * 12}:role/service-role/studio"
    account = COMPANY.__class__(role_arn=role, bucket="data", prefix="ada")
    ours = user_permissions(course_config(aws, bucket="data", account=account), "0" * 12)
    actions = {name for each in ours for name in each.actions}
    changes = ("iam:Create", "iam:Put", "iam:Delete", "s3:CreateBucket", "s3:DeleteBucket")
    assert not [name for name in actions if name.startswith((*changes, "s3:PutBucket"))]
    objects = [each.resources for each in ours if "s3:DeleteObject" in each.actions]
    assert objects == [("arn:aws:s3:::data/ada/birds-and-bins/*",)]


def test_with_a_companys_settings_it_has_what_they_need_and_fits_managed_policies(aws):
    ours = user_permissions(course_config(aws, account=COMPANY), "0" * 12)
    actions = {name for each in ours for name in each.actions}
    assert {"sagemaker:AddTags", "iam:TagRole", "s3:TagResource", "kms:CreateGrant"} <= actions
    assert KEY in {arn for each in ours for arn in each.resources}
    (bounded,) = [each for each in ours if "iam:CreateRole" in each.actions]
    assert bounded.context == {"iam:PermissionsBoundary": BOUNDARY}
    documents = policies(ours)
    assert [row for each in documents for row in each["Statement"]] == [
        each.statement() for each in ours
    ]
    lengths = [len(json.dumps(each, separators=(",", ":"))) for each in documents]
    assert max(lengths) <= MOST_LETTERS < sum(lengths)


@pytest.mark.parametrize("raw", ["s3://field/recordings/2025", "s3://field/recordings/2025/"])
def test_raw_data_in_another_bucket_may_be_read_and_nothing_more(aws, raw):
    ours = user_permissions(course_config(aws, raw=raw), "0" * 12)
    others = {each.resources: each.actions for each in ours if ":::field" in each.resources[0]}
    assert others == {
        ("arn:aws:s3:::field",): ("s3:ListBucket",),
        ("arn:aws:s3:::field/recordings/2025/*",): ("s3:GetObject",),
    }
