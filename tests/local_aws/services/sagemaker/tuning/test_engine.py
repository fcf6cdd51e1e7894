"""Tuning jobs from the request to the best training job."""

from itertools import product

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.services.sagemaker.tuning.requests import (
    describe,
    trials_of,
)

WAIT = "import time; time.sleep(60)"
CATEGORICAL = {
    "CategoricalParameterRanges": [
        {"Name": "x", "Values": ["0.1", "0.7", "0.9"]},
        {"Name": "kind", "Values": ["a", "b"]},
    ]
}


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
    combinations = sorted((each["x"], each["kind"]) for each in taken)
    assert combinations == sorted(product(["0.1", "0.7", "0.9"], ["a", "b"]))
    assert job["BestTrainingJob"]["TunedHyperParameters"]["x"] == "0.7"


def test_the_same_seed_chooses_the_same_hyperparameters(run, sagemaker):
    for name in ("one", "two"):
        run(name=name, trials=2, strategy="Bayesian")
    one, two = (
        [trial["TunedHyperParameters"]["x"] for trial in trials_of(sagemaker, name)]
        for name in ("one", "two")
    )
    assert one == two and len(set(one)) == 2


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
