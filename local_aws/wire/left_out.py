"""Members of requests that neither an engine nor moto does: refused by name. Knows no engine.

What is passed over in silence would be answered as if it had been done. Here stand those that
change what a caller gets; an engine's docstring has the rest of what it leaves out.
"""

from collections.abc import Iterator
from typing import Any

from botocore.model import Shape

from local_aws.wire.routing import Call
from local_aws.wire.validation import operation_model

ANY = ()
"""No value of a member is done."""
_AT_A_TIME = {"QueryAsOfTime": ANY, "TransactionId": ANY}
LEFT_OUT: dict[tuple[str, str], dict[str, tuple]] = {
    ("athena", "CreateWorkGroup"): {
        "Tags": ANY,
        "SelectedEngineVersion": ("AUTO", "Athena engine version 3"),
    },
    ("cloudwatch", "GetMetricData"): {"Expression": ANY},
    ("cloudwatch", "GetMetricStatistics"): {"ExtendedStatistics": ANY},
    ("cloudwatch", "PutMetricData"): {"EntityMetricData": ANY},
    ("glue", "CreateDatabase"): {"FederatedDatabase": ANY, "Tags": ANY, "TargetDatabase": ANY},
    ("glue", "CreateTable"): {
        "OpenTableFormatInput": ANY,
        "PartitionIndexes": ANY,
        "TargetTable": ANY,
    },
    ("glue", "GetPartitions"): _AT_A_TIME,
    ("glue", "GetTable"): _AT_A_TIME,
    ("glue", "GetTables"): _AT_A_TIME,
    ("glue", "SearchTables"): {"Filters": ANY, "SortCriteria": ANY},
    ("glue", "UpdateTable"): {"UpdateOpenTableFormatInput": ANY, "VersionId": ("0",)},
    ("sagemaker", "CreateEndpointConfig"): {"CoreDumpConfig": ANY, "ManagedInstanceScaling": ANY},
    ("sagemaker", "CreateModel"): {
        "AdditionalModelDataSources": ANY,
        "Mode": ("SingleModel",),
        "MultiModelConfig": ANY,
    },
    ("sagemaker", "CreateProcessingJob"): {
        "AppManaged": (False,),
        "FeatureStoreOutput": ANY,
        "S3CompressionType": ("None",),
        "S3InputMode": ("File",),
        "S3UploadMode": ("EndOfJob",),
    },
    ("sagemaker-runtime", "InvokeEndpoint"): {
        "EnableExplanations": ANY,
        "InferenceComponentName": ANY,
        "SessionId": ANY,
        "TargetContainerHostname": ANY,
        "TargetModel": ANY,
    },
}
"""By service and operation: a member's name, wherever it stands, and the values that are done."""


def left_out(call: Call, request: dict) -> list[str]:
    """Return what a request has that is not done, such as `Tags` or `S3InputMode Pipe`.

    Args:
        request: as its service's model has it.
    """
    wanted = LEFT_OUT.get((call.service, call.operation), {})
    shape = operation_model(call.service, call.operation).input_shape if wanted else None
    return sorted(set(_named(shape, request, wanted))) if shape else []


def _named(shape: Shape, value: Any, wanted: dict[str, tuple]) -> Iterator[str]:
    if shape.type_name == "list":
        for item in value:
            yield from _named(shape.member, item, wanted)
    elif shape.type_name == "map":
        for item in value.values():
            yield from _named(shape.value, item, wanted)
    elif shape.type_name == "structure":
        for name in value.keys() & shape.members.keys():
            item = value[name]
            if item is None:
                continue
            if name in wanted and item not in wanted[name]:
                yield f"{name} {item}" if isinstance(item, str) and wanted[name] else name
            yield from _named(shape.members[name], item, wanted)
