"""Fills what an account prescribes, and the course's tag, into the requests; sends none.

Tables of operations and their members, by botocore's names, and of what AWS refuses. A test holds
them against botocore's models of all that the course sends. A value that a caller gave stays; tags
are added to the caller's.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from typing import Any

from botocore.hooks import BaseEventHooks
from botocore.model import OperationModel

from helpers.account_settings import AccountSettings
from helpers.course_tag import TAG, as_mapping
from helpers.definition_fields import fill_steps
from helpers.instances import has_local_storage

_TRAINING = {
    "VpcConfig": "vpc",
    "OutputDataConfig.KmsKeyId": "kms_key",
    "ResourceConfig.VolumeKmsKeyId": "kms_key",
}
_TUNING = {**_TRAINING, "HyperParameterTuningResourceConfig.VolumeKmsKeyId": "kms_key"}
_S3 = {"ServerSideEncryption": "encryption", "SSEKMSKeyId": "kms_key"}
_TAGS = {"Tags": "tag_list"}
_MARKS = {"tag_list": [TAG], "tag_map": as_mapping([TAG])}
"""The course's tag in the forms of the settings' tags."""
_TAG_MAP = {"tags": "tag_map"}
_WORKGROUP = {"WorkGroup": "workgroup"}

FIELDS: dict[tuple[str, str], dict[str, str]] = {
    ("s3", "PutObject"): _S3,
    ("s3", "CopyObject"): _S3,
    ("s3", "CreateMultipartUpload"): _S3,
    ("s3", "CreateBucket"): {"CreateBucketConfiguration.Tags": "tag_list"},
    ("iam", "CreateRole"): {"PermissionsBoundary": "permissions_boundary", **_TAGS},
    ("ecr", "CreateRepository"): {
        "encryptionConfiguration": "image_encryption",
        "tags": "tag_list",
    },
    ("cloudwatch", "PutMetricAlarm"): _TAGS,
    ("events", "PutRule"): _TAGS,
    ("scheduler", "CreateScheduleGroup"): _TAGS,
    ("sns", "CreateTopic"): _TAGS,
    ("sqs", "CreateQueue"): _TAG_MAP,
    ("application-autoscaling", "RegisterScalableTarget"): {"Tags": "tag_map"},
    ("apigateway", "CreateApiKey"): _TAG_MAP,
    ("apigateway", "CreateRestApi"): _TAG_MAP,
    ("apigateway", "CreateStage"): _TAG_MAP,
    ("apigateway", "CreateUsagePlan"): _TAG_MAP,
    ("glue", "CreateJob"): {"Connections": "glue_connections", "Tags": "tag_map"},
    ("glue", "CreateTrigger"): {"Tags": "tag_map"},
    ("glue", "CreateWorkflow"): {"Tags": "tag_map"},
    ("glue", "UpdateJob"): {"JobUpdate.Connections": "glue_connections"},
    ("athena", "StartQueryExecution"): {
        "ResultConfiguration.EncryptionConfiguration": "query_encryption",
        **_WORKGROUP,
    },
    ("athena", "ListQueryExecutions"): _WORKGROUP,
    ("athena", "GetTableMetadata"): _WORKGROUP,
    ("athena", "ListDatabases"): _WORKGROUP,
    ("athena", "ListTableMetadata"): _WORKGROUP,
    ("sagemaker", "CreateTrainingJob"): {**_TRAINING, **_TAGS},
    ("sagemaker", "CreateHyperParameterTuningJob"): {
        **{f"TrainingJobDefinition.{path}": name for path, name in _TUNING.items()},
        **{f"TrainingJobDefinitions[].{path}": name for path, name in _TUNING.items()},
        **_TAGS,
    },
    ("sagemaker", "CreateProcessingJob"): {
        "NetworkConfig.VpcConfig": "vpc",
        "ProcessingInputs[].DatasetDefinition.AthenaDatasetDefinition.KmsKeyId": "kms_key",
        "ProcessingInputs[].DatasetDefinition.AthenaDatasetDefinition.WorkGroup": "workgroup",
        "ProcessingInputs[].DatasetDefinition.RedshiftDatasetDefinition.KmsKeyId": "kms_key",
        "ProcessingOutputConfig.KmsKeyId": "kms_key",
        "ProcessingResources.ClusterConfig.VolumeKmsKeyId": "kms_key",
        **_TAGS,
    },
    ("sagemaker", "CreateTransformJob"): {
        "TransformOutput.KmsKeyId": "kms_key",
        "TransformResources.VolumeKmsKeyId": "kms_key",
        "DataCaptureConfig.KmsKeyId": "kms_key",
        **_TAGS,
    },
    ("sagemaker", "CreateModel"): {"VpcConfig": "vpc", **_TAGS},
    ("sagemaker", "CreateEndpointConfig"): {
        "KmsKeyId": "kms_key",
        "DataCaptureConfig.KmsKeyId": "kms_key",
        "AsyncInferenceConfig.OutputConfig.KmsKeyId": "kms_key",
        "ProductionVariants[].CoreDumpConfig.KmsKeyId": "kms_key",
        "ShadowProductionVariants[].CoreDumpConfig.KmsKeyId": "kms_key",
        **_TAGS,
    },
    ("sagemaker", "CreateEndpoint"): _TAGS,
    ("sagemaker", "CreateModelPackageGroup"): _TAGS,
    ("sagemaker", "CreateModelPackage"): {
        "SecurityConfig.KmsKeyId": "kms_key",
        "ValidationSpecification.ValidationProfiles[].TransformJobDefinition.TransformOutput."
        "KmsKeyId": "kms_key",
        "ValidationSpecification.ValidationProfiles[].TransformJobDefinition.TransformResources."
        "VolumeKmsKeyId": "kms_key",
        **_TAGS,
    },
    ("sagemaker", "CreateFeatureGroup"): {
        "OfflineStoreConfig.S3StorageConfig.KmsKeyId": "kms_key",
        "OnlineStoreConfig.SecurityConfig.KmsKeyId": "kms_key",
        **_TAGS,
    },
    ("sagemaker", "CreatePipeline"): _TAGS,
    ("lambda", "CreateFunction"): {"Tags": "tag_map"},
    ("sagemaker", "CreateModelCard"): {"SecurityConfig.KmsKeyId": "kms_key", **_TAGS},
}
"""By service and operation: the members to fill, and the attributes of the settings."""

MADE = ("CreateBucketConfiguration", "NetworkConfig", "ResultConfiguration", "SecurityConfig")
"""Structures without a required member of their own: made where a request lacks them."""


@dataclass(frozen=True)
class Refusal:
    """A member that AWS refuses."""

    member: str
    """Its path ends so."""
    applies: Callable[[dict], bool]
    """To the structure that has the member."""
    why: str
    source: str


def _stores_locally(resources: dict) -> bool:
    """Say whether one of the types that a job may get has disks of its own."""
    choices = resources.get("InstanceConfigs") or resources.get("InstanceGroups") or [resources]
    types = [each.get("InstanceType", "") for each in choices]
    # A pipeline's step may refer to a parameter, whose value is not known yet.
    return any(has_local_storage(each) for each in types if isinstance(each, str))


_VOLUME = Refusal(
    "VolumeKmsKeyId",
    _stores_locally,
    "the instances' own disks are encrypted by a module of their hardware",
    "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html",
)
REFUSED: dict[tuple[str, str], tuple[Refusal, ...]] = {
    ("sagemaker", "CreateTrainingJob"): (_VOLUME,),
    ("sagemaker", "CreateHyperParameterTuningJob"): (_VOLUME,),
    ("sagemaker", "CreateProcessingJob"): (_VOLUME,),
    ("sagemaker", "CreateTransformJob"): (_VOLUME,),
    ("sagemaker", "CreateModelPackage"): (
        _VOLUME,
        Refusal(
            "Tags",
            lambda request: bool(request.get("ModelPackageGroupName")),
            "a version has the tags of its group",
            "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackage.html",
        ),
    ),
    ("sagemaker", "CreateEndpointConfig"): (
        Refusal(
            "VpcConfig",
            lambda _: True,
            "it is for endpoints of inference components; others have their models' networks",
            "https://github.com/hashicorp/terraform-provider-aws/pull/48884",
        ),
    ),
}
"""What AWS refuses though its model has the member. Serverless endpoints refuse a model with a
network, and a model does not know its endpoint: `serverless_endpoints` refuses to make them where
the account prescribes one. https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html
"""


def prescribe(events: BaseEventHooks, settings: AccountSettings) -> None:
    """Have all clients of a session's events, the SDK's own too, fill their requests.

    What they make gets the course's tag in any account.
    """

    def fill(params: dict, model: OperationModel, **_: Any) -> dict:
        request = prescribed_by(settings, model.service_model.service_name, model.name, params)
        if definition := request.get("PipelineDefinition"):
            request = {**request, "PipelineDefinition": prescribed_steps(settings, definition)}
        return request

    events.register("provide-client-params", fill)


def prescribed_steps(settings: AccountSettings, definition: str) -> str:
    """Return a pipeline's definition with what is prescribed for the requests of its steps."""
    return fill_steps(definition, partial(prescribed_by, settings, "sagemaker"))


