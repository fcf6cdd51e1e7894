"""The clusters of a tuning job: their number, their trials, and their end.

Programs on a kept cluster are forked from its one warm Python, whose process is their parent.
"""

import os
import sys

import pytest

from local_aws.server import LocalAws
from tests.local_aws.services.sagemaker.jobs.requests import training, wait_for
from tests.local_aws.services.sagemaker.tuning.requests import (
    archive,
    trials_of,
    tuning,
    wait_for_tuning,
    wait_until,
)
from tests.local_cloud import BUCKET, furnish, make_client

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Python is warm on Linux alone")
LOGS = "/aws/sagemaker/TrainingJobs"
WARM = "import os, sys, time; print('score=1'); print('warm', os.getppid(), flush=True)\n"
FIRST = "first = '0.1' in sys.argv\n"
GRID = {"CategoricalParameterRanges": [{"Name": "x", "Values": ["0.1", "0.2", "0.3"]}]}
LAUNCHED, FOUND = "Launching requested ML instances", "Found matching resource for reuse"


def create(aws, sagemaker, script, *, parallel=1, **definition):
    """Start a tuning job of three trials; the first one can tell that it is the first."""
    aws.store.put(BUCKET, "code/sourcedir.tar.gz", archive(WARM + FIRST + script))
    request = tuning(strategy="Grid", ranges=GRID, trials=None, parallel=parallel)
    request["TrainingJobDefinition"] |= definition
    sagemaker.create_hyper_parameter_tuning_job(**request)


def parents(aws, sagemaker):
    """Return the parent process of each trial's script, in the order of the trials."""
    events = []
    for trial in trials_of(sagemaker):
        prefix = {"logGroupName": LOGS, "logStreamNamePrefix": trial["TrainingJobName"] + "/"}
        if aws.engines.logs.describe_log_groups({"logGroupNamePrefix": LOGS})["logGroups"]:
            events += aws.engines.logs.filter_log_events(prefix)["events"]
    lines = [event["message"] for event in events]
    return [int(line.split()[1]) for line in lines if line.startswith("warm")]


def described(sagemaker):
    """Return the training jobs of the tuning job, in its order."""
    names = [trial["TrainingJobName"] for trial in trials_of(sagemaker)]
    return [sagemaker.describe_training_job(TrainingJobName=name) for name in names]


def beginnings(sagemaker):
    """Return the first secondary status message of each trial."""
    return [job["SecondaryStatusTransitions"][0]["StatusMessage"] for job in described(sagemaker)]


def nothing_is_left(aws, pids):
    """Say whether neither a disk nor one of these processes is there."""
    folder = aws.context.state / "instances"
    return not any(folder.glob("*")) and not any(os.path.exists(f"/proc/{pid}") for pid in pids)


@pytest.mark.parametrize("parallel", [1, 2])
def test_a_cluster_is_launched_for_each_parallel_trial_and_no_more(aws, run, sagemaker, parallel):
    run(WARM + "time.sleep(0.5)", trials=5, parallel=parallel)
    pids = parents(aws, sagemaker)
    assert len(pids) == 5 and len(set(pids)) == parallel
    assert nothing_is_left(aws, pids)


def test_messages_tell_of_the_reuse_and_no_field_that_nobody_promised(run, sagemaker):
    run(WARM, trials=2)
    first, second = described(sagemaker)
    assert beginnings(sagemaker) == [LAUNCHED, FOUND]
    reused = f"Resource reused by training job: {second['TrainingJobName']}"
    assert first["SecondaryStatusTransitions"][-1]["StatusMessage"] == reused
    assert "WarmPoolStatus" not in first | second
    assert "KeepAlivePeriodInSeconds" not in first["ResourceConfig"]


@pytest.mark.parametrize(
    "script",
    [
        "assert not first",
        "if first: time.sleep(60)",
        "if first: os.system('setsid sleep 60 >/dev/null 2>&1 &')",
        "assert not os.path.exists('/opt/ml/mine'); open('/opt/ml/mine', 'x')",
    ],
    ids=["fails", "takes too long", "leaves a process", "leaves a file"],
)
def test_a_trial_of_which_this_is_true_leaves_its_cluster_to_the_next(aws, sagemaker, script):
    limit = 8 if "60)" in script else 60
    create(aws, sagemaker, script, StoppingCondition={"MaxRuntimeInSeconds": limit})
    wait_for_tuning(sagemaker)
    pids = parents(aws, sagemaker)
    assert len(pids) == 3 and len(set(pids)) == 1
    assert [job["TrainingJobStatus"] for job in described(sagemaker)][1:] == ["Completed"] * 2
    assert nothing_is_left(aws, pids)


