"""Jobs on a disk that fills up end with a reason, and their output is read to its end."""

import errno
import os
import sqlite3
import time

import pytest
from botocore.exceptions import ClientError

from local_aws.state.disk import FULL_MESSAGE
from local_aws.state.documents import Documents
from tests.local_aws.services.sagemaker.jobs.requests import printed, processing, training, wait_for
from tests.local_cloud import BUCKET

TALK = "for n in range(4000): print(n, 'x' * 40)"
"""More than a pipe holds."""


def full(*arguments, **named):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_job_whose_log_has_no_room_ends_all_the_same(aws, client, monkeypatch):
    append, calls = aws.engines.logs.put_log_events, []

    def sometimes(*arguments):
        calls.append(arguments)
        return (full if len(calls) < 3000 else append)(*arguments)

    monkeypatch.setattr(aws.engines.logs, "put_log_events", sometimes)
    sagemaker = client("sagemaker")
    sagemaker.create_training_job(**training("job", TALK))
    assert wait_for(sagemaker, "TrainingJob", "job")["TrainingJobStatus"] == "Completed"
    lines = printed(aws)
    assert lines[0] == f"[2999 lines are missing here: {FULL_MESSAGE}]"
    assert [line.split()[0] for line in lines[1:]] == [str(n) for n in range(2999, 4000)]


@pytest.mark.parametrize("step", ["put", "draft"])
def test_a_job_whose_output_has_no_room_fails_with_that_reason(aws, client, monkeypatch, step):
    aws.store.put(BUCKET, "code/run.py", b"open('/opt/ml/processing/output/a', 'w').write('a')")
    monkeypatch.setattr(aws.store, step, full)
    sagemaker = client("sagemaker")
    sagemaker.create_processing_job(**processing("job"))
    job = wait_for(sagemaker, "ProcessingJob", "job")
    assert (job["ProcessingJobStatus"], job["FailureReason"]) == (
        "Failed",
        f"ClientError: {FULL_MESSAGE}",
    )


@pytest.mark.parametrize("script", ["pass", "raise SystemExit(1)"])
def test_a_job_that_ends_on_a_full_disk_is_failed_now_and_after_more_room(
    aws, client, tmp_path, monkeypatch, script
):
    go, sagemaker = tmp_path / "go", client("sagemaker")
    wait = f"import os, time\nwhile not os.path.exists({str(go)!r}): time.sleep(0.02)\n{script}"
    sagemaker.create_training_job(**training("job", wait))
    jobs = aws.engines.training.jobs.records
    while jobs.get("job")["SecondaryStatus"] != "Training":
        time.sleep(0.02)
    with monkeypatch.context() as patch:
        patch.setattr(aws.parts.documents, "_write", no_room)
        with pytest.raises(ClientError, match="InsufficientStorage"):
            sagemaker.create_training_job(**training("refused", "pass"))
        go.touch()
        job = wait_for(sagemaker, "TrainingJob", "job")
    assert job["TrainingJobStatus"] == "Failed" and job["FailureReason"]
    other = Documents(aws.context.state / "documents.sqlite")
    assert other.get("TrainingJob", "job")["TrainingJobStatus"] == "InProgress"
    sagemaker.create_training_job(**training("later", "pass"))
    assert other.get("TrainingJob", "job")["FailureReason"] == job["FailureReason"]
    assert other.get("TrainingJob", "refused") is None
    other.close()


def no_room(rows):
    if rows:
        raise sqlite3.OperationalError("database or disk is full")