def prescribed_by(settings: AccountSettings, service: str, operation: str, request: dict) -> dict:
    """Return a request with what the settings prescribe for it, and with the course's tag."""
    return marked(service, operation, filled(settings, service, operation, request))


def mark(events: BaseEventHooks) -> None:
    """Have a client of a job give the course's tag to what it makes; the rest is in its request."""

    def fill(params: dict, model: OperationModel, **_: Any) -> dict:
        return marked(model.service_model.service_name, model.name, params)

    events.register("provide-client-params", fill)


def marked(service: str, operation: str, request: dict) -> dict:
    """Return a request that makes something with the course's tag; another one as it is."""
    fields = FIELDS.get((service, operation), {}).items()
    values = {path: _MARKS[name] for path, name in fields if name in _MARKS}
    result = deepcopy(request) if values else request
    for path, value in values.items():
        _fill(result, path, value, REFUSED.get((service, operation), ()))
    return result


def filled(settings: AccountSettings, service: str, operation: str, request: dict) -> dict:
    """Return a request with all that the settings prescribe for it; the caller's stays as it is."""
    fields = FIELDS.get((service, operation), {})
    values = {path: value for path, name in fields.items() if (value := getattr(settings, name))}
    if not values or _has_own_encryption(request):
        return request
    # Bodies may be streams, which are not for copying; what is filled never lies beside them.
    result = {
        name: deepcopy(value) if _is_data(value) else value for name, value in request.items()
    }
    refusals = REFUSED.get((service, operation), ())
    for path, value in values.items():
        _fill(result, path, value, refusals)
    return result


