"""A training job's ends: retries, failures, limits, and what Describe and CloudWatch then tell."""

import os
import time
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from local_aws.services.sagemaker.jobs.training_run import TrainingRun
from local_aws.services.sagemaker.jobs.verdict import INTERNAL
from tests.local_aws.services.sagemaker.jobs.requests import channel, training, wait_for
from tests.local_cloud import BUCKET


def run(sagemaker, script, **about):
    """Run a program as a training job and return its description."""
    sagemaker.create_training_job(**training("job", script, **about))
    return wait_for(sagemaker, "TrainingJob", "job")


def states(job):
    return [each["Status"] for each in job["SecondaryStatusTransitions"]]


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
    job = run(client("sagemaker"), "pass", RetryStrategy={"MaximumRetryAttempts": 2})
    again = ["Starting", "Restarting"]
    ran = ["Starting", "Downloading", "Training", "Uploading", "Completed"]
    assert states(job) == [*again, *again, *ran]


def test_an_internal_error_fails_a_job_without_retries(client, breaks):
    breaks(1, KeyError("ours"))
    job = run(client("sagemaker"), "pass")
    assert job["FailureReason"].startswith(f"{INTERNAL}: KeyError")


def test_a_scripts_own_error_is_not_tried_again(aws, client):
    job = run(client("sagemaker"), "1 / 0", RetryStrategy={"MaximumRetryAttempts": 2})
    assert states(job).count("Starting") == 1 and job["TrainingJobStatus"] == "Failed"


def test_a_job_over_its_time_is_stopped_and_says_so(client):
    job = run(client("sagemaker"), "import time; time.sleep(60)", seconds=1)
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "MaxRuntimeExceeded")


def test_describe_fills_what_the_caller_left_out(aws, client):
    aws.store.put(BUCKET, "data/a", b"a")
    job = run(client("sagemaker"), "pass", InputDataConfig=[channel("data", "data/")])
    assert job["ProfilingStatus"] == "Disabled" and not job["EnableNetworkIsolation"]
    assert job["InputDataConfig"][0]["CompressionType"] == "None"
    assert job["OutputDataConfig"]["CompressionType"] == "GZIP"
    assert job["TrainingTimeInSeconds"] == job["BillableTimeInSeconds"] >= 1
    assert all("_" != name[0] for name in job)


def test_a_model_that_is_not_to_be_packed_is_kept_file_by_file(aws, client):
    output = {"S3OutputPath": f"s3://{BUCKET}/models", "CompressionType": "NONE"}
    script = "import os; os.mkdir('/opt/ml/model/a'); open('/opt/ml/model/a/w', 'w').write('w')"
    job = run(client("sagemaker"), script, OutputDataConfig=output)
    uri = f"s3://{BUCKET}/models/job/output/model/"
    assert job["ModelArtifacts"]["S3ModelArtifacts"] == uri
    assert aws.store.read(BUCKET, "models/job/output/model/a/w") == b"w"


def test_metrics_can_be_asked_of_cloudwatch(client):
    run(client("sagemaker"), "print('loss=2.5')\nprint('loss=1.5')", metrics=[("l", r"loss=(\S+)")])
    asked = {"Namespace": "/aws/sagemaker/TrainingJobs", "MetricName": "l", "Period": 300}
    about = [{"Name": "TrainingJobName", "Value": "job"}]
    end = datetime.now(UTC) + timedelta(minutes=5)
    when = {"StartTime": end - timedelta(hours=1), "EndTime": end}
    found = client("cloudwatch").get_metric_statistics(
        **asked, **when, Dimensions=about, Statistics=["Minimum", "SampleCount"]
    )["Datapoints"]
    assert (sum(each["SampleCount"] for each in found), found[-1]["Minimum"]) == (2, 1.5)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"SessionChainingConfig": {"EnableSessionTagChaining": True}}, "SessionChainingConfig"),
        ({"ResourceConfig": {"InstanceType": "ml.m5.large"}}, "InstanceCount must be given"),
        ({"InputDataConfig": [channel("a", "x/"), channel("a", "y/")]}, "must be unique: a"),
    ],
)
def test_what_can_not_be_run_is_refused_by_name(client, change, message):
    with pytest.raises(ClientError, match=message):
        client("sagemaker").create_training_job(**{**training("job", "pass"), **change})


def test_more_instances_than_the_quota_leaves_are_refused_as_aws_words_it(aws, client):
    aws.engines.admission.quotas.set("ml.m5.large for training job usage", 3)
    sagemaker = client("sagemaker")
    sagemaker.create_training_job(**training("first", "import time; time.sleep(60)", count=2))
    message = "is 3 Instances, with current utilization of 2 Instances and a request delta of 2"
    with pytest.raises(ClientError, match=f"ResourceLimitExceeded.*{message}"):
        sagemaker.create_training_job(**training("second", "pass", count=2))


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
