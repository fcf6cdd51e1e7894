from tests.local_aws.services.athena.cloud import ENDLESS


def test_an_execution_that_ran_when_the_server_died_is_failed_after_it(cloud):
    running, done = cloud.start(ENDLESS), cloud.start("SELECT 1")
    cloud.until_running(running)
    cloud.finished(done)
    dead = cloud.engine
    cloud.restart()
    body = cloud.finished(running)
    assert body["Status"]["State"] == "FAILED"
    assert "restarted while the query ran" in body["Status"]["StateChangeReason"]
    assert cloud.results(done)["ResultSet"]["Rows"][1]["Data"] == [{"VarCharValue": "1"}]
    dead.close()


def test_the_same_request_token_starts_one_query(lake):
    token = "x" * 32
    first = lake.start("SELECT 1", ClientRequestToken=token)
    assert lake.start("SELECT 1", ClientRequestToken=token) == first


def test_executions_of_one_millisecond_are_listed_newest_first_by_pages(cloud, monkeypatch):
    now = cloud.clock.now()
    monkeypatch.setattr(cloud.clock, "now", lambda: now)
    ids = [cloud.start(f"SELECT {n}") for n in range(6)]
    for id_ in ids:
        cloud.finished(id_)
    page = cloud.engine.list_query_executions({"MaxResults": 4})
    rest = cloud.engine.list_query_executions({"NextToken": page["NextToken"]})
    assert page["QueryExecutionIds"] + rest["QueryExecutionIds"] == ids[::-1]
