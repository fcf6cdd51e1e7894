import threading
import time

import pytest

from local_aws.errors import AwsError
from local_aws.services.athena.api import execution
from local_aws.services.athena.failures import QueryFailed
from tests.local_aws.services.athena.cloud import ENDLESS


def test_an_execution_tells_its_kind_its_place_and_its_times(lake):
    body = lake.finished(lake.start("SELECT id FROM recordings"))
    assert (body["StatementType"], body["SubstatementType"]) == ("DML", "SELECT")
    address = f"s3://lake/results/{body['QueryExecutionId']}.csv"
    assert body["ResultConfiguration"]["OutputLocation"] == address
    assert body["Status"]["CompletionDateTime"] >= body["Status"]["SubmissionDateTime"]
    assert body["Statistics"]["TotalExecutionTimeInMillis"] >= 0


def test_a_syntax_error_is_refused_at_once(lake):
    with pytest.raises(AwsError, match="line 1:1: mismatched input 'SELEC'") as caught:
        lake.start("SELEC 1")
    assert caught.value.code == "InvalidRequestException"


def test_a_failed_query_says_why_and_gives_no_results(lake):
    id_ = lake.start("SELECT nope FROM recordings")
    assert lake.reason(id_).startswith("COLUMN_NOT_FOUND: line 1:8")
    error = lake.finished(id_)["Status"]["AthenaError"]
    assert (error["ErrorCategory"], error["Retryable"]) == (2, False)
    with pytest.raises(AwsError, match="Final query state: FAILED"):
        lake.results(id_)


def test_a_stopped_query_ends_cancelled_soon(cloud):
    id_ = cloud.start(ENDLESS)
    cloud.until_running(id_)
    with pytest.raises(AwsError, match="Query has not yet finished"):
        cloud.results(id_)
    begun = time.monotonic()
    cloud.engine.stop_query_execution({"QueryExecutionId": id_})
    assert cloud.finished(id_)["Status"]["State"] == "CANCELLED"
    assert time.monotonic() - begun < 10


def test_what_a_query_runs_into_once_it_is_stopped_is_the_stop(cloud, monkeypatch):
    begun, stopped = threading.Event(), threading.Event()

    def interrupted(*_):
        begun.set()
        stopped.wait(5)
        raise QueryFailed("GENERIC_INTERNAL_ERROR", "interrupted in its analysis")

    monkeypatch.setattr(execution, "run", interrupted)
    id_ = cloud.start("SELECT 1")
    assert begun.wait(5)
    cloud.engine.stop_query_execution({"QueryExecutionId": id_})
    stopped.set()
    assert cloud.finished(id_)["Status"]["State"] == "CANCELLED"


def test_queries_beyond_the_workers_wait_queued_and_can_be_stopped(cloud):
    ids = [cloud.start(ENDLESS) for _ in range(6)]
    cloud.until_running(ids[0])
    states = [cloud.engine.executions.history.record(id_)["body"]["Status"]["State"] for id_ in ids]
    assert states[-1] == "QUEUED"
    for id_ in reversed(ids):
        cloud.engine.stop_query_execution({"QueryExecutionId": id_})
    assert {cloud.finished(id_)["Status"]["State"] for id_ in ids} == {"CANCELLED"}


def test_a_query_without_a_place_for_results_is_refused(cloud):
    with pytest.raises(AwsError, match="No output location provided"):
        cloud.engine.start_query_execution({"QueryString": "SELECT 1"})


def test_an_output_bucket_that_is_not_there_fails_the_query(cloud):
    output = {"ResultConfiguration": {"OutputLocation": "s3://nobucket/x/"}}
    assert "NoSuchBucket" in cloud.reason(cloud.start("SELECT 1", **output))


def test_a_batch_names_what_it_did_not_find(cloud):
    id_ = cloud.start("SELECT 1")
    cloud.finished(id_)
    answer = cloud.engine.batch_get_query_execution({"QueryExecutionIds": [id_, "none"]})
    assert [body["QueryExecutionId"] for body in answer["QueryExecutions"]] == [id_]
    assert answer["UnprocessedQueryExecutionIds"][0]["QueryExecutionId"] == "none"
