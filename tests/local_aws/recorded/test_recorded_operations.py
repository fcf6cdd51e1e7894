"""The recorded operations are operations of AWS, and none is on the resources of an engine."""

import pytest

from local_aws.operations import engine_of, table
from local_aws.recorded.recorded_operations import RECORDED, changes_something, is_recorded
from local_aws.wire.validation import operation_model, service_model
from tools.operations import recorded

ROWS = [(service, name) for service in RECORDED for name in recorded(service)]


@pytest.mark.parametrize("service, operation", ROWS)
def test_every_record_is_an_operation_of_aws_that_no_engine_executes(service, operation):
    assert operation in service_model(service).operation_names
    assert engine_of(service, operation) is None and is_recorded(service, operation)


def test_no_operation_is_recorded_twice():
    assert len(ROWS) == len(set(ROWS))


def test_a_service_whose_resources_an_engine_holds_has_no_records_beside_it():
    # S3's engine holds objects, not the buckets' settings; IAM's holds nothing: it reads records.
    assert {service for service, _ in table()} & {*RECORDED} == {"s3", "iam"}


@pytest.mark.parametrize("operation", recorded("s3"))
def test_no_record_of_s3_is_of_an_object(operation):
    assert "Key" not in operation_model("s3", operation).input_shape.members


@pytest.mark.parametrize(
    "service, operation, is_change",
    [
        ("iam", "CreateRole", True),
        ("iam", "GetRole", False),
        ("iam", "CreateUser", False),
        ("s3", "PutBucketPolicy", True),
        ("s3", "CreateBucket", True),
        ("s3", "PutObject", False),
        ("sagemaker", "CreateCompilationJob", False),
    ],
)
def test_only_recorded_changes_are_told_to_moto_again(service, operation, is_change):
    assert changes_something(service, operation) is is_change
