"""Tuning jobs from the request to the best training job."""

from itertools import product

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.services.sagemaker.tuning.requests import (
    continuous,
    describe,
    trials_of,
    wait_for_tuning,
    wait_until,
)

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


def default_score(x=0.0):
    return 1 - (x - 0.7) ** 2


def test_the_best_of_six_trials_beats_the_default(run, sagemaker):
    job = run(strategy="Bayesian", trials=6, parallel=3)
    assert job["HyperParameterTuningJobStatus"] == "Completed"
    assert job["TrainingJobStatusCounters"]["Completed"] == 6
    best = job["BestTrainingJob"]
    value = best["FinalHyperParameterTuningJobObjectiveMetric"]["Value"]
    x = float(best["TunedHyperParameters"]["x"])
    assert value == pytest.approx(default_score(x)) and value > default_score()
    assert value == max(
        trial["FinalHyperParameterTuningJobObjectiveMetric"]["Value"]
        for trial in trials_of(sagemaker)
    )


def test_a_trial_is_a_training_job_that_names_its_tuning_job(run, sagemaker):
    job = run(trials=1)
    name = trials_of(sagemaker)[0]["TrainingJobName"]
    trial = sagemaker.describe_training_job(TrainingJobName=name)
    assert trial["TuningJobArn"] == job["HyperParameterTuningJobArn"]
    assert trial["HyperParameters"]["_tuning_objective_metric"] == "score"
    assert trial["HyperParameters"]["x"] == job["BestTrainingJob"]["TunedHyperParameters"]["x"]


def test_a_grid_takes_every_combination_once(run, sagemaker):
    job = run(strategy="Grid", ranges=CATEGORICAL, trials=None, parallel=3)
    taken = [trial["TunedHyperParameters"] for trial in trials_of(sagemaker)]
    found = sorted((each["x"], each["kind"]) for each in taken)
    assert found == sorted(product(["0.1", "0.7", "0.9"], ["a", "b"]))
    assert job["BestTrainingJob"]["TunedHyperParameters"]["x"] == "0.7"


def test_no_more_trials_run_at_once_than_the_parallel_limit(run, sagemaker):
    run("import time; print('score=1'); time.sleep(0.1)", trials=4, parallel=2)
    jobs = [
        sagemaker.describe_training_job(TrainingJobName=trial["TrainingJobName"])
        for trial in trials_of(sagemaker)
    ]
    spans = [(job["CreationTime"], job["TrainingEndTime"]) for job in jobs]
    overlaps = [sum(begin <= start < end for begin, end in spans) for start, _ in spans]
    assert max(overlaps) == 2


def test_the_same_seed_chooses_the_same_hyperparameters(run, sagemaker):
    for name in ("one", "two"):
        run(name=name, trials=2, strategy="Bayesian")
    one, two = (
        [trial["TunedHyperParameters"]["x"] for trial in trials_of(sagemaker, name)]
        for name in ("one", "two")
    )
    assert one == two and len(set(one)) == 2


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


def test_trials_are_listed_by_their_objective(run, sagemaker):
    run(trials=3, parallel=3)
    how = {"SortBy": "FinalObjectiveMetricValue", "SortOrder": "Descending"}
    values = [
        trial["FinalHyperParameterTuningJobObjectiveMetric"]["Value"]
        for trial in trials_of(sagemaker, **how)
    ]
    assert values == sorted(values, reverse=True) and len(values) == 3


def test_tuning_jobs_are_listed_and_deleted(run, sagemaker):
    run(trials=1)
    listed = sagemaker.list_hyper_parameter_tuning_jobs(NameContains="tun")
    (summary,) = listed["HyperParameterTuningJobSummaries"]
    assert summary["Strategy"] == "Random"
    assert summary["ObjectiveStatusCounters"]["Succeeded"] == 1
    sagemaker.delete_hyper_parameter_tuning_job(HyperParameterTuningJobName="tune")
    with pytest.raises(ClientError, match="ResourceNotFound"):
        describe(sagemaker)


def test_a_running_tuning_job_is_not_deleted_and_its_name_is_taken(begin, sagemaker):
    begin(WAIT, trials=1)
    with pytest.raises(ClientError, match="ResourceInUse.*stop it first"):
        sagemaker.delete_hyper_parameter_tuning_job(HyperParameterTuningJobName="tune")
    with pytest.raises(ClientError, match="ResourceInUse.*already exists"):
        begin(WAIT, trials=1)


def test_a_child_learns_from_its_parent_and_knows_the_best_of_both(run, aws):
    parent = run(name="parent", trials=3, parallel=3)
    start = {
        "ParentHyperParameterTuningJobs": [{"HyperParameterTuningJobName": "parent"}],
        "WarmStartType": "IdenticalDataAndAlgorithm",
    }
    ranges = {"ContinuousParameterRanges": [continuous(high="2")]}
    child = run(name="child", trials=1, ranges=ranges, warm_start=start)
    assert len(aws.engines.tuning.documents.get("child")["_inherited"]) == 3
    values = [
        job["BestTrainingJob"]["FinalHyperParameterTuningJobObjectiveMetric"]["Value"]
        for job in (parent, child)
    ]
    best = child["OverallBestTrainingJob"]["FinalHyperParameterTuningJobObjectiveMetric"]["Value"]
    assert best == max(values)
