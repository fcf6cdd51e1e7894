"""Checks a CreateTrainingJob request, and sets AWS's defaults; runs nothing."""

from local_aws.errors import AwsError
from local_aws.services.sagemaker.jobs import billing, script_mode
from local_aws.services.sagemaker.jobs.channels import check_channel
from local_aws.services.sagemaker.jobs.metrics import check_definitions

UNSUPPORTED = (
    "DebugRuleConfigurations",
    "MlflowConfig",
    "ModelPackageConfig",
    "ProfilerRuleConfigurations",
    "ServerlessJobConfig",
    "SessionChainingConfig",
    "TensorBoardOutputConfig",
)
UNSUPPORTED_RESOURCES = (
    "InstanceGroups",
    "InstancePlacementConfig",
    "InstancePreferences",
    "TrainingPlanArn",
)
DAY = 24 * 3600


def check(request: dict) -> None:
    """Refuse a request that AWS refuses, or that the local AWS does not support.

    Raises:
        AwsError: ValidationException.
    """
    resources = request.get("ResourceConfig", {})
    wanted = [name for name in UNSUPPORTED if request.get(name)]
    wanted += [f"ResourceConfig.{name}" for name in UNSUPPORTED_RESOURCES if resources.get(name)]
    algorithm = request.get("AlgorithmSpecification", {})
    wanted += ["AlgorithmSpecification.AlgorithmName"] if algorithm.get("AlgorithmName") else []
    if wanted:
        _refuse(f"The local AWS does not support {', '.join(wanted)} in training jobs.")
    if not algorithm.get("TrainingImage"):
        _refuse("AlgorithmSpecification.TrainingImage must be given.")
    for name in ("InstanceType", "InstanceCount", "VolumeSizeInGB"):
        if not resources.get(name):
            _refuse(f"ResourceConfig.{name} must be given.")
    check_definitions(algorithm.get("MetricDefinitions", []))
    script_mode.check(request)
    billing.check(request)
    names = [channel["ChannelName"] for channel in request.get("InputDataConfig", [])]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        _refuse(f"Channel names must be unique: {', '.join(twice)}")
    for channel in request.get("InputDataConfig", []):
        check_channel(channel, algorithm)


def _refuse(message: str) -> None:
    raise AwsError("ValidationException", message)


def filled(request: dict) -> dict:
    """Return a request with the defaults that Describe shows."""
    switches = (
        "EnableNetworkIsolation",
        "EnableInterContainerTrafficEncryption",
        "EnableManagedSpotTraining",
    )
    channels = [
        {"CompressionType": "None", "RecordWrapperType": "None", **channel}
        for channel in request.get("InputDataConfig", [])
    ]
    return {
        **dict.fromkeys(switches, False),
        "ProfilingStatus": "Disabled",
        **request,
        "StoppingCondition": {"MaxRuntimeInSeconds": DAY, **request.get("StoppingCondition", {})},
        "OutputDataConfig": {"CompressionType": "GZIP", **request["OutputDataConfig"]},
        **({"InputDataConfig": channels} if channels else {}),
    }
