"""Runs of jobs: states, the limit on runs at a time, retries, stops, and the server's end."""

import os
import signal
import time
from functools import partial
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from local_aws import lifecycle
from local_aws.services.glue.jobs import run
from local_aws.services.glue.jobs.runs import ENDED
from local_aws.settings import Settings
from tests.local_aws.services.glue.jobs.spark_jobs import Jobs, job, make_role
from tests.local_aws.services.glue.jobs.test_definitions import refusal
from tests.local_cloud import BUCKET, make_client
from tools.course_run import free_port

SLEEP = "import time; print('asleep', flush=True); time.sleep(300)"
FAILING = "rows = []\nprint(rows[0])\n"


def test_a_failed_script_is_tried_again_as_often_as_the_job_says(jobs):
    first = jobs.run(FAILING, MaxRetries=1)
    again = jobs.wait("etl", f"{first['Id']}_attempt_1")
    assert first["JobRunState"] == again["JobRunState"] == "FAILED"
    assert (again["Attempt"], again["PreviousRunId"]) == (1, first["Id"])
    runs = jobs.glue.get_job_runs(JobName="etl")["JobRuns"]
    assert [run["Id"] for run in runs] == [again["Id"], first["Id"]]
    assert first["ErrorMessage"] == (
        "Error Category: UNCLASSIFIED_ERROR; Failed Line Number: 2;"
        " IndexError: list index out of range"
    )


def test_a_run_beyond_the_limit_is_refused_until_one_is_stopped(jobs):
    name = jobs.make(SLEEP)
    run = jobs.start(name)
    code, message = refusal(jobs.glue.start_job_run, JobName=name)
    assert (code, message) == (
        "ConcurrentRunsExceededException",
        f"Concurrent runs exceeded for {name}",
    )
    jobs.wait(name, run, ["RUNNING"])
    answer = jobs.glue.batch_stop_job_run(JobName=name, JobRunIds=[run, "jr_none"])
    assert [each["JobRunId"] for each in answer["SuccessfulSubmissions"]] == [run]
    assert answer["Errors"][0]["ErrorDetail"]["ErrorCode"] == "EntityNotFoundException"
    assert jobs.wait(name, run)["JobRunState"] == "STOPPED"
    jobs.aws.store.put(BUCKET, f"scripts/{name}.py", b"pass")
    assert jobs.wait(name, jobs.start(name))["JobRunState"] == "SUCCEEDED"


def test_runs_of_a_job_with_a_queue_wait_for_one_another_in_order(jobs):
    name = jobs.make("print(1)", JobRunQueuingEnabled=True)
    runs = [jobs.start(name) for _ in range(3)]
    waiting = jobs.glue.get_job_run(JobName=name, RunId=runs[2])["JobRun"]
    assert waiting["JobRunState"] == "WAITING"
    assert waiting["StateDetail"] == f"Concurrent runs exceeded for {name}"
    first, second, third = (jobs.wait(name, run) for run in runs)
    assert {run["JobRunState"] for run in (first, second, third)} == {"SUCCEEDED"}
    assert first["CompletedOn"] <= second["StartedOn"] <= second["CompletedOn"]
    assert second["CompletedOn"] <= third["StartedOn"] and "StateDetail" not in third


def test_a_waiting_run_is_stopped_and_never_begins(jobs):
    name = jobs.make(SLEEP, JobRunQueuingEnabled=True)
    first, second = jobs.start(name), jobs.start(name)
    jobs.glue.batch_stop_job_run(JobName=name, JobRunIds=[second])
    assert jobs.wait(name, second)["ExecutionTime"] == 0
    jobs.glue.batch_stop_job_run(JobName=name, JobRunIds=[first])
    assert jobs.wait(name, first)["JobRunState"] == "STOPPED"
    assert jobs.wait(name, second)["JobRunState"] == "STOPPED"


def test_a_run_may_refuse_to_wait_and_a_queue_has_no_retries(jobs):
    name = jobs.make(SLEEP, JobRunQueuingEnabled=True)
    jobs.start(name)
    start = partial(jobs.glue.start_job_run, JobName=name, JobRunQueuingEnabled=False)
    assert refusal(start)[0] == "ConcurrentRunsExceededException"
    retried = jobs.make(SLEEP, name="retried", MaxRetries=1)
    start = partial(jobs.glue.start_job_run, JobName=retried, JobRunQueuingEnabled=True)
    assert "MaxRetries should be 0" in refusal(start)[1]


@pytest.mark.parametrize(
    "script, state, severity, message",
    [
        ("pass", "SUCCEEDED", "INFO", "Job run succeeded"),
        ("raise SystemExit('no')", "FAILED", "ERROR", None),
    ],
)
def test_eventbridge_hears_of_a_runs_end(aws, jobs, script, state, severity, message):
    changes = []
    aws.parts.changes.listeners.append(changes.append)
    run = jobs.run(script)
    [change] = [each for each in changes if each.source == "aws.glue"]
    assert change.detail_type == "Glue Job State Change"
    assert change.detail == {
        "jobName": "etl", "jobRunId": run["Id"], "state": state, "severity": severity,
        "message": message or run["ErrorMessage"],
    }  # fmt: skip


def test_a_job_that_is_not_there_has_no_run(jobs):
    with pytest.raises(ClientError, match="missing metadata"):
        jobs.glue.start_job_run(JobName="none")


@pytest.mark.slow
def test_a_run_ends_at_its_timeout(jobs, monkeypatch):
    monkeypatch.setattr(run, "MINUTE", run.MINUTE / 10)
    ended = jobs.run(SLEEP, {"Timeout": 2})
    assert ended["JobRunState"] == "TIMEOUT" and "2 minutes" in ended["ErrorMessage"]
    assert 12 <= ended["ExecutionTime"] < 40


@pytest.fixture
def killed(tmp_path):
    """Return a local AWS in a process of its own, which a test may kill."""
    settings = Settings(tmp_path / "state", free_port())
    yield lambda: SimpleNamespace(context=lifecycle.ensure_running(settings))
    lifecycle.stop(settings.state)


@pytest.mark.slow
def test_a_run_whose_server_was_killed_ends_failed_and_its_process_with_it(killed):
    aws = killed()
    client = partial(make_client, aws)
    client("s3").create_bucket(Bucket=BUCKET)
    make_role(client)
    script = f"import os\nprint('pid', os.getpid(), flush=True)\n{SLEEP}"
    client("s3").put_object(Bucket=BUCKET, Key="scripts/etl.py", Body=script.encode())
    jobs = Jobs(aws, client)
    jobs.glue.create_job(**job())
    run = jobs.start("etl")
    jobs.wait("etl", run, ["RUNNING"])
    pid, server = _pid(client("logs"), run), lifecycle.owner(aws.context.state)
    os.kill(server, signal.SIGKILL)
    while lifecycle.owner(aws.context.state):
        time.sleep(0.01)
    again = Jobs(killed(), client)
    shown = again.wait("etl", run, seconds=1)
    assert (shown["JobRunState"], shown["ErrorMessage"]) == ("FAILED", ENDED)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def _pid(logs, run):
    """Return the id of a run's process, which it prints."""
    for _ in range(600):
        try:
            request = {"logGroupName": "/aws-glue/jobs/output", "logStreamName": run}
            for event in logs.get_log_events(**request, startFromHead=True)["events"]:
                return int(event["message"].removeprefix("pid "))
        except logs.exceptions.ResourceNotFoundException:
            pass
        time.sleep(0.05)
    raise TimeoutError(run)
