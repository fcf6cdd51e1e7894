"""Warm pools: which job gets kept instances, how long they wait, and how they are cleaned."""

import os

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from local_aws.instances import warm_python
from local_aws.server import LocalAws
from local_aws.services.sagemaker.jobs.pools import pool_key
from local_aws.services.sagemaker.jobs.training_run import TrainingRun
from tests.local_aws.services.sagemaker.jobs.requests import training, wait_for
from tests.local_cloud import furnish, make_client

CACHE = "/opt/ml/sagemaker/warmpoolcache"


@pytest.fixture(autouse=True)
def light(request, monkeypatch):
    """Let kept instances import nearly no modules, for tests that do not need them."""
    if "heavy" not in request.fixturenames:
        monkeypatch.setattr(warm_python, "LIBRARIES", ("json",))


@pytest.fixture
def heavy():
    """Let kept instances import all their modules."""


def kept(name, script="pass", *, seconds=300, **more):
    """Return a request for a job whose instances are kept."""
    request = training(name, script, **more)
    request["ResourceConfig"]["KeepAlivePeriodInSeconds"] = seconds
    return request


def finish(sagemaker, request):
    """Run a job and return its description."""
    sagemaker.create_training_job(**request)
    job = wait_for(sagemaker, "TrainingJob", request["TrainingJobName"])
    assert job["TrainingJobStatus"] == "Completed", job["FailureReason"]
    return job


def pool_of(sagemaker, name):
    return sagemaker.describe_training_job(TrainingJobName=name)["WarmPoolStatus"]


def startup(job):
    """Return the seconds from a job's creation to its training."""
    times = {each["Status"]: each["StartTime"] for each in job["SecondaryStatusTransitions"]}
    return (times["Training"] - job["CreationTime"]).total_seconds()


def test_the_second_job_starts_in_a_third_of_the_time_and_finds_only_the_cache(client, heavy):
    sagemaker = client("sagemaker")
    leave = f"import os; os.makedirs('{CACHE}'); open('{CACHE}/kept', 'w'); open('gone', 'w')"
    first = finish(sagemaker, kept("first", leave))
    second = finish(sagemaker, kept("second", f"import os; assert os.listdir('{CACHE}') == ['kept']"
                                    "; assert not os.path.exists('gone')"))  # fmt: skip
    assert startup(second) < startup(first) / 3
    reused = pool_of(sagemaker, "first")
    assert (reused["Status"], reused["ReusedByJob"]) == ("Reused", "second")
    assert pool_of(sagemaker, "second")["Status"] == "Available"
    reusing = sagemaker.list_training_jobs(WarmPoolStatusEquals="Reused")["TrainingJobSummaries"]
    assert [job["TrainingJobName"] for job in reusing] == ["first"]
    assert second["SecondaryStatusTransitions"][0]["StatusMessage"].startswith("Found matching")


@pytest.mark.parametrize(
    "change",
    [
        {"RoleArn": "arn:aws:iam::000000000000:role/another"},
        {"ResourceConfig": {"VolumeSizeInGB": 2}},
        {"ResourceConfig": {"InstanceType": "ml.m5.xlarge"}},
        {"ResourceConfig": {"InstanceCount": 2}},
        {"ResourceConfig": {"VolumeKmsKeyId": "key"}},
        {"VpcConfig": {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}},
        {"EnableInterContainerTrafficEncryption": True},
        {"EnableNetworkIsolation": True},
    ],
    ids=lambda change: str(change)[:40],
)
def test_a_job_that_differs_in_this_gets_instances_of_its_own(change):
    request = kept("job")
    resources = {**request["ResourceConfig"], **change.get("ResourceConfig", {})}
    other = {**kept("other", seconds=9), **change, "ResourceConfig": resources}
    assert pool_key(kept("other", seconds=9)) == pool_key(request) != pool_key(other)


def test_a_job_without_a_period_takes_the_pool_and_ends_it(client):
    sagemaker = client("sagemaker")
    finish(sagemaker, kept("first"))
    finish(sagemaker, training("last", "pass"))
    assert pool_of(sagemaker, "first")["ReusedByJob"] == "last"
    assert pool_of(sagemaker, "last")["Status"] == "Terminated"
    fresh = finish(sagemaker, training("fresh", "pass"))
    assert fresh["SecondaryStatusTransitions"][0]["StatusMessage"].startswith("Launching")


@pytest.mark.parametrize("seconds, error", [(21600, None), (21601, "21600"), (-1, "0")])
def test_a_period_has_botocores_range(client, seconds, error):
    request = kept("job", seconds=seconds)
    if error is None:
        assert finish(client("sagemaker"), request)["WarmPoolStatus"]["Status"] == "Available"
        return
    with pytest.raises((ClientError, ParamValidationError), match=error):
        client("sagemaker").create_training_job(**request)


