"""Uploads start the ETL job through a rule and a workflow; the table has each record once."""

import json
import os
import signal
import time
from dataclasses import replace
from datetime import timedelta
from functools import partial
from types import SimpleNamespace

import pytest

from helpers.athena import query
from helpers.curated_data import make_curation_job, table_name
from helpers.events import failed_runs, make_queue, make_rule, received, tell_events, uploads
from helpers.glue_workflows import (
    events_of_runs,
    make_workflow,
    run_of_events,
    started_runs,
)
from helpers.session import client
from helpers.waiting import NotSeen
from local_aws import lifecycle
from local_aws.control import Fault, advance, set_faults
from local_aws.settings import Settings
from local_aws.state.collection import Collection
from tests.local_aws.services.glue.jobs.spark_jobs import job, make_role
from tests.local_cloud import course_config
from tests.scripts.test_glue_etl import bin_of
from tools.course_run import free_port

WINDOW = 4
OFTEN = 200
"""Uploads of the tests with faults."""


def furnished(config, window=WINDOW):
    """Make all that leads from the raw bucket to the queue; return workflow, job and queues."""
    client(config, "glue").create_database(DatabaseInput={"Name": config.database})
    job = make_curation_job(config)
    workflow = make_workflow(config, "curate", job, window=window)
    for bucket in (config.bucket, config.curated_bucket):
        tell_events(config, bucket)
    heard, dead = make_queue(config, "heard"), make_queue(config, "dead-letters")
    raw = uploads(config.bucket, config.key("raw"))
    make_rule(config, "raw", raw, workflow, dead)
    make_rule(config, "failed", failed_runs(job), dead)
    return SimpleNamespace(
        job=job, workflow=workflow, window=window, heard=heard, dead=dead, raw=raw
    )


def make_spark_job(config):
    """Make the job `a`, which no test runs."""
    make_role(partial(client, config))
    client(config, "glue").create_job(**job("a"))


def upload(config, ids):
    """Upload a record for each id."""
    s3 = client(config, "s3")
    for id in ids:
        key = config.key("raw", "metadata", f"{id}.json")
        s3.put_object(Bucket=config.bucket, Key=key, Body=bin_of(1 + id % 4))


def rows(config):
    """Return the ids of the curated table's rows."""
    table = query(config, f"SELECT id FROM {table_name(config)}").frame
    return sorted(int(id) for id in table["id"])


def until(is_met, what, seconds=600):
    end = time.monotonic() + seconds
    while not is_met():
        assert time.monotonic() < end, what
        time.sleep(0.5)


def runs(config, job):
    return client(config, "glue").get_job_runs(JobName=job)["JobRuns"]


def quiet(aws, config, made):
    """Say whether no run is under way and no event waits for one; let some windows' time pass."""
    for _ in range(60):
        states = {run["JobRunState"] for run in runs(config, made.job)}
        if states & {"STARTING", "RUNNING", "WAITING"}:
            return False
        advance(aws.context, made.window / 10)
        time.sleep(0.1)
    return True


@pytest.fixture
def config(rehearsed):
    return replace(rehearsed, dataset="bins")


def test_a_workflow_has_an_event_trigger_and_is_made_once(config):
    make = partial(make_workflow, config, "curate", "birds-and-bins-bins-etl")
    assert make().endswith(":workflow/birds-and-bins-bins-curate") and make() == make()
    [trigger] = client(config, "glue").get_triggers()["Triggers"]
    assert (trigger["Type"], trigger["WorkflowName"]) == ("EVENT", "birds-and-bins-bins-curate")
    assert trigger["EventBatchingCondition"] == {"BatchSize": 100, "BatchWindow": 60}


def test_a_workflow_made_again_does_what_it_is_told_now(config):
    client(config, "glue").create_workflow(Name="birds-and-bins-bins-curate")
    make_workflow(config, "curate", "a", window=10)
    make_workflow(config, "curate", "b", window=20)
    [trigger] = client(config, "glue").get_triggers()["Triggers"]
    assert trigger["Actions"] == [{"JobName": "b"}]
    assert trigger["EventBatchingCondition"] == {"BatchSize": 100, "BatchWindow": 20}
    assert (trigger["Type"], trigger["WorkflowName"]) == ("EVENT", trigger["Name"])


def test_a_run_that_never_comes_is_an_error_that_says_where_to_look(config):
    make_spark_job(config)
    workflow = make_workflow(config, "curate", "a")
    with pytest.raises(NotSeen, match="collects events after 0 s: .*bins-dead-letters .*its rule"):
        run_of_events(config, workflow, patience=0.1)


def test_runs_on_later_pages_are_seen(aws, config):
    """Glue shows 100 runs on a page."""
    make_spark_job(config)
    workflow = make_workflow(config, "curate", "a")
    now, name = aws.parts.clock.now(), workflow.rpartition("/")[2]
    own, runs = (Collection(aws.parts.documents, f"Glue{kind}Run") for kind in ("Job", "Workflow"))
    for number in range(150):
        begin = now - timedelta(minutes=number)
        each = {
            "Id": f"jr_{number}",
            "JobName": "a",
            "StartedOn": begin,
            "JobRunState": "SUCCEEDED",
        }
        own.put(each["Id"], each | ({"TriggerName": name} if number > 100 else {}))
        run = {"Name": name, "WorkflowRunId": f"wr_{number}", "StartedOn": begin, "_fired": []}
        ids = {"aws:eventIds": json.dumps(["e"] * (number + 1))}
        runs.put(run["WorkflowRunId"], run | {"Status": "ERROR", "WorkflowRunProperties": ids})
    assert started_runs(config, workflow) == [f"jr_{number}" for number in range(101, 150)]
    assert events_of_runs(config, workflow) == [*range(1, 151)]


