"""Queries on a full disk end FAILED with the reason, and leave no partial result."""

import errno
import os
import sqlite3

import pytest

from local_aws.errors import AwsError
from local_aws.state.disk import FULL_MESSAGE, Reserve
from local_aws.state.documents import Documents

OUTPUT = {"OutputLocation": "s3://birds/results/"}
CTAS = (
    "CREATE TABLE db.made WITH (partitioned_by = ARRAY['b']) AS SELECT * FROM (VALUES {}) t(a, b)"
)
ROWS = ", ".join(f"({n}, {n % 3})" for n in range(9))


def full(*arguments, **named):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def lake(aws):
    aws.store.create_bucket("birds")
    aws.parts.catalog.create_database({"DatabaseInput": {"Name": "db"}})
    return aws


def run(lake, text):
    """Return the status of a query that has ended."""
    request = {"QueryString": text, "ResultConfiguration": OUTPUT}
    engine = lake.engines.athena.engine
    id_ = engine.start_query_execution(request)["QueryExecutionId"]
    while True:
        body = engine.get_query_execution({"QueryExecutionId": id_})["QueryExecution"]
        if body["Status"]["State"] in ("SUCCEEDED", "FAILED"):
            return body["Status"]


def tables(lake):
    return [t["Name"] for t in lake.parts.catalog.get_tables({"DatabaseName": "db"})["TableList"]]


def test_a_result_that_has_no_room_fails_the_query_with_that_reason(lake, monkeypatch):
    monkeypatch.setattr(lake.store, "draft", full)
    status = run(lake, "SELECT 1")
    assert (status["State"], status["StateChangeReason"]) == ("FAILED", FULL_MESSAGE)


def test_what_has_no_room_for_its_result_is_not_begun(lake, monkeypatch):
    monkeypatch.setattr(Reserve, "__init__", full)
    for text in ("CREATE DATABASE other", CTAS.format(ROWS), "PREPARE p FROM SELECT 1"):
        assert run(lake, text)["StateChangeReason"] == FULL_MESSAGE
    assert lake.parts.catalog.get_databases({})["DatabaseList"][0]["Name"] == "db"
    assert tables(lake) == [] and lake.engines.athena.engine.prepared.texts("primary") == {}
    assert run(lake, "SELECT 1")["State"] == "SUCCEEDED"


@pytest.mark.parametrize("most", [0, 1, 3])
def test_half_of_what_a_query_writes_is_taken_back(lake, monkeypatch, most):
    put, calls = lake.store.put, []

    def some(*arguments, **named):
        calls.append(arguments)
        return (put if len(calls) <= most else full)(*arguments, **named)

    monkeypatch.setattr(lake.store, "put", some)
    assert run(lake, CTAS.format(ROWS))["StateChangeReason"] == FULL_MESSAGE
    assert tables(lake) == [] and list(lake.store.list("birds")) == []


def test_a_success_that_can_not_be_noted_is_none(lake, monkeypatch):
    assert run(lake, CTAS.format(ROWS))["State"] == "SUCCEEDED"
    before = [info.key for info in lake.store.list("birds", "results/tables/")]
    history = lake.engines.athena.engine.executions.history
    save = history.save

    def refuse(execution):
        if execution.record["body"]["Status"]["State"] == "SUCCEEDED":
            raise sqlite3.OperationalError("database or disk is full")
        save(execution)

    monkeypatch.setattr(history, "save", refuse)
    status = run(lake, "INSERT INTO db.made VALUES (10, 1)")
    assert (status["State"], status["StateChangeReason"]) == ("FAILED", FULL_MESSAGE)
    assert [info.key for info in lake.store.list("birds", "results/tables/")] == before


def test_a_query_that_can_not_be_noted_is_not_started(lake, monkeypatch):
    engine = lake.engines.athena.engine
    monkeypatch.setattr(Documents, "put_many", full)
    with pytest.raises((OSError, AwsError)):
        engine.start_query_execution({"QueryString": "SELECT 1", "ResultConfiguration": OUTPUT})
    assert engine.executions.history.live() == []
    assert engine.executions.history.ids("primary") == []
