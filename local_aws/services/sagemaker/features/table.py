"""The table of a feature group's offline store: its place in S3, its entry in Glue's catalog.

https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-offline.html
"""

from datetime import UTC, datetime

from local_aws.context import Context
from local_aws.errors import AwsError
from local_aws.parts import Call

DATABASE = "sagemaker_featurestore"
HIVE = {"Integral": "bigint", "Fractional": "double", "String": "string"}
ADDED = {"write_time": "timestamp", "api_invocation_time": "timestamp", "is_deleted": "boolean"}
"""Columns that the offline store adds to those of the features."""
PARTITIONS = ("year", "month", "day", "hour")
PARQUET = "org.apache.hadoop.hive.ql.io.parquet."
FORMAT = {
    "InputFormat": f"{PARQUET}MapredParquetInputFormat",
    "OutputFormat": f"{PARQUET}MapredParquetOutputFormat",
    "SerdeInfo": {"SerializationLibrary": f"{PARQUET}serde.ParquetHiveSerDe"},
}


def place(context: Context, root: str, group_id: str) -> str:
    """Return the folder of a group's files below the S3 URI of its offline store."""
    parts = (context.account, "sagemaker", context.region, "offline-store", group_id, "data")
    return "/".join((root.rstrip("/"), *parts))


def split(uri: str) -> tuple[str, str]:
    """Return the bucket and the key of an S3 URI."""
    bucket, _, key = uri.partition("://")[2].partition("/")
    return bucket, key


def hour(seconds: float) -> tuple[str, ...]:
    """Return the values of the partition of an event time, which is its hour in UTC."""
    return tuple(f"{datetime.fromtimestamp(seconds, UTC):%Y %m %d %H}".split())


def folder(values: tuple[str, ...]) -> str:
    """Return the folder of a partition below the table's."""
    return "/".join(f"{name}={value}" for name, value in zip(PARTITIONS, values, strict=True))


def make(call: Call, group: dict) -> None:
    """Make the table, and the database of all such tables."""
    try:
        call("glue", "CreateDatabase", {"DatabaseInput": {"Name": DATABASE}})
    except AwsError as error:
        if error.code != "AlreadyExistsException":
            raise
    try:
        call("glue", "CreateTable", {"DatabaseName": DATABASE, "TableInput": _input(group)})
    except AwsError as error:
        if error.code != "AlreadyExistsException":
            raise


def renew(call: Call, group: dict) -> None:
    """Give the table the group's present columns."""
    call("glue", "UpdateTable", {"DatabaseName": DATABASE, "TableInput": _input(group)})


def add_partition(call: Call, group: dict, values: tuple[str, ...]) -> None:
    """Add a partition to the table, unless it is there or the user has deleted the table."""
    storage = {**_storage(group), "Location": f"{_location(group)}/{folder(values)}"}
    partition = {"Values": [*values], "StorageDescriptor": storage}
    names = {"DatabaseName": DATABASE, "TableName": name(group)}
    try:
        call("glue", "BatchCreatePartition", {**names, "PartitionInputList": [partition]})
    except AwsError as error:
        if error.code != "EntityNotFoundException":
            raise


def name(group: dict) -> str:
    """Return the name of a group's table."""
    return group["_id"].replace("-", "_").lower()


def _location(group: dict) -> str:
    return group["OfflineStoreConfig"]["S3StorageConfig"]["ResolvedOutputS3Uri"]


def _storage(group: dict) -> dict:
    features = {each["FeatureName"]: HIVE[each["FeatureType"]]
                for each in group["FeatureDefinitions"]}  # fmt: skip
    columns = [{"Name": key.lower(), "Type": kind} for key, kind in (features | ADDED).items()]
    return {**FORMAT, "Columns": columns, "Location": _location(group)}


def _input(group: dict) -> dict:
    return {
        "Name": name(group),
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"EXTERNAL": "TRUE", "classification": "parquet"},
        "StorageDescriptor": _storage(group),
        "PartitionKeys": [{"Name": each, "Type": "string"} for each in PARTITIONS],
    }
