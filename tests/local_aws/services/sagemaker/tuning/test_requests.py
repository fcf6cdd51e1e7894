"""Tuning requests that are not valid, or not supported, are refused with the reason."""

import pytest
from botocore.exceptions import ClientError

from local_aws.errors import AwsError
from local_aws.services.sagemaker.tuning.requests import check, resources, training_request
from tests.local_aws.services.sagemaker.tuning.requests import continuous, tuning

INTEGER = {"Name": "n", "MinValue": "1", "MaxValue": "9"}
TARGET = {"TargetObjectiveMetricValue": 1.0}
CONVERGED = {"ConvergenceDetected": {"CompleteOnConvergence": "Enabled"}}


def floats(**changes):
    return {"ranges": {"ContinuousParameterRanges": [continuous(**changes)]}}


def integers(**changes):
    return {"ranges": {"IntegerParameterRanges": [{**INTEGER, **changes}]}}


@pytest.mark.parametrize(
    "options, message",
    [
        (floats(low="1", high="0"), "'x' is not valid: MinValue 1.0 is greater than MaxValue 0.0"),
        (floats(low="a"), "'x' is not valid: a is not a number"),
        (floats(high="inf"), "must be finite"),
        (floats(scaling="Logarithmic"), "'x' is not valid: Logarithmic scaling"),
        (floats(scaling="ReverseLogarithmic"), "from 0 to below 1"),
        (integers(ScalingType="ReverseLogarithmic"), "no ReverseLogarithmic scaling"),
        (integers(MinValue="1.5"), "1.5 is not an integer"),
        ({"ranges": {"CategoricalParameterRanges": [{"Name": "c", "Values": ["a", "a"]}]}},
         "must be distinct"),
        ({"ranges": {"IntegerParameterRanges": [INTEGER, INTEGER]}}, "more than one range"),
        ({"ranges": {"IntegerParameterRanges": []}}, "1 to 30 hyperparameter ranges, got 0"),
        ({"static": {"x": "1"}}, "both static and tuned: x"),
        ({"strategy": "Grid"}, "categorical ranges only; these are not: x"),
        ({"strategy": "Hyperband"}, "HyperbandStrategyConfig.MaxResource"),
        ({"trials": None}, "MaxNumberOfTrainingJobs is required"),
        ({"StrategyConfig": {"HyperbandStrategyConfig": {}}}, "only for the strategy Hyperband"),
        ({"strategy": "Hyperband", "static": {"epochs": "9"},
          "TrainingJobEarlyStoppingType": "Auto"}, "must be Off for Hyperband"),
        ({"HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "loss"}},
         "A metric is required"),
    ],
)  # fmt: skip
def test_a_request_that_is_wrong_is_refused_with_the_reason(options, message):
    with pytest.raises(AwsError, match=message) as refused:
        check(tuning(**options))
    assert refused.value.code == "ValidationException"


@pytest.mark.parametrize(
    "request_, member",
    [
        ({**tuning(), "Autotune": {"Mode": "Enabled"}}, "Autotune"),
        (
            {**tuning(), "TrainingJobDefinitions": [tuning()["TrainingJobDefinition"]]},
            "TrainingJobDefinitions",
        ),
        (
            tuning(TuningJobCompletionCriteria=CONVERGED),
            "HyperParameterTuningJobConfig.TuningJobCompletionCriteria.ConvergenceDetected."
            "CompleteOnConvergence Enabled",
        ),
    ],
)
def test_what_is_not_supported_is_refused_by_name(client, request_, member):
    with pytest.raises(ClientError, match=f"NotImplementedException.* with {member}"):
        client("sagemaker").create_hyper_parameter_tuning_job(**request_)


def test_a_grid_that_is_larger_than_the_limit_is_refused():
    ranges = {"CategoricalParameterRanges": [{"Name": "c", "Values": ["a", "b"]}]}
    with pytest.raises(AwsError, match="the grid has 2 combinations"):
        check(tuning(strategy="Grid", ranges=ranges, trials=3))


def test_a_criterion_may_stand_for_the_number_of_trials():
    check(tuning(trials=None, TuningJobCompletionCriteria=TARGET))


def test_hyperband_finds_its_epochs_among_the_static_hyperparameters():
    assert resources(tuning(strategy="Hyperband", static={"epochs": "9"})) == (1, 9)


def test_a_trials_request_has_the_definition_and_the_hyperparameters_as_text():
    request = training_request(tuning(static={"epochs": "3"}), "job", {"x": 1e-05, "n": 4})
    parameters = request["HyperParameters"]
    assert (parameters["x"], parameters["n"], parameters["epochs"]) == ("1e-05", "4", "3")
    assert request["StoppingCondition"] == {"MaxRuntimeInSeconds": 60}


def test_a_trial_carries_no_keep_alive_period():
    request = tuning()
    request["TrainingJobDefinition"]["ResourceConfig"]["KeepAlivePeriodInSeconds"] = 600
    cluster = training_request(request, "job", {})["ResourceConfig"]
    assert "KeepAlivePeriodInSeconds" not in cluster and cluster["InstanceCount"] == 1


def test_a_trial_has_the_tags_of_its_tuning_job():
    tags = [{"Key": "team", "Value": "birds"}]
    assert training_request(tuning() | {"Tags": tags}, "job", {})["Tags"] == tags
    assert training_request(tuning(), "job", {})["Tags"] == []
