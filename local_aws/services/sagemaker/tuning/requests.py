"""Checks tuning requests, and makes the requests of their training jobs; runs nothing.

Sources: the API's own documentation of each field, and for early stopping, warm start and
completion https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning.html
"""

from math import prod

from local_aws.errors import AwsError
from local_aws.services.sagemaker.jobs.metrics import check_definitions
from local_aws.services.sagemaker.jobs.volume_keys import check_volume_key
from local_aws.services.sagemaker.tuning.ranges import Range, RangeError, as_text, read_ranges

MOST_EPOCHS = 20_000
EPOCHS = ("epochs", "numepochs", "n-epochs", "n_epochs", "num_epochs")
"""Static hyperparameters that give Hyperband's MaxResource."""
OBJECTIVE = "_tuning_objective_metric"
PASSED_ON = (
    "RoleArn", "InputDataConfig", "VpcConfig", "OutputDataConfig",
    "StoppingCondition", "EnableNetworkIsolation", "EnableInterContainerTrafficEncryption",
    "EnableManagedSpotTraining", "CheckpointConfig", "RetryStrategy", "Environment",
)  # fmt: skip
"""Fields that the definition and a training job share."""


def refuse(message: str) -> AwsError:
    """Return the error that refuses a request."""
    return AwsError("ValidationException", message)


def check(request: dict) -> None:
    """Refuse a request that AWS refuses.

    Raises:
        AwsError: `ValidationException`.
    """
    config = request["HyperParameterTuningJobConfig"]
    if not (definition := request.get("TrainingJobDefinition")):
        raise refuse("TrainingJobDefinition is required.")
    if "ResourceConfig" not in definition:
        raise refuse("TrainingJobDefinition needs a ResourceConfig.")
    if "HyperParameterTuningJobObjective" not in config:
        raise refuse("HyperParameterTuningJobObjective is required with a TrainingJobDefinition.")
    metric = config["HyperParameterTuningJobObjective"]["MetricName"]
    definitions = definition["AlgorithmSpecification"].get("MetricDefinitions", [])
    if metric not in [each["Name"] for each in definitions]:
        raise refuse(
            "A metric is required for this hyperparameter tuning job objective."
            f" Provide a metric in the metric definitions: {metric} is not in them."
        )
    check_definitions(definitions)
    check_volume_key(definition["ResourceConfig"])
    ranges = ranges_of(request)
    if both := sorted(ranges.keys() & definition.get("StaticHyperParameters", {}).keys()):
        raise refuse(f"Hyperparameters are both static and tuned: {', '.join(both)}.")
    _check_strategy(request, ranges)
    _check_limits(config, ranges)


def ranges_of(request: dict) -> dict[str, Range]:
    """Return the ranges that a tuning job searches.

    Raises:
        AwsError: a range is not valid.
    """
    try:
        return read_ranges(request["HyperParameterTuningJobConfig"].get("ParameterRanges", {}))
    except RangeError as error:
        raise refuse(str(error)) from None


def _check_strategy(request: dict, ranges: dict[str, Range]) -> None:
    config = request["HyperParameterTuningJobConfig"]
    strategy = config["Strategy"]
    if strategy == "Grid":
        if wrong := [name for name, each in ranges.items() if each.kind != "Categorical"]:
            raise refuse(f"Grid takes categorical ranges only; these are not: {', '.join(wrong)}.")
        if request.get("WarmStartConfig"):
            raise refuse("Grid takes every combination: leave WarmStartConfig out.")
    if strategy == "Hyperband":
        if config.get("TrainingJobEarlyStoppingType", "Off") != "Off":
            raise refuse("TrainingJobEarlyStoppingType must be Off for Hyperband.")
        resources(request)
    elif config.get("StrategyConfig"):
        raise refuse("StrategyConfig is only for the strategy Hyperband.")


def resources(request: dict) -> tuple[int, int]:
    """Return Hyperband's least and most epochs of a trial.

    Raises:
        AwsError: neither MaxResource nor the static hyperparameters give the most epochs.
    """
    config = request["HyperParameterTuningJobConfig"].get("StrategyConfig", {})
    hyperband = config.get("HyperbandStrategyConfig", {})
    static = request["TrainingJobDefinition"].get("StaticHyperParameters", {})
    epochs = next((static[name] for name in EPOCHS if name in static), None)
    most = hyperband.get("MaxResource", epochs)
    least = hyperband.get("MinResource", 1)
    if most is None or not str(most).isdigit():
        raise refuse(
            "Hyperband needs HyperbandStrategyConfig.MaxResource, or one of the static"
            f" hyperparameters {', '.join(EPOCHS)}."
        )
    if not 1 <= least <= int(most) <= MOST_EPOCHS:
        raise refuse(
            f"MinResource {least} and MaxResource {most} must rise, to at most {MOST_EPOCHS}."
        )
    return least, int(most)


def _check_limits(config: dict, ranges: dict[str, Range]) -> None:
    limits = config["ResourceLimits"]
    most = limits.get("MaxNumberOfTrainingJobs")
    if config["Strategy"] == "Grid":
        count = grid_size(ranges)
        if most not in (None, count):
            raise refuse(
                f"MaxNumberOfTrainingJobs is {most}, but the grid has {count} combinations:"
                " leave it out, or set it to that."
            )
    elif most is None and not (
        "MaxRuntimeInSeconds" in limits or config.get("TuningJobCompletionCriteria")
    ):
        raise refuse("ResourceLimits.MaxNumberOfTrainingJobs is required without another limit.")


def grid_size(ranges: dict[str, Range]) -> int:
    """Return how many combinations categorical ranges have."""
    return prod(len(each.values) for each in ranges.values())


def most_trials(request: dict) -> float:
    """Return how many training jobs the tuning job may launch."""
    config = request["HyperParameterTuningJobConfig"]
    if config["Strategy"] == "Grid":
        return grid_size(ranges_of(request))
    return config["ResourceLimits"].get("MaxNumberOfTrainingJobs", float("inf"))


def better(request: dict) -> int:
    """Return 1 where more of the objective is better, -1 where less is."""
    objective = request["HyperParameterTuningJobConfig"]["HyperParameterTuningJobObjective"]
    return 1 if objective["Type"] == "Maximize" else -1


def training_request(job: dict, name: str, values: dict) -> dict:
    """Return the CreateTrainingJob request of one trial.

    Args:
        job: the tuning job's own request.
        values: the trial's tuned hyperparameters.
    """
    definition = job["TrainingJobDefinition"]
    objective = job["HyperParameterTuningJobConfig"]["HyperParameterTuningJobObjective"]
    return {
        "TrainingJobName": name,
        "AlgorithmSpecification": definition["AlgorithmSpecification"],
        "HyperParameters": {
            **definition.get("StaticHyperParameters", {}),
            **{key: as_text(value) for key, value in values.items()},
            OBJECTIVE: objective["MetricName"],
        },
        **{field: definition[field] for field in PASSED_ON if field in definition},
        "ResourceConfig": _without_period(definition["ResourceConfig"]),
        "Tags": job.get("Tags", []),
    }


def _without_period(cluster: dict) -> dict:
    # A tuning job keeps its clusters itself: AWS removes the field.
    return {name: value for name, value in cluster.items() if name != "KeepAlivePeriodInSeconds"}