def test_an_unused_pool_ends_after_its_time(aws, client):
    sagemaker = client("sagemaker")
    finish(sagemaker, kept("job", seconds=600))
    aws.parts.clock.advance(500)
    assert pool_of(sagemaker, "job")["Status"] == "Available"
    aws.parts.clock.advance(101)
    pool = pool_of(sagemaker, "job")
    assert (pool["Status"], pool["ResourceRetainedBillableTimeInSeconds"]) == ("Terminated", 600)
    assert not list((aws.context.state / "instances").iterdir())


def test_a_pool_that_is_kept_longer_outlives_its_first_time(aws, client):
    sagemaker = client("sagemaker")
    finish(sagemaker, kept("job", seconds=600))
    longer = {"ResourceConfig": {"KeepAlivePeriodInSeconds": 1200}}
    sagemaker.update_training_job(TrainingJobName="job", **longer)
    aws.parts.clock.advance(900)
    assert pool_of(sagemaker, "job")["Status"] == "Available"
    aws.parts.clock.advance(301)
    assert pool_of(sagemaker, "job")["ResourceRetainedBillableTimeInSeconds"] == 1200


def test_update_training_job_ends_a_pool_and_refuses_all_else(aws, client):
    sagemaker = client("sagemaker")
    finish(sagemaker, kept("job"))
    with pytest.raises(ClientError, match="NotImplementedException.* with RemoteDebugConfig"):
        debug = {"EnableRemoteDebug": True}
        sagemaker.update_training_job(TrainingJobName="job", RemoteDebugConfig=debug)
    with pytest.raises(ClientError, match="retains an Available warm pool"):
        sagemaker.delete_training_job(TrainingJobName="job")
    end = {"ResourceConfig": {"KeepAlivePeriodInSeconds": 0}}
    sagemaker.update_training_job(TrainingJobName="job", **end)
    assert pool_of(sagemaker, "job")["Status"] == "Terminated"
    with pytest.raises(ClientError, match="is Terminated"):
        sagemaker.update_training_job(TrainingJobName="job", **end)


def test_a_failed_script_leaves_a_pool_and_a_broken_one_none(aws, client, monkeypatch):
    sagemaker = client("sagemaker")
    sagemaker.create_training_job(**kept("job", "1 / 0"))
    wait_for(sagemaker, "TrainingJob", "job")
    assert pool_of(sagemaker, "job")["Status"] == "Available"
    monkeypatch.setattr(TrainingRun, "prepare", lambda *_: 1 / 0)
    sagemaker.create_training_job(**kept("broken"))
    wait_for(sagemaker, "TrainingJob", "broken")
    assert pool_of(sagemaker, "broken")["Status"] == "Terminated"


def test_what_a_job_installed_is_gone_for_the_next(aws, client):
    sagemaker = client("sagemaker")
    install = "import site; open(site.getsitepackages()[0] + '/mine.py', 'w')"
    finish(sagemaker, kept("first", install))
    sagemaker.create_training_job(**kept("second", "import mine"))
    job = wait_for(sagemaker, "TrainingJob", "second")
    assert "No module named 'mine'" in job["FailureReason"]


def test_no_process_of_a_job_lives_on_in_its_pool(aws, client):
    away = "import subprocess as s; print(s.Popen(['sleep', '99'], start_new_session=True).pid)"
    finish(client("sagemaker"), kept("job", away))
    group = {"logGroupName": "/aws/sagemaker/TrainingJobs"}
    pid = aws.engines.logs.filter_log_events(group)["events"][0]["message"]
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid), 0)


def test_pools_of_a_server_that_ended_are_terminated(tmp_path):
    with LocalAws(tmp_path) as aws:
        furnish(aws)
        finish(make_client(aws, "sagemaker"), kept("job"))
        before = aws.engines.training.jobs.records.documents.get("job")
    aws.engines.training.jobs.records.documents.put("job", before)
    with LocalAws(tmp_path) as aws:
        assert pool_of(make_client(aws, "sagemaker"), "job")["Status"] == "Terminated"


def test_the_quota_for_warm_pools_refuses_as_aws_does(aws, client):
    aws.engines.admission.quotas.set("ml.m5.large for training warm pool usage", 0)
    message = "'ml.m5.large for training warm pool usage' is 0 Instances, with current utilization"
    with pytest.raises(ClientError, match=f"ResourceLimitExceeded.*{message}"):
        client("sagemaker").create_training_job(**kept("job"))
