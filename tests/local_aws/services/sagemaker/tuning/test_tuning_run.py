"""A tuning job from trial to trial: limits, stops, ends and a restart."""

import pytest
from botocore.exceptions import ClientError

from local_aws.server import LocalAws
from tests.local_aws.services.sagemaker.tuning.requests import (
    archive,
    describe,
    trials_of,
    tuning,
    wait_for_tuning,
    wait_until,
)
from tests.local_cloud import BUCKET, furnish, make_client

WAIT = "import time; time.sleep(60)"
CATEGORICAL = {
    "CategoricalParameterRanges": [
        {"Name": "x", "Values": ["0.1", "0.7", "0.9"]},
        {"Name": "kind", "Values": ["a", "b"]},
    ]
}
EPOCHS = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
x = float(sys.argv[sys.argv.index('-x') + 1])
for epoch in range(1, 4):
    print(f'score={x * epoch}', flush=True)
    time.sleep(0.4 if x < 0.5 else 0)
"""
ONCE = """
import os, sys, time
print('score=1', flush=True)
if not os.path.exists({marker!r}):
    open({marker!r}, 'w').close()
    time.sleep(60)
"""


GRID = {"CategoricalParameterRanges": [{"Name": "x", "Values": ["0.1", "0.7"]}]}


def test_no_more_trials_run_at_once_than_the_parallel_limit(run, sagemaker):
    run("import time; print('score=1'); time.sleep(0.1)", trials=4, parallel=2)
    jobs = [
        sagemaker.describe_training_job(TrainingJobName=trial["TrainingJobName"])
        for trial in trials_of(sagemaker)
    ]
    spans = [(job["CreationTime"], job["TrainingEndTime"]) for job in jobs]
    overlaps = [sum(begin <= start < end for begin, end in spans) for start, _ in spans]
    assert max(overlaps) == 2


def test_a_hopeless_trial_is_stopped_early_and_another_run(run, sagemaker):
    ranges = {"CategoricalParameterRanges": [{"Name": "x", "Values": ["0.9", "0.2"]}]}
    early = {"TrainingJobEarlyStoppingType": "Auto"}
    job = run(EPOCHS, strategy="Grid", ranges=ranges, trials=None, **early)
    good, bad = trials_of(sagemaker)
    assert (good["TrainingJobStatus"], bad["TrainingJobStatus"]) == ("Completed", "Stopped")
    assert bad["ObjectiveStatus"] == "Succeeded"
    assert job["BestTrainingJob"]["TunedHyperParameters"]["x"] == "0.9"
    assert job["TrainingJobStatusCounters"]["Stopped"] == 1


def test_hyperband_stops_a_trial_that_goes_on_after_its_last_epoch(run, sagemaker):
    forever = "import time\nfor n in range(99): print('score=1', flush=True); time.sleep(0.2)"
    how = {"StrategyConfig": {"HyperbandStrategyConfig": {"MinResource": 1, "MaxResource": 2}}}
    run(forever, strategy="Hyperband", trials=1, **how)
    assert trials_of(sagemaker)[0]["TrainingJobStatus"] == "Stopped"


def test_a_stopped_tuning_job_stops_its_trials_and_starts_no_other(begin, sagemaker):
    begin(WAIT, trials=9, parallel=2)
    wait_until(lambda: len(trials_of(sagemaker)) == 2)
    sagemaker.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="tune")
    job = wait_for_tuning(sagemaker)
    assert job["HyperParameterTuningJobStatus"] == "Stopped"
    assert job["TrainingJobStatusCounters"]["Stopped"] == 2
    with pytest.raises(ClientError, match="is Stopped"):
        sagemaker.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="tune")


@pytest.mark.parametrize(
    "script, reason",
    [
        ("raise SystemExit('no')", "No training job succeeded after 2 attempts"),
        ("print('all well')", "No objective metrics found after running 2 training jobs"),
        ("print('score=nan')", "No objective metrics found"),
    ],
)
def test_a_tuning_job_without_any_objective_fails_with_the_reason(run, script, reason):
    job = run(script, trials=2, parallel=2)
    assert job["HyperParameterTuningJobStatus"] == "Failed"
    assert reason in job["FailureReason"]
    assert "BestTrainingJob" not in job


def test_one_failed_trial_does_not_fail_the_others(run, sagemaker):
    job = run("import sys; assert '0.1' not in sys.argv\nprint('score=1')", strategy="Grid",
              ranges=CATEGORICAL, trials=None, parallel=3)  # fmt: skip
    assert job["HyperParameterTuningJobStatus"] == "Completed"
    assert job["TrainingJobStatusCounters"]["NonRetryableError"] == 2
    failed = trials_of(sagemaker, StatusEquals="Failed")
    assert "AssertionError" in failed[0]["FailureReason"]


@pytest.mark.parametrize(
    "criteria, most",
    [
        ({"TargetObjectiveMetricValue": -99.0}, 1),
        ({"BestObjectiveNotImproving": {"MaxNumberOfTrainingJobsNotImproving": 3}}, 4),
    ],
)
def test_a_completion_criterion_ends_the_search_before_its_limit(run, criteria, most):
    job = run("print('score=1')", trials=9, TuningJobCompletionCriteria=criteria)
    assert job["HyperParameterTuningJobStatus"] == "Completed"
    assert job["TrainingJobStatusCounters"]["Completed"] == most


def test_a_restarted_server_goes_on_and_runs_again_what_it_took_down(tmp_path):
    script = ONCE.format(marker=str(tmp_path / "begun"))
    with LocalAws(tmp_path / "state") as aws:
        furnish(aws)
        aws.store.put(BUCKET, "code/sourcedir.tar.gz", archive(script))
        request = tuning(strategy="Grid", ranges=GRID, trials=None)
        make_client(aws, "sagemaker").create_hyper_parameter_tuning_job(**request)
        wait_until((tmp_path / "begun").exists)
    with LocalAws(tmp_path / "state") as aws:
        sagemaker = make_client(aws, "sagemaker")
        job = wait_for_tuning(sagemaker)
        done = trials_of(sagemaker, StatusEquals="Completed")
    assert job["HyperParameterTuningJobStatus"] == "Completed"
    counters = job["TrainingJobStatusCounters"]
    assert (counters["Completed"], counters["RetryableError"]) == (2, 1)
    assert {trial["TunedHyperParameters"]["x"] for trial in done} == {"0.1", "0.7"}


def test_a_tuning_job_over_its_time_on_the_clock_stops_its_trials_and_is_completed(
    aws, begin, sagemaker
):
    limits = {"MaxParallelTrainingJobs": 1, "MaxNumberOfTrainingJobs": 9}
    begin(WAIT, ResourceLimits={**limits, "MaxRuntimeInSeconds": 3600})
    wait_until(lambda: trials_of(sagemaker))
    aws.parts.clock.advance(3601)
    job = wait_for_tuning(sagemaker)
    assert job["HyperParameterTuningJobStatus"] == "Completed"
    assert job["TrainingJobStatusCounters"]["Stopped"] == 1


def test_a_tuning_job_that_was_stopping_is_stopped_after_a_restart(tmp_path):
    with LocalAws(tmp_path / "state") as aws:
        furnish(aws)
        aws.store.put(BUCKET, "code/sourcedir.tar.gz", archive("import time; time.sleep(60)"))
        sagemaker = make_client(aws, "sagemaker")
        sagemaker.create_hyper_parameter_tuning_job(**tuning(trials=2))
        wait_until(lambda: trials_of(sagemaker))
        for run in aws.engines.tuning._runs.values():
            run.leave()
        sagemaker.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="tune")
        assert describe(sagemaker)["HyperParameterTuningJobStatus"] == "Stopping"
    with LocalAws(tmp_path / "state") as aws:
        job = wait_for_tuning(make_client(aws, "sagemaker"))
    assert job["HyperParameterTuningJobStatus"] == "Stopped"
