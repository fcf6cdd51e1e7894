"""Managed spot training: interrupted, started again from its checkpoints, billed at a part."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from local_aws.__main__ import main
from local_aws.instances import group
from local_aws.services.sagemaker.jobs import billing, checkpoints
from local_aws.state.faults import Fault
from tests.local_aws.services.sagemaker.jobs.requests import training, wait_for
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


def spot(name, script, *, wait=120, **more):
    """Return a request for a job on spot instances."""
    request = training(name, script, EnableManagedSpotTraining=True, **more)
    if wait:
        request["StoppingCondition"]["MaxWaitTimeInSeconds"] = wait
    return request


def until(happens, seconds=20):
    """Wait until `happens()` gives something, and return it."""
    deadline = time.monotonic() + seconds
    while not (found := happens()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def keys(aws):
    return [info.key for info in aws.store.list(BUCKET, "checkpoints/")]


def describe(sagemaker, name):
    return sagemaker.describe_training_job(TrainingJobName=name)


def statuses(job):
    return [each["Status"] for each in job["SecondaryStatusTransitions"]]


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
    sagemaker.create_training_job(**spot("job", "import time; time.sleep(60)", wait=600))
    until(lambda: "Interrupted" in statuses(describe(sagemaker, "job")))
    aws.parts.clock.advance(601)
    job = wait_for(sagemaker, "TrainingJob", "job")
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "MaxWaitTimeExceeded")


def test_a_job_on_demand_is_not_interrupted(aws, client, capsys):
    sagemaker = client("sagemaker")
    sagemaker.create_training_job(**training("job", "import time; time.sleep(60)"))
    assert main(["interrupt", "job", "--state", str(aws.context.state)]) == 1
    assert "does not run on spot instances" in capsys.readouterr().err


@pytest.mark.parametrize(
    "change, message",
    [
        ({"StoppingCondition": {"MaxRuntimeInSeconds": 9}}, "It must be present"),
        (
            {"StoppingCondition": {"MaxRuntimeInSeconds": 9, "MaxWaitTimeInSeconds": 8}},
            "greater than or equal to MaxRuntimeInSeconds",
        ),
        ({"EnableManagedSpotTraining": False}, "for managed spot training alone"),
    ],
)
def test_waiting_times_that_do_not_fit_are_refused(client, change, message):
    with pytest.raises(ClientError, match=message):
        client("sagemaker").create_training_job(**{**spot("job", "pass"), **change})


def test_spot_instances_are_not_kept(client):
    request = spot("job", "pass")
    request["ResourceConfig"]["KeepAlivePeriodInSeconds"] = 60
    with pytest.raises(ClientError, match="not supported with managed spot"):
        client("sagemaker").create_training_job(**request)


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


def test_all_instances_checkpoints_are_kept_and_all_get_them_back(aws, client, monkeypatch):
    monkeypatch.setattr(checkpoints, "SECONDS", 60)  # those at the end alone
    script = COUNT.replace("time.sleep(60)", "pass")
    sagemaker = client("sagemaker")
    sagemaker.create_training_job(**spot("one", script, count=2, CheckpointConfig=KEEP))
    wait_for(sagemaker, "TrainingJob", "one")
    assert keys(aws) == ["checkpoints/algo-1-0", "checkpoints/algo-2-0"]
    sagemaker.create_training_job(**spot("two", script, count=2, CheckpointConfig=KEEP))
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
    assert job["TrainingJobStatus"] == "Failed" and "no UTF-8" in job["FailureReason"]
    assert aws.store.info(BUCKET, "models/job/output/model.tar.gz").size


CREATED = datetime(2026, 7, 1, tzinfo=UTC)


def at(seconds):
    """Return the time so many seconds after a job's creation."""
    return CREATED + timedelta(seconds=seconds)


def ran(seconds, **more):
    """Return a job's document whose instances were there for its first seconds."""
    limits = {"MaxRuntimeInSeconds": 100, "MaxWaitTimeInSeconds": 150}
    job = {"StoppingCondition": limits, "CreationTime": CREATED, **more}
    billing.begin(job, CREATED)
    billing.pause(job, at(seconds))
    return job


@pytest.mark.parametrize(
    "seconds, left",
    [(40, (70, "MaxRuntimeExceeded")), (130, (20, "MaxWaitTimeExceeded"))],
)
def test_only_the_time_on_instances_counts_for_the_runtime_and_all_of_it_for_the_wait(
    seconds, left
):
    assert billing.seconds_left(ran(30), at(seconds)) == left


@pytest.mark.parametrize("spot, billed", [(False, 40), (True, 12)])
def test_spot_seconds_are_billed_at_their_share_and_those_between_instances_not(spot, billed):
    job = ran(30, EnableManagedSpotTraining=spot)
    billing.begin(job, at(90))
    billing.bill(job, at(100))
    assert (job["TrainingTimeInSeconds"], job["BillableTimeInSeconds"]) == (40, billed)


def test_a_job_that_got_no_instances_is_not_billed():
    job = {}
    billing.bill(job, CREATED)
    assert job == {}
