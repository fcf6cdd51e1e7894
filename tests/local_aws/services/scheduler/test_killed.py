"""A server is killed (SIGKILL) around each due time: every due time makes one job all the same."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from http.client import HTTPException

import pytest

from local_aws.control import Settings, advance, ensure_running
from local_aws.server import LocalAws
from local_aws.state.documents import Documents
from tests.local_aws.services.sagemaker.jobs.requests import processing
from tests.local_aws.services.scheduler.conftest import OFF, ROLE, allow, trust
from tests.local_cloud import furnish, make_client
from tests.places import ROOT

JOB = "arn:aws:scheduler:::aws-sdk:sagemaker:createProcessingJob"
HOUR = timedelta(hours=1)
HOURS = 3
MODULE = "tests.local_aws.services.scheduler.killed_server"
BEGIN = "local_aws.services.scheduler.executions:Executions.begin"
SEND = "local_aws.services.scheduler.executions:Executions._send"
ADD = "local_aws.services.sagemaker.jobs.records:Records.add"
START = "local_aws.services.sagemaker.jobs.runner:Runner.begin"
DELETE = "local_aws.state.documents:Documents.delete"
MOMENTS = ("before", "after")
WRITE = "local_aws.state.documents:Documents._write"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """Return a state folder with a schedule of hourly jobs, which has not been due yet."""
    folder = tmp_path_factory.mktemp("prepared")
    with LocalAws(folder) as aws:
        furnish(aws)
        client = partial(make_client, aws)
        client("iam").create_role(RoleName="schedules", AssumeRolePolicyDocument=trust())
        allow(client("iam"), "sagemaker:CreateProcessingJob", "iam:PassRole")
        job = processing("monitor-<aws.scheduler.execution-id>")
        del job["ProcessingInputs"]
        job["AppSpecification"]["ContainerEntrypoint"] = ["true"]
        job["Environment"] = {"DUE": "<aws.scheduler.scheduled-time>"}
        retry = {"MaximumRetryAttempts": 0}
        client("scheduler").create_schedule(
            Name="s", ScheduleExpression="cron(0 * * * ? *)", FlexibleTimeWindow=OFF,
            Target={"Arn": JOB, "RoleArn": ROLE, "Input": json.dumps(job), "RetryPolicy": retry},
        )  # fmt: skip
    return folder


def run(state, *, where="-", number=1, moment="-", hours=HOURS):
    """Run a server that moves its clock on by hours; return whether it was killed."""
    command = [sys.executable, "-m", MODULE, str(state), str(hours * 3600)]
    child = subprocess.run(
        [*command, where, str(number), moment], cwd=ROOT, capture_output=True, text=True
    )
    assert child.returncode in (0, -9), child.stderr
    return child.returncode == -9


def check(state):
    """Check that each due time up to now has exactly one job, named after its execution."""
    documents = Documents(state / "documents.sqlite")
    jobs = [job for _, job in documents.items("ProcessingJob")]
    documents.close()
    counts = Counter(datetime.fromisoformat(job["Environment"]["DUE"]) for job in jobs)
    assert set(counts.values()) == {1}, counts
    first, last = min(counts), max(counts)
    assert counts.keys() == {first + n * HOUR for n in range((last - first) // HOUR + 1)}
    assert len(counts) >= HOURS
    assert all(job["ProcessingJobName"].startswith("monitor-") for job in jobs)
    return counts


@pytest.mark.slow
def test_a_server_killed_at_any_step_of_a_due_time_leaves_it_one_job(prepared, tmp_path):
    """Each start is on the state that the last kill has left: the same hours come again."""
    state = tmp_path / "state"
    shutil.copytree(prepared, state)
    steps = (BEGIN, SEND, ADD, START, DELETE)
    kills = [run(state, where=step, moment=moment) for step in steps for moment in MOMENTS]
    assert all(kills), kills
    assert not run(state, hours=HOURS + 1)
    check(state)


@pytest.mark.slow
def test_a_server_killed_in_any_of_its_writes_leaves_each_due_time_one_job(prepared, tmp_path):
    state = tmp_path / "state"
    shutil.copytree(prepared, state)
    kills = [
        run(state, where=WRITE, number=number, moment=moment)
        for number in range(1, 6)
        for moment in MOMENTS
    ]
    assert all(kills)
    assert not run(state, hours=HOURS + 1)
    check(state)


@pytest.mark.slow
def test_the_real_command_killed_at_any_moment_leaves_each_due_time_one_job(prepared, tmp_path):
    state = tmp_path / "state"
    shutil.copytree(prepared, state)
    moments = random.Random(13)
    for _ in range(8):
        server = ensure_running(Settings(state, 0))
        pid = json.loads((state / "server.json").read_text())["pid"]
        killer = threading.Timer(moments.uniform(0.0, 2.0), os.kill, [pid, signal.SIGKILL])
        killer.start()
        with suppress(OSError, HTTPException):
            for _ in range(6 * HOURS):
                advance(server, 600)
        killer.join()
    assert not run(state, hours=HOURS + 1)
    check(state)
