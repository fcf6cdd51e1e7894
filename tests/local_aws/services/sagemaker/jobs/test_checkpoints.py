"""Checkpoints go to S3 while a job runs, and back to all its instances."""

import pytest

from local_aws.services.sagemaker.jobs import checkpoints
from tests.local_aws.services.sagemaker.jobs.requests import run_training, spot, until, wait_for
from tests.local_cloud import BUCKET

COUNT = """
import os, pathlib
folder = pathlib.Path('/opt/ml/checkpoints')
steps = len(list(folder.iterdir()))
(folder / f"{os.environ['CURRENT_HOST']}-{steps}").touch()
"""
KEEP = {"S3Uri": f"s3://{BUCKET}/checkpoints", "LocalPath": "/opt/ml/checkpoints"}


def keys(aws):
    return [info.key for info in aws.store.list(BUCKET, "checkpoints/")]


def test_all_instances_checkpoints_are_kept_and_all_get_them_back(aws, client, monkeypatch):
    monkeypatch.setattr(checkpoints, "SECONDS", 60)  # those at the end alone
    sagemaker = client("sagemaker")
    sagemaker.create_training_job(**spot("one", COUNT, count=2, CheckpointConfig=KEEP))
    wait_for(sagemaker, "TrainingJob", "one")
    assert keys(aws) == ["checkpoints/algo-1-0", "checkpoints/algo-2-0"]
    sagemaker.create_training_job(**spot("two", COUNT, count=2, CheckpointConfig=KEEP))
    wait_for(sagemaker, "TrainingJob", "two")
    assert keys(aws)[2:] == ["checkpoints/algo-2-0", "checkpoints/algo-2-2"]


def test_a_file_that_did_not_change_is_not_taken_again(aws, client):
    aws.store.put(BUCKET, "checkpoints/old", b"x")
    before = aws.store.info(BUCKET, "checkpoints/old")
    sagemaker = client("sagemaker")
    sagemaker.create_training_job(**spot("job", "pass", CheckpointConfig=KEEP))
    wait_for(sagemaker, "TrainingJob", "job")
    assert aws.store.info(BUCKET, "checkpoints/old") == before


@pytest.mark.parametrize("name", ["b'/a\\xff'", "'/' + 'a' * 240 + ('/' + 'b' * 240) * 4"])
def test_a_checkpoint_that_s3_does_not_take_keeps_none_of_the_others_back(
    aws, client, monkeypatch, name
):
    monkeypatch.setattr(checkpoints, "SECONDS", 0.05)
    folder = "os.fsencode(folder)" if name.startswith("b") else "folder"
    script = f"""
import os, time
folder = "/opt/ml/checkpoints"
path = {folder} + {name}
os.makedirs(os.path.dirname(path), exist_ok=True)
open(path, "w").close()
open(folder + "/last", "w").close()
time.sleep(60)
"""
    sagemaker = client("sagemaker")
    sagemaker.create_training_job(**spot("job", script, CheckpointConfig=KEEP))
    assert until(lambda: keys(aws)) == ["checkpoints/last"]
    sagemaker.stop_training_job(TrainingJobName="job")
    wait_for(sagemaker, "TrainingJob", "job")


def test_a_checkpoint_that_s3_does_not_take_leaves_the_model(aws, client):
    script = "open('/opt/ml/model/weights', 'w').close()"
    script += "; open(b'/opt/ml/checkpoints/a\\xff', 'w').close()"
    sagemaker = client("sagemaker")
    sagemaker.create_training_job(**spot("job", script, CheckpointConfig=KEEP))
    job = wait_for(sagemaker, "TrainingJob", "job")
    assert job["TrainingJobStatus"] == "Failed" and "not UTF-8" in job["FailureReason"]
    assert aws.store.info(BUCKET, "models/job/output/model.tar.gz").size


def test_a_job_that_runs_too_long_is_stopped_with_its_checkpoint_kept(aws, client):
    script = """
import signal, sys, time
def end(*_):
    open('/opt/ml/checkpoints/last', 'w').write('step 7')
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
time.sleep(60)
"""
    keep = {"S3Uri": f"s3://{BUCKET}/checkpoints", "LocalPath": "/opt/ml/checkpoints"}
    job = run_training(client("sagemaker"), script, seconds=2, CheckpointConfig=keep)
    assert job["TrainingJobStatus"] == "Stopped"
    assert aws.store.read(BUCKET, "checkpoints/last") == b"step 7"
