"""Athena's rows of the table: each is a method of the engine over the server's own state."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore import xform_name

from local_aws.control import advance, set_faults
from local_aws.server import LocalAws
from local_aws.services.athena.engine import AthenaEngine
from local_aws.services.athena.service import OPERATIONS, Athena
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


def test_first_requests_that_come_at_once_make_one_engine(aws):
    athena = aws.parts.engine(Athena)
    with ThreadPoolExecutor(8) as pool:
        engines = [pool.submit(lambda: athena.engine) for _ in range(8)]
    assert {id(each.result()) for each in engines} == {id(athena.engine)}


def test_nobody_else_waits_while_the_engine_is_made(aws, client):
    lock = aws.parts.engine(Athena)._lock
    with ThreadPoolExecutor(1) as pool:
        with lock:
            first = pool.submit(client("athena").list_databases, CatalogName="AwsDataCatalog")
            assert client("sts").get_caller_identity()["Account"] == aws.context.account
            assert client("glue").get_databases()["DatabaseList"] == []
            assert client("s3").list_buckets()["Buckets"]
            assert client("sagemaker").list_training_jobs()["TrainingJobSummaries"] == []
            set_faults(aws.context, [])
            advance(aws.context, 60)
            assert not first.done()
        assert first.result(timeout=60)["DatabaseList"] == []
