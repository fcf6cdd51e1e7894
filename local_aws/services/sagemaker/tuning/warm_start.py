"""Warm start: the trials that a tuning job inherits from its parents; runs nothing.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-warm-start.html
"""

from contextlib import suppress

from local_aws.services.sagemaker.tuning import trials
from local_aws.services.sagemaker.tuning.ranges import RangeError
from local_aws.services.sagemaker.tuning.requests import ranges_of, refuse

MOST_INHERITED = 500
IDENTICAL = "IdenticalDataAndAlgorithm"


def inherit(request: dict, parents: list[dict]) -> dict:
    """Return the fields of a new tuning job's document for its parents.

    `_inherited` has the values and objectives of their trials within the new ranges;
    `_parents_best` is their best training job, if data and algorithm are the same.

    Raises:
        AwsError: a parent can't be used.
    """
    config = request["WarmStartConfig"]
    for parent in parents:
        _check(request, parent, config["WarmStartType"])
    done = [(parent, trial) for parent in parents for trial in trials.ended(parent)]
    if len(done) > MOST_INHERITED:
        raise refuse(
            f"The parents have {len(done)} training jobs, but {MOST_INHERITED} is the most."
        )
    translated = [_translate(request, parent, trial) for parent, trial in done]
    kept = {"_inherited": [item for item in translated if item]}
    best = trials.best_of(request, [trial["summary"] for _, trial in done])
    if best and config["WarmStartType"] == IDENTICAL:
        kept["_parents_best"] = best
    return kept


def _check(request: dict, parent: dict, kind: str) -> None:
    name = parent["HyperParameterTuningJobName"]
    if parent["HyperParameterTuningJobStatus"] not in trials.ENDED:
        raise refuse(f"The parent tuning job {name} has not ended.")
    objective = "HyperParameterTuningJobObjective"
    ours = request["HyperParameterTuningJobConfig"][objective]
    if parent["HyperParameterTuningJobConfig"][objective] != ours:
        raise refuse(f"The parent tuning job {name} has another objective metric.")
    if _count(parent) != _count(request):
        raise refuse(
            f"The parent tuning job {name} has {_count(parent)} hyperparameters, static and tuned,"
            f" and not {_count(request)}."
        )
    if kind == IDENTICAL and _data_and_algorithm(parent) != _data_and_algorithm(request):
        raise refuse(f"{IDENTICAL} needs the image and the input data of the parent {name}.")


def _count(job: dict) -> int:
    static = job["TrainingJobDefinition"].get("StaticHyperParameters", {})
    return len(ranges_of(job)) + len(static)


def _data_and_algorithm(job: dict) -> tuple:
    definition = job["TrainingJobDefinition"]
    image = definition["AlgorithmSpecification"].get("TrainingImage")
    # The SDK's tuner uploads its drivers for each job anew.
    data = {
        channel["ChannelName"]: channel["DataSource"]
        for channel in definition.get("InputDataConfig", [])
        if channel["ChannelName"] != "sm_drivers"
    }
    return image, data


def _translate(request: dict, parent: dict, trial: dict) -> dict | None:
    """Return a parent's trial in the new ranges; None if it lies outside or has no objective."""
    static = parent["TrainingJobDefinition"].get("StaticHyperParameters", {})
    parameters, ranges = {**static, **trial["values"]}, ranges_of(request)
    value = trials.value_of(trial["summary"])
    with suppress(RangeError, KeyError):
        drawn = {name: each.drawn(parameters[name]) for name, each in ranges.items()}
        values = {name: ranges[name].value(drawn[name]) for name in ranges}
        return {"values": values, "value": value} if value is not None else None
    return None
