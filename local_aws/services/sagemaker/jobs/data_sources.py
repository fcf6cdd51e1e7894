"""Lists the objects of an S3 data source: a prefix or a manifest file; knows no instances.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3DataSource.html
Left out: augmented manifest files, Hugging Face and model access settings.
"""

import json

from local_aws.errors import AwsError
from local_aws.instances.container import objects_below
from local_aws.state.objects.store import ObjectInfo, ObjectStore

TYPES = ("S3Prefix", "ManifestFile")


def objects_of(store: ObjectStore, source: dict) -> list[tuple[ObjectInfo, str]]:
    """Return a source's objects with the names of their files.

    Args:
        source: S3DataSource of a channel, or S3Input of a processing job.

    Raises:
        AwsError: there are no objects, or the manifest is not valid.
    """
    if source.get("S3DataType") != "ManifestFile":
        return objects_below(store, source["S3Uri"])
    bucket, _, key = source["S3Uri"].removeprefix("s3://").partition("/")
    prefix, names = _entries(source["S3Uri"], store.read(bucket, key))
    bucket, _, below = prefix.removeprefix("s3://").partition("/")
    return [(store.info(bucket, below + name), name.removeprefix("/")) for name in names]


def _entries(uri: str, text: bytes) -> tuple[str, list[str]]:
    """Return the prefix and the names in a manifest."""
    try:
        first, *names = json.loads(text)
        prefix = first["prefix"]
    except (ValueError, TypeError, KeyError):
        prefix, names = "", []
    if not prefix.startswith("s3://") or not all(isinstance(name, str) for name in names):
        message = f'Manifest {uri} is not a JSON list of {{"prefix": "s3://…"}} and names below it'
        raise AwsError("ValidationException", message)
    if not names:
        raise AwsError("ValidationException", f"Manifest {uri} names no objects")
    return prefix, names