def test_a_trial_that_is_stopped_leaves_its_cluster_to_the_next(aws, sagemaker):
    create(aws, sagemaker, "if first: time.sleep(60)")
    wait_until(lambda: parents(aws, sagemaker))
    first = trials_of(sagemaker)[0]["TrainingJobName"]
    sagemaker.stop_training_job(TrainingJobName=first)
    wait_for_tuning(sagemaker)
    assert beginnings(sagemaker) == [LAUNCHED, FOUND, FOUND]


def test_a_broken_cluster_is_replaced(aws, sagemaker):
    create(aws, sagemaker, "if first: os.kill(os.getppid(), 9)")
    wait_for_tuning(sagemaker)
    first, second, third = parents(aws, sagemaker)
    assert first != second == third
    assert beginnings(sagemaker) == [LAUNCHED, LAUNCHED, FOUND]
    assert nothing_is_left(aws, [first, second])


def test_spot_trials_start_on_instances_of_their_own(aws, sagemaker):
    limits = {"MaxRuntimeInSeconds": 60, "MaxWaitTimeInSeconds": 120}
    create(aws, sagemaker, "", EnableManagedSpotTraining=True, StoppingCondition=limits)
    wait_for_tuning(sagemaker)
    assert beginnings(sagemaker) == [LAUNCHED] * 3


def test_an_ordinary_job_gets_no_cluster_of_a_tuning_job(aws, sagemaker):
    create(aws, sagemaker, "if not first: time.sleep(60)", parallel=2)
    wait_until(lambda: len(parents(aws, sagemaker)) == 3)
    sagemaker.create_training_job(**training("alike", "pass"))
    job = wait_for(sagemaker, "TrainingJob", "alike")
    assert job["SecondaryStatusTransitions"][0]["StatusMessage"] == LAUNCHED


def test_no_quota_for_warm_pools_is_asked_for(aws, sagemaker):
    aws.engines.admission.quotas.set("ml.m5.large for training warm pool usage", 0)
    create(aws, sagemaker, "")
    assert wait_for_tuning(sagemaker)["TrainingJobStatusCounters"]["Completed"] == 3
    assert beginnings(sagemaker) == [LAUNCHED, FOUND, FOUND]


@pytest.mark.parametrize("script, status", [("time.sleep(60)", "Stopped"), ("1 / 0", "Failed")])
def test_nothing_is_left_of_a_tuning_job_that_is(aws, sagemaker, script, status):
    create(aws, sagemaker, script, parallel=2)
    wait_until(lambda: len(parents(aws, sagemaker)) > 1)
    if status == "Stopped":
        sagemaker.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="tune")
    assert wait_for_tuning(sagemaker)["HyperParameterTuningJobStatus"] == status
    assert nothing_is_left(aws, parents(aws, sagemaker))


def test_a_trial_may_be_deleted_while_its_cluster_waits(aws, sagemaker):
    create(aws, sagemaker, "if not first: time.sleep(60)", parallel=2)
    wait_until(lambda: len(parents(aws, sagemaker)) == 3)
    done = trials_of(sagemaker, StatusEquals="Completed")[0]["TrainingJobName"]
    sagemaker.delete_training_job(TrainingJobName=done)
    sagemaker.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="tune")
    assert wait_for_tuning(sagemaker)["HyperParameterTuningJobStatus"] == "Stopped"


def test_a_server_that_ends_leaves_nothing_and_the_next_one_launches_anew(tmp_path):
    with LocalAws(tmp_path / "state") as aws:
        furnish(aws)
        sagemaker = make_client(aws, "sagemaker")
        create(aws, sagemaker, f"time.sleep(0 if first or os.path.exists('{tmp_path}/on') else 60)")
        wait_until(lambda: len(parents(aws, sagemaker)) == 2)
        before = parents(aws, sagemaker)
    assert before[0] == before[1] and nothing_is_left(aws, before)
    (tmp_path / "on").touch()
    with LocalAws(tmp_path / "state") as aws:
        sagemaker = make_client(aws, "sagemaker")
        assert wait_for_tuning(sagemaker)["TrainingJobStatusCounters"]["Completed"] == 3
        assert beginnings(sagemaker) == [LAUNCHED, FOUND, LAUNCHED, FOUND]
        assert nothing_is_left(aws, parents(aws, sagemaker))
