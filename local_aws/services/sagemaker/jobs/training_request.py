"""Checks a CreateTrainingJob request, and sets AWS's defaults; runs nothing."""

from local_aws.errors import AwsError
from local_aws.services.sagemaker.jobs import billing, script_mode
from local_aws.services.sagemaker.jobs.channels import check_channel
from local_aws.services.sagemaker.jobs.metrics import check_definitions
from local_aws.services.sagemaker.jobs.volume_keys import check_volume_key

ALGORITHM = "TrainingImage TrainingInputMode MetricDefinitions(Name Regex)"
MEMBERS = """RoleArn Environment EnableManagedSpotTraining EnableNetworkIsolation=false
    EnableInterContainerTrafficEncryption=false CheckpointConfig(S3Uri LocalPath)
    InputDataConfig(ChannelName ContentType CompressionType InputMode RecordWrapperType=None
        ShuffleConfig(Seed) DataSource(S3DataSource(S3DataType S3Uri S3DataDistributionType)))
    OutputDataConfig(S3OutputPath CompressionType KmsKeyId) VpcConfig(*)
    RetryStrategy(MaximumRetryAttempts)
    ResourceConfig(InstanceType InstanceCount VolumeSizeInGB VolumeKmsKeyId
        KeepAlivePeriodInSeconds)
    StoppingCondition(MaxRuntimeInSeconds MaxWaitTimeInSeconds)"""
"""Of a training job that are done, and of a tuning job's definition of its training jobs.

A network and keys are kept and shown, as of all jobs and models: at rest and on one machine they
make no difference to a client. So are tags, which are the account owner's.
"""
DAY = 24 * 3600


def check(request: dict) -> None:
    """Refuse a request that AWS refuses.

    Raises:
        AwsError: ValidationException.
    """
    resources = request.get("ResourceConfig", {})
    algorithm = request.get("AlgorithmSpecification", {})
    if not algorithm.get("TrainingImage"):
        _refuse("AlgorithmSpecification.TrainingImage must be given.")
    for name in ("InstanceType", "InstanceCount", "VolumeSizeInGB"):
        if not resources.get(name):
            _refuse(f"ResourceConfig.{name} must be given.")
    check_volume_key(resources)
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
