import json
import time

import pytest

from local_aws.errors import AwsError
from tests.local_aws.services.athena.sample_tables import lay_down

JSON = "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'"
ENDLESS = (
    "SELECT sum(x * y % 7) FROM UNNEST(sequence(1, 1000000)) a (x), "
    "UNNEST(sequence(1, 1000000)) b (y)"
)


@pytest.fixture
def lake(cloud):
    """A cloud with the recordings' table."""
    lay_down(cloud.store)
    cloud.run(
        "CREATE EXTERNAL TABLE recordings (id string, label string, seconds int) "
        f"{JSON} LOCATION 's3://lake/recordings/'"
    )
    return cloud


def reason(cloud, id_: str) -> str:
    return cloud.finished(id_)["Status"]["StateChangeReason"]


def results(cloud, id_: str, **request) -> dict:
    return cloud.engine.get_query_results({"QueryExecutionId": id_, **request})


def until_running(cloud, id_: str) -> None:
    deadline = time.monotonic() + 20
    while cloud.engine.executions.history.record(id_)["body"]["Status"]["State"] == "QUEUED":
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_an_execution_tells_its_kind_its_place_and_its_times(lake):
    body = lake.finished(lake.start("SELECT id FROM recordings"))
    assert (body["StatementType"], body["SubstatementType"]) == ("DML", "SELECT")
    place = f"s3://lake/results/{body['QueryExecutionId']}.csv"
    assert body["ResultConfiguration"]["OutputLocation"] == place
    assert body["Status"]["CompletionDateTime"] >= body["Status"]["SubmissionDateTime"]
    assert body["Statistics"]["TotalExecutionTimeInMillis"] >= 0


def test_the_result_file_has_quoted_values_and_bare_nulls(lake):
    id_ = lake.start("SELECT 'a,\"b\"' AS x, CAST(NULL AS integer) AS y, '' AS z")
    lake.finished(id_)
    written = lake.store.read("lake", f"results/{id_}.csv")
    assert written == b'"x","y","z"\n"a,""b""",,""\n'
    assert lake.store.info("lake", f"results/{id_}.csv.metadata").size


def test_pages_follow_one_another_without_loss(lake):
    id_ = lake.start("SELECT x, 'a\nb' AS y FROM UNNEST(sequence(1, 25)) t (x)")
    lake.finished(id_)
    seen, token = [], {}
    while True:
        page = results(lake, id_, MaxResults=10, **token)
        seen += [row["Data"][0]["VarCharValue"] for row in page["ResultSet"]["Rows"]]
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert seen == ["x", *(str(n) for n in range(1, 26))]


def test_bytes_scanned_are_the_files_read(lake):
    sizes = sum(info.size for info in lake.store.list("lake", "recordings/"))
    body = lake.finished(lake.start("SELECT count(*) FROM recordings"))
    assert body["Statistics"]["DataScannedInBytes"] == sizes


def test_bytes_scanned_of_parquet_are_those_of_the_columns_read(lake):
    lake.run("CREATE TABLE columnar AS SELECT id, label, seconds FROM recordings")
    one, two = (
        lake.finished(lake.start(f"SELECT {columns} FROM columnar"))["Statistics"]
        for columns in ("seconds", "seconds, label")
    )
    assert 0 < one["DataScannedInBytes"] < two["DataScannedInBytes"]


def test_bytes_scanned_of_a_partitioned_table_are_those_of_the_partitions_left(cloud):
    lay_down(cloud.store)
    cloud.run(
        "CREATE EXTERNAL TABLE parts (id int) PARTITIONED BY (year int, site string) "
        f"{JSON} LOCATION 's3://lake/parts/'"
    )
    cloud.run("MSCK REPAIR TABLE parts")
    body = cloud.finished(cloud.start("SELECT id FROM parts WHERE year = 2024"))
    size = cloud.store.info("lake", "parts/year=2024/site=marsh/a.json").size
    assert body["Statistics"]["DataScannedInBytes"] == size


def test_ctas_with_21_buckets_writes_exactly_21_files(lake):
    lake.run(
        "CREATE TABLE t WITH (format = 'PARQUET', parquet_compression = 'SNAPPY', "
        "bucketed_by = ARRAY['id'], bucket_count = 21) AS SELECT * FROM recordings"
    )
    location = lake.catalog.get_table({"DatabaseName": "birds", "Name": "t"})["Table"][
        "StorageDescriptor"
    ]["Location"]
    assert len(list(lake.store.list("lake", location.removeprefix("s3://lake/")))) == 21
    assert lake.rows("SELECT count(*) FROM t") == [(5,)]


def test_a_write_lists_its_files_in_a_manifest(lake):
    id_ = lake.start("UNLOAD (SELECT id FROM recordings) TO 's3://lake/out/' WITH (format='JSON')")
    manifest = lake.finished(id_)["Statistics"]["DataManifestLocation"]
    files = lake.store.read("lake", manifest.removeprefix("s3://lake/")).decode().split()
    assert files == [f"s3://lake/{info.key}" for info in lake.store.list("lake", "out/")]


