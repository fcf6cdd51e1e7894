"""An attempt ends with its script, has a reason, and leaves no process."""

import os
import time

import pytest

from local_aws.instances import group
from tests.local_aws.services.sagemaker.jobs.requests import (
    printed,
    processing,
    run_training,
    spot,
    statuses,
    training,
    until,
    wait_for,
)
from tests.local_cloud import BUCKET


def test_a_process_that_left_the_jobs_session_ends_with_the_job(aws, client):
    script = "import subprocess as s; print(s.Popen(['sleep', '99'], start_new_session=True).pid)"
    sagemaker = client("sagemaker")
    sagemaker.create_training_job(**training("job", script))
    assert wait_for(sagemaker, "TrainingJob", "job")["TrainingJobStatus"] == "Completed"
    with pytest.raises(ProcessLookupError):
        os.kill(int(printed(aws)[0]), 0)


def test_no_log_line_and_no_reason_names_a_path_of_this_machine(aws, client):
    request = training("job", "")
    request["AlgorithmSpecification"]["ContainerEntrypoint"] = ["no-such-command"]
    sagemaker = client("sagemaker")
    sagemaker.create_training_job(**request)
    job = wait_for(sagemaker, "TrainingJob", "job")
    texts = "\n".join([*printed(aws), job["FailureReason"]])
    assert "No such file or directory: 'no-such-command'" in job["FailureReason"]
    assert str(aws.context.state) not in texts and os.getcwd() not in texts


def test_a_failed_scripts_reason_survives_an_output_that_can_not_be_kept(aws, client):
    aws.store.put(BUCKET, "code/run.py", b"open('/opt/ml/processing/output/a', 'w')\n1 / 0")
    request = processing("job")
    request["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"] = "s3://no-bucket/x"
    sagemaker = client("sagemaker")
    sagemaker.create_processing_job(**request)
    job = wait_for(sagemaker, "ProcessingJob", "job")
    assert "ZeroDivisionError" in job["FailureReason"]


def test_a_failure_keeps_its_reason_and_what_was_written(aws, client):
    script = "open('/opt/ml/output/data/log', 'w').write('x')\n1 / 0"
    job = run_training(client("sagemaker"), script)
    assert (
        job["FailureReason"] == "AlgorithmError: ZeroDivisionError: division by zero, exit code: 1"
    )
    assert aws.store.info(BUCKET, "models/job/output/output.tar.gz").size > 0


def test_a_killed_process_is_named_as_such(client):
    job = run_training(client("sagemaker"), "import os\nos.kill(os.getpid(), 9)")
    assert "ended by signal 9" in job["FailureReason"]


def test_a_script_that_does_not_listen_is_killed_after_the_grace(aws, client, monkeypatch):
    monkeypatch.setattr(group, "GRACE_SECONDS", 0.3)
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print('on'); time.sleep(60)"
    sagemaker = client("sagemaker")
    sagemaker.create_training_job(**spot("job", deaf))
    until(lambda: aws.engines.logs.describe_log_groups({})["logGroups"])
    began = time.monotonic()
    sagemaker.stop_training_job(TrainingJobName="job")
    job = wait_for(sagemaker, "TrainingJob", "job")
    assert statuses(job)[-3:] == ["Stopping", "Uploading", "Stopped"]
    assert time.monotonic() - began < 10


RANKS = """
import os, pathlib, subprocess, sys, time
child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(99)'])
print('rank', child.pid, flush=True)
code = child.wait()
sys.exit(f'RuntimeError: rank died with {code}' if code else 0)
"""


def test_one_killed_process_of_two_instances_fails_the_job_and_leaves_none(aws, client):
    sagemaker, group = client("sagemaker"), {"logGroupName": "/aws/sagemaker/TrainingJobs"}
    sagemaker.create_training_job(**training("job", RANKS, count=2))
    pids: list[int] = []
    while len(pids) < 2:
        time.sleep(0.05)
        if aws.engines.logs.describe_log_groups({})["logGroups"]:
            events = aws.engines.logs.filter_log_events(group)["events"]
            pids = [int(event["message"].split()[1]) for event in events]
    began = time.monotonic()
    os.kill(pids[0], 9)
    job = wait_for(sagemaker, "TrainingJob", "job", seconds=30)
    assert "rank died with -9" in job["FailureReason"] and time.monotonic() - began < 30
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
