"""What a tuning job tells of its trials: summaries, the best, the counters."""

import pytest

from local_aws.services.sagemaker.tuning import trials


def summary(status="Completed", value=None, end=0) -> dict:
    made = {"TrainingJobStatus": status, "TrainingEndTime": end, "ObjectiveStatus": "Failed"}
    if value is not None:
        made["FinalHyperParameterTuningJobObjectiveMetric"] = {"Value": value}
        made["ObjectiveStatus"] = "Succeeded"
    return made


def tuning(*summaries: dict, kind="Maximize", **more) -> dict:
    objective = {"MetricName": "score", "Type": kind}
    config = {"HyperParameterTuningJobObjective": objective}
    trials = [{"name": f"t{n}", **({"summary": s} if s else {})} for n, s in enumerate(summaries)]
    return {"HyperParameterTuningJobConfig": config, "_trials": trials, **more}


def training(status="Completed", **metrics) -> dict:
    values = [{"MetricName": name, "Value": value} for name, value in metrics.items()]
    return {"TrainingJobStatus": status, "CreationTime": 1, "FinalMetricDataList": values}


TRIAL = {"name": "t", "arn": "arn", "created": 1, "values": {"lr": 0.5, "kind": "a"}}


@pytest.mark.parametrize(
    "job, status, value",
    [
        (training(score=0.9, loss=2), "Succeeded", 0.9),
        (training("Stopped", score=0.9), "Succeeded", 0.9),
        (training("InProgress", score=0.9), "Pending", None),
        (training("Failed", score=0.9), "Failed", None),
        (training(loss=2), "Failed", None),
        (training(score=float("nan")), "Failed", None),
    ],
)
def test_a_trial_has_an_objective_once_it_ended_with_one(job, status, value):
    told = trials.summarise(tuning(), TRIAL, job)
    assert (told["ObjectiveStatus"], trials.value_of(told)) == (status, value)
    assert told["TunedHyperParameters"] == {"lr": "0.5", "kind": "a"}


@pytest.mark.parametrize("kind, best", [("Maximize", 0.9), ("Minimize", 0.2)])
def test_the_best_trial_is_one_that_completed(kind, best):
    ended = [summary(value=0.2), summary(value=0.9), summary("Stopped", 9.0), summary("Failed"),
             summary("Stopped", -9.0)]  # fmt: skip
    job = tuning(kind=kind)
    assert trials.value_of(trials.best_of(job, ended)) == best
    assert trials.best_of(job, [summary("Failed")]) is None


@pytest.mark.parametrize(
    "values, stale",
    [([], 0), ([1], 0), ([1, 2], 0), ([2, 1, 1], 2), ([2, 1, 3, 3], 1), ([None, None], 2)],
)
def test_trials_are_counted_since_the_best_one_was_beaten(values, stale):
    summaries = [summary(value=value, end=end) for end, value in enumerate(values)]
    assert trials.stale(tuning(*reversed(summaries))) == stale


def test_a_trial_that_is_run_again_counts_neither_as_launched_nor_as_ended():
    job = tuning(summary(end=2), summary(end=1), None)
    job["_trials"][0]["again"] = "waiting"
    assert [trial["name"] for trial in trials.launched(job)] == ["t1", "t2"]
    assert [trial["name"] for trial in trials.ended(job)] == ["t1"]
    assert [trial["name"] for trial in trials.running(job)] == ["t2"]


def test_every_trial_is_counted_once_by_status_and_once_by_objective():
    listed = [
        summary(value=1), summary("Stopped", 2), summary("Failed"), summary("Failed"),
        {"TrainingJobStatus": "Stopping", "ObjectiveStatus": "Pending"},
    ]  # fmt: skip
    job = tuning(*listed)
    job["_trials"][3]["again"] = "done"
    assert trials.counters(job, listed) == {
        "TrainingJobStatusCounters": {
            "Completed": 1,
            "InProgress": 1,
            "RetryableError": 1,
            "NonRetryableError": 1,
            "Stopped": 1,
        },
        "ObjectiveStatusCounters": {"Succeeded": 2, "Pending": 1, "Failed": 2},
    }
