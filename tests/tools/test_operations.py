"""That the page of operations is up to date, and has every operation that boto3 knows."""

import pytest

from local_aws.operations import table
from local_aws.recorded.recorded_operations import RECORDED
from tools import operations


def test_the_page_is_up_to_date():
    assert operations.PAGE.read_text() == operations.page(), "run `make readme`"


def test_every_service_with_an_engine_or_a_record_is_on_the_page():
    assert {*(name for name, _ in table()), *RECORDED} <= {*operations.SERVICES}


@pytest.mark.parametrize("service", operations.SERVICES)
def test_every_operation_is_either_executed_or_recorded_or_refused(service):
    parts = (operations.executed, operations.recorded, operations.refused)
    names = [name for part in parts for name in part(service)]
    assert sorted(names) == list(operations.operations(service))


def test_a_deprecated_name_of_the_same_request_is_listed_once():
    names = operations.operations("s3")
    assert "GetBucketLifecycleConfiguration" in names and "GetBucketLifecycle" not in names