def test_a_syntax_error_is_refused_at_once(lake):
    with pytest.raises(AwsError, match="line 1:1: mismatched input 'SELEC'") as caught:
        lake.start("SELEC 1")
    assert caught.value.code == "InvalidRequestException"


def test_a_failed_query_says_why_and_gives_no_results(lake):
    id_ = lake.start("SELECT nope FROM recordings")
    assert reason(lake, id_).startswith("COLUMN_NOT_FOUND: line 1:8")
    error = lake.finished(id_)["Status"]["AthenaError"]
    assert (error["ErrorCategory"], error["Retryable"]) == (2, False)
    with pytest.raises(AwsError, match="Final query state: FAILED"):
        results(lake, id_)


def test_a_stopped_query_ends_cancelled_soon(cloud):
    id_ = cloud.start(ENDLESS)
    until_running(cloud, id_)
    with pytest.raises(AwsError, match="Query has not yet finished"):
        results(cloud, id_)
    begun = time.monotonic()
    cloud.engine.stop_query_execution({"QueryExecutionId": id_})
    assert cloud.finished(id_)["Status"]["State"] == "CANCELLED"
    assert time.monotonic() - begun < 10


def test_queries_beyond_the_workers_wait_queued_and_can_be_stopped(cloud):
    ids = [cloud.start(ENDLESS) for _ in range(6)]
    until_running(cloud, ids[0])
    states = [cloud.engine.executions.history.record(id_)["body"]["Status"]["State"] for id_ in ids]
    assert states[-1] == "QUEUED"
    for id_ in reversed(ids):
        cloud.engine.stop_query_execution({"QueryExecutionId": id_})
    assert {cloud.finished(id_)["Status"]["State"] for id_ in ids} == {"CANCELLED"}


def test_an_execution_that_ran_when_the_server_died_is_failed_after_it(cloud):
    running, done = cloud.start(ENDLESS), cloud.start("SELECT 1")
    until_running(cloud, running)
    cloud.finished(done)
    dead = cloud.engine
    cloud.restart()
    body = cloud.finished(running)
    assert body["Status"]["State"] == "FAILED"
    assert "restarted while the query ran" in body["Status"]["StateChangeReason"]
    assert results(cloud, done)["ResultSet"]["Rows"][1]["Data"] == [{"VarCharValue": "1"}]
    dead.close()


def test_the_same_request_token_starts_one_query(lake):
    token = "x" * 32
    first = lake.start("SELECT 1", ClientRequestToken=token)
    assert lake.start("SELECT 1", ClientRequestToken=token) == first


def test_a_query_without_a_place_for_results_is_refused(cloud):
    with pytest.raises(AwsError, match="No output location provided"):
        cloud.engine.start_query_execution({"QueryString": "SELECT 1"})


def test_an_output_bucket_that_is_not_there_fails_the_query(cloud):
    place = {"ResultConfiguration": {"OutputLocation": "s3://nobucket/x/"}}
    assert "NoSuchBucket" in reason(cloud, cloud.start("SELECT 1", **place))


def test_executions_are_listed_newest_first_by_pages(cloud):
    ids = [cloud.start(f"SELECT {n}") for n in range(3)]
    for id_ in ids:
        cloud.finished(id_)
    page = cloud.engine.list_query_executions({"MaxResults": 2})
    rest = cloud.engine.list_query_executions({"NextToken": page["NextToken"]})
    assert page["QueryExecutionIds"] + rest["QueryExecutionIds"] == ids[::-1]


def test_a_batch_names_what_it_did_not_find(cloud):
    id_ = cloud.start("SELECT 1")
    cloud.finished(id_)
    answer = cloud.engine.batch_get_query_execution({"QueryExecutionIds": [id_, "none"]})
    assert [body["QueryExecutionId"] for body in answer["QueryExecutions"]] == [id_]
    assert answer["UnprocessedQueryExecutionIds"][0]["QueryExecutionId"] == "none"


def test_runtime_statistics_count_rows_and_bytes(lake):
    id_ = lake.start("SELECT id FROM recordings")
    scanned = lake.finished(id_)["Statistics"]["DataScannedInBytes"]
    answer = lake.engine.get_query_runtime_statistics({"QueryExecutionId": id_})
    rows = answer["QueryRuntimeStatistics"]["Rows"]
    assert (rows["InputRows"], rows["OutputRows"], rows["InputBytes"]) == (5, 5, scanned)


def test_pretty_printed_json_is_an_error_for_openx_and_rows_for_ion(cloud):
    text = json.dumps({"N": 3}, indent=4).encode()
    cloud.store.put("lake", "pretty/a.json", text)
    for name, form in (("o", JSON), ("i", "STORED AS ION")):
        cloud.run(f"CREATE EXTERNAL TABLE {name} (n int) {form} LOCATION 's3://lake/pretty/'")
    assert reason(cloud, cloud.start("SELECT * FROM o")).startswith("HIVE_CURSOR_ERROR")
    assert cloud.rows("SELECT n FROM i") == [(3,)]
