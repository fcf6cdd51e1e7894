"""Checks that a model's archive exists; knows the object store, opens no archive."""

from local_aws.errors import AwsError
from local_aws.state.objects.store import ObjectStore


def check_archive(store: ObjectStore, uri: str) -> None:
    """Check that the object of a ModelDataUrl exists.

    Raises:
        AwsError: it does not exist.
    """
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    try:
        store.info(bucket, key)
    except AwsError:
        message = f"Could not access model data at {uri}: there is no such object."
        raise AwsError("ValidationException", message) from None