@pytest.mark.slow
def test_uploads_that_come_twice_start_one_run_and_its_table_is_seen_in_a_queue(config):
    made = furnished(config)
    make_rule(config, "curated", uploads(config.curated_bucket, "curated/"), made.heard)
    upload(config, [0, 1, 2, 0, 1, 2])
    run = run_of_events(config, made.workflow)
    assert (run.metrics["objects"], run.metrics["read"], run.metrics["rows"]) == (3, 3, 3)
    assert events_of_runs(config, made.workflow) == [6]
    assert started_runs(config, made.workflow) == [run.id]
    assert rows(config) == [0, 1, 2]
    keys = [event["detail"]["object"]["key"] for event in received(config, made.heard, 4)]
    assert all(key.startswith("curated/bins/") for key in keys)
    assert any(key.endswith(".parquet") for key in keys)
    assert not received(config, made.dead, seconds=1)


@pytest.mark.slow
def test_events_that_come_twice_late_or_not_at_all_and_a_failed_run_lose_no_record(aws, config):
    # Only `quiet` lets so long a window end: runs, each a Spark, come of full batches and of it.
    made = furnished(config, window=600)
    make_rule(config, "all", made.raw, made.heard)
    deliver = ("events", "Deliver")
    faults = [
        Fault("duplicated", *deliver, share=0.2),
        Fault("reordered", *deliver, share=0.2, seconds=2),
        Fault("throttled", "glue", "NotifyEvent", share=0.1),
        Fault("denied", "glue", "NotifyEvent", share=0.1),
        Fault("denied", "glue", "CreateTable", times=1),
    ]
    set_faults(aws.context, faults, seed=15)
    upload(config, range(OFTEN // 2))
    until(lambda: "FAILED" in {each["JobRunState"] for each in runs(config, made.job)}, "no fault")
    upload(config, range(OFTEN // 2, OFTEN))
    until(lambda: quiet(aws, config, made), "the runs do not end")
    set_faults(aws.context, [])
    dead = received(config, made.dead, OFTEN, seconds=10)
    failed = [each["detail"]["jobRunId"] for each in dead if each["source"] == "aws.glue"]
    assert set(failed) == {
        run["Id"] for run in runs(config, made.job) if run["JobRunState"] == "FAILED"
    }
    lost = {int(_id(each)) for each in dead if each["source"] == "aws.s3"}
    present = rows(config)
    assert len(present) == len({*present}) and {*present} | lost == {*range(OFTEN)}
    heard = {each["id"] for each in received(config, made.heard, OFTEN)}
    letters = {each["id"] for each in dead if each["source"] == "aws.s3"}
    assert len(heard) == OFTEN and heard == _started(config, made) | letters
    # A dead letter that is sent once more is one event more: here an upload of the same object.
    upload(config, [0])
    until(lambda: quiet(aws, config, made), "the run does not end")
    assert rows(config) == [*range(OFTEN)]


def _id(event):
    return event["detail"]["object"]["key"].rpartition("/")[2].removesuffix(".json")


def _started(config, made):
    """Return the ids of the events that have started runs."""
    name = made.workflow.rpartition("/")[2]
    found = client(config, "glue").get_workflow_runs(Name=name)["Runs"]
    lists = [json.loads(run["WorkflowRunProperties"]["aws:eventIds"]) for run in found]
    return {id for ids in lists for id in ids}


@pytest.fixture
def server(tmp_path):
    """Return a function that starts a local AWS in a process of its own, which a test may kill."""
    settings = Settings(tmp_path / "state", free_port())
    yield lambda: SimpleNamespace(context=lifecycle.ensure_running(settings))
    lifecycle.stop(settings.state)


def kill(aws):
    """Kill a server at once, and wait until it is gone."""
    os.kill(lifecycle.owner(aws.context.state), signal.SIGKILL)
    while lifecycle.owner(aws.context.state):
        time.sleep(0.01)


@pytest.mark.slow
def test_a_killed_server_loses_no_event_and_the_table_has_each_record_once(server, monkeypatch):
    aws = server()
    for name, value in aws.context.environment().items():
        monkeypatch.setenv(name, value)
    config = course_config(aws, dataset="bins")
    client(config, "s3").create_bucket(Bucket=config.bucket)
    made = furnished(config)
    upload(config, range(50))
    kill(aws)  # with events that are not delivered, or wait for their window's end
    aws = server()
    upload(config, range(50, 100))
    until(lambda: "RUNNING" in {run["JobRunState"] for run in runs(config, made.job)}, "no run")
    kill(aws)
    aws = server()
    until(lambda: quiet(aws, config, made), "the runs do not end")
    assert len(_started(config, made)) == 100  # once at least, by its id
    dead = received(config, made.dead, 1, seconds=2)
    if runs(config, made.job)[0]["JobRunState"] == "FAILED":
        # Killed with its server: the dead letter says so, and the next event starts another.
        assert "FAILED" in {each["detail"]["state"] for each in dead}
        upload(config, [0])
        until(lambda: quiet(aws, config, made), "the run does not end")
    assert rows(config) == [*range(100)]
