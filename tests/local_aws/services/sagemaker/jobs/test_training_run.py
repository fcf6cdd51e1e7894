"""Errors, interruptions and limits of a training job, and the content of its disk."""

import json

import pytest

from local_aws.__main__ import main
from local_aws.services.sagemaker.jobs.training_run import TrainingRun
from local_aws.services.sagemaker.jobs.verdict import INTERNAL
from local_aws.state.faults import Fault
from tests.local_aws.services.sagemaker.jobs.requests import (
    channel,
    run_training,
    spot,
    statuses,
    training,
    until,
    wait_for,
)
from tests.local_cloud import BUCKET

COUNT = """
import os, pathlib, time
folder = pathlib.Path('/opt/ml/checkpoints')
steps = len(list(folder.iterdir()))
(folder / f"{os.environ['CURRENT_HOST']}-{steps}").touch()
print('steps', steps, flush=True)
if not steps: time.sleep(60)
"""
KEEP = {"S3Uri": f"s3://{BUCKET}/checkpoints", "LocalPath": "/opt/ml/checkpoints"}


def keys(aws):
    return [info.key for info in aws.store.list(BUCKET, "checkpoints/")]


def describe(sagemaker, name):
    return sagemaker.describe_training_job(TrainingJobName=name)


@pytest.fixture
def breaks(monkeypatch):
    """Return a function that lets the local AWS itself fail in the first attempts of each job."""

    def breaks(times, error):
        prepare, left = TrainingRun.prepare, [error] * times

        def failing(*arguments):
            if left:
                raise left.pop()
            return prepare(*arguments)

        monkeypatch.setattr(TrainingRun, "prepare", failing)

    return breaks


def test_an_internal_error_is_tried_again_as_often_as_asked(client, breaks):
    breaks(2, KeyError("ours"))
    job = run_training(client("sagemaker"), "pass", RetryStrategy={"MaximumRetryAttempts": 2})
    again = ["Starting", "Restarting"]
    ran = ["Starting", "Downloading", "Training", "Uploading", "Completed"]
    assert statuses(job) == [*again, *again, *ran]


def test_an_internal_error_fails_a_job_without_retries(client, breaks):
    breaks(1, KeyError("ours"))
    job = run_training(client("sagemaker"), "pass")
    assert job["FailureReason"].startswith(f"{INTERNAL}: KeyError")


def test_a_scripts_own_error_is_not_tried_again(aws, client):
    job = run_training(client("sagemaker"), "1 / 0", RetryStrategy={"MaximumRetryAttempts": 2})
    assert statuses(job).count("Starting") == 1 and job["TrainingJobStatus"] == "Failed"


def test_a_job_over_its_time_is_stopped_and_says_so(client):
    job = run_training(client("sagemaker"), "import time; time.sleep(60)", seconds=1)
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "MaxRuntimeExceeded")


def test_an_interrupted_job_goes_on_from_its_checkpoints_on_new_instances(aws, client):
    sagemaker = client("sagemaker")
    sagemaker.create_training_job(**spot("job", COUNT, CheckpointConfig=KEEP))
    assert until(lambda: keys(aws)) == ["checkpoints/algo-1-0"]  # while it runs
    assert main(["interrupt", "job", "--state", str(aws.context.state)]) == 0
    job = wait_for(sagemaker, "TrainingJob", "job")
    run = ["Starting", "Downloading", "Training"]
    assert statuses(job) == [*run, "Interrupted", *run, "Uploading", "Completed"]
    assert keys(aws) == ["checkpoints/algo-1-0", "checkpoints/algo-1-1"]
    assert job["BillableTimeInSeconds"] < job["TrainingTimeInSeconds"] or (
        job["TrainingTimeInSeconds"] == 1
    )


def test_a_fault_takes_the_instances_of_spot_jobs_alone(aws, client):
    fault = Fault("interrupted", "sagemaker", "CreateTrainingJob", seconds=3600, times=1)
    aws.parts.faults.set([fault])
    sagemaker = client("sagemaker")
    sagemaker.create_training_job(**training("demand", "pass"))
    assert wait_for(sagemaker, "TrainingJob", "demand")["TrainingJobStatus"] == "Completed"
    request = spot("spot", COUNT, CheckpointConfig=KEEP, seconds=9000, wait=9000)
    sagemaker.create_training_job(**request)
    assert until(lambda: keys(aws)) == ["checkpoints/algo-1-0"]
    aws.parts.clock.advance(3601)
    job = wait_for(sagemaker, "TrainingJob", "spot")
    assert statuses(job).count("Interrupted") == 1 and job["SecondaryStatus"] == "Completed"


def test_a_job_that_is_interrupted_for_ever_ends_with_its_waiting_time(aws, client):
    aws.parts.faults.set([Fault("interrupted")])
    sagemaker = client("sagemaker")
    # As long as the wait, or the clock may reach the runtime's end in a later attempt first.
    request = spot("job", "import time; time.sleep(60)", wait=600, seconds=600)
    sagemaker.create_training_job(**request)
    until(lambda: "Interrupted" in statuses(describe(sagemaker, "job")))
    aws.parts.clock.advance(601)
    job = wait_for(sagemaker, "TrainingJob", "job")
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "MaxWaitTimeExceeded")


def test_hyperparameters_and_channels_lie_where_the_contract_says(aws, client):
    aws.store.put(BUCKET, "shards/train/a.tar", b"a")
    read = "print(open('/opt/ml/input/config/{}.json').read().replace(chr(10), ' '))"
    script = "\n".join(read.format(name) for name in ("hyperparameters", "inputdataconfig"))
    listing = "\nimport os; print(os.listdir('/opt/ml/input/data/shards/train'))"
    channels = [channel("shards", "shards/")]
    run_training(
        client("sagemaker"),
        script + listing,
        HyperParameters={"lr": "0.1"},
        InputDataConfig=channels,
    )
    log = aws.engines.logs.filter_log_events({"logGroupName": "/aws/sagemaker/TrainingJobs"})
    texts = [event["message"] for event in log["events"]]
    assert json.loads(texts[0]) == {"lr": "0.1"}
    assert json.loads(texts[1])["shards"]["TrainingInputMode"] == "File"
    assert texts[2] == "['a.tar']"
