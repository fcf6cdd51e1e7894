"""Queries on a full disk: they end FAILED, say why, and leave nothing half done."""

import errno
import os
import sqlite3

import pytest

from local_aws.errors import AwsError
from local_aws.state.disk import FULL_MESSAGE, Reserve

OUTPUT = {"OutputLocation": "s3://birds/results/"}
CTAS = (
    "CREATE TABLE db.made WITH (partitioned_by = ARRAY['b']) AS SELECT * FROM (VALUES {}) t(a, b)"
)
ROWS = ", ".join(f"({n}, {n % 3})" for n in range(9))


def full(*arguments, **named):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def engine(aws):
    aws.store.create_bucket("birds")
    aws.parts.catalog.create_database({"DatabaseInput": {"Name": "db"}})
    return aws.engines.athena.engine


def run(engine, text):
    """Return the status of a query that has ended."""
    request = {"QueryString": text, "ResultConfiguration": OUTPUT}
    id_ = engine.start_query_execution(request)["QueryExecutionId"]
    while True:
        found = engine.get_query_execution({"QueryExecutionId": id_})["QueryExecution"]
        if found["Status"]["State"] in ("SUCCEEDED", "FAILED"):
            return found["Status"]


def tables(engine):
    return [t["Name"] for t in engine.catalog.get_tables({"DatabaseName": "db"})["TableList"]]


def test_a_result_that_has_no_room_fails_the_query_with_that_reason(engine, monkeypatch):
    monkeypatch.setattr(engine.store, "draft", full)
    status = run(engine, "SELECT 1")
    assert (status["State"], status["StateChangeReason"]) == ("FAILED", FULL_MESSAGE)


def test_what_has_no_room_for_its_result_is_not_begun(engine, monkeypatch):
    monkeypatch.setattr(Reserve, "__init__", full)
    for text in ("CREATE DATABASE other", CTAS.format(ROWS), "PREPARE p FROM SELECT 1"):
        assert run(engine, text)["StateChangeReason"] == FULL_MESSAGE
    assert engine.catalog.get_databases({})["DatabaseList"][0]["Name"] == "db"
    assert tables(engine) == [] and engine.texts("primary") == {}
    assert run(engine, "SELECT 1")["State"] == "SUCCEEDED"


@pytest.mark.parametrize("most", [0, 1, 3])
def test_half_of_what_a_query_writes_is_taken_back(engine, monkeypatch, most):
    put, calls = engine.store.put, []

    def some(*arguments, **named):
        calls.append(arguments)
        return (put if len(calls) <= most else full)(*arguments, **named)

    monkeypatch.setattr(engine.store, "put", some)
    assert run(engine, CTAS.format(ROWS))["StateChangeReason"] == FULL_MESSAGE
    assert tables(engine) == [] and list(engine.store.list("birds")) == []


def test_a_success_that_can_not_be_noted_is_none(engine, monkeypatch):
    assert run(engine, CTAS.format(ROWS))["State"] == "SUCCEEDED"
    before = [info.key for info in engine.store.list("birds", "results/tables/")]
    save = engine.executions.save

    def refuse(execution):
        if execution.body["Status"]["State"] == "SUCCEEDED":
            raise sqlite3.OperationalError("database or disk is full")
        save(execution)

    monkeypatch.setattr(engine.executions, "save", refuse)
    status = run(engine, "INSERT INTO db.made VALUES (10, 1)")
    assert (status["State"], status["StateChangeReason"]) == ("FAILED", FULL_MESSAGE)
    assert [info.key for info in engine.store.list("birds", "results/tables/")] == before


def test_a_query_that_can_not_be_noted_is_not_started(engine, monkeypatch):
    monkeypatch.setattr(engine.documents, "put_many", full)
    with pytest.raises((OSError, AwsError)):
        engine.start_query_execution({"QueryString": "SELECT 1", "ResultConfiguration": OUTPUT})
    assert engine.executions.live() == [] and engine.executions.ids("primary") == []
