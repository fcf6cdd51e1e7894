"""Athena's rows of the table: each is a method of the engine over the server's own state."""

import pytest
from botocore import xform_name

from local_aws.server import LocalAws
from local_aws.services.athena.engine import AthenaEngine
from local_aws.services.athena.service import OPERATIONS
from local_aws.state.documents import Documents


@pytest.mark.parametrize("operation", OPERATIONS["athena"])
def test_an_operation_is_answered_by_the_method_of_its_name(operation):
    assert getattr(AthenaEngine, xform_name(operation)).__name__ == xform_name(operation)


def test_the_engine_sees_the_servers_own_catalog(aws):
    aws.parts.call("glue", "CreateDatabase", {"DatabaseInput": {"Name": "birds"}})
    names = {"CatalogName": "AwsDataCatalog"}
    answer = aws.parts.call("athena", "ListDatabases", names)
    assert answer == {"DatabaseList": [{"Name": "birds"}]}


def test_a_query_that_a_kill_interrupted_has_failed_before_anybody_asks(aws, tmp_path):
    folder = tmp_path / "killed" / "athena"
    left = Documents(folder / "athena.sqlite")  # never closed, as by a kill
    left.put("execution", "1", {"body": {"Status": {"State": "RUNNING"}}})
    with LocalAws(tmp_path / "killed"):
        assert left.get("execution", "1")["body"]["Status"]["State"] == "FAILED"
    left.close()