def _has_own_encryption(request: dict) -> bool:
    """Say whether a caller chose another encryption of an object, which goes with no key."""
    return request.get("ServerSideEncryption", "aws:kms") != "aws:kms"


def _is_data(value: Any) -> bool:
    return isinstance(value, dict | list)


def _fill(structure: dict, path: str, value: Any, refusals: tuple[Refusal, ...]) -> None:
    """Set one member, in every item of the lists on its way."""
    name, _, rest = path.partition(".")
    if not rest:
        _set(structure, name, value, refusals)
    elif name.endswith("[]"):
        for item in structure.get(name.removesuffix("[]"), []):
            _fill(item, rest, value, refusals)
    elif name in MADE or structure.get(name) is not None:
        _fill(structure.setdefault(name, {}), rest, value, refusals)


def _set(structure: dict, name: str, value: Any, refusals: tuple[Refusal, ...]) -> None:
    if any(each.member == name and each.applies(structure) for each in refusals):
        return
    if isinstance(value, dict) and name in ("Tags", "tags"):
        structure[name] = {**value, **(structure.get(name) or {})}
    elif name in ("Tags", "tags"):
        own = structure.get(name) or []
        names = {tag["Key"] for tag in own}
        structure[name] = [*own, *(tag for tag in value if tag["Key"] not in names)]
    elif structure.get(name) is None:
        structure[name] = deepcopy(value)
