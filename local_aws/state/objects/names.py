"""The rules for bucket names and keys, of S3 and of the file system. Knows no index."""

import hashlib
import re

from local_aws.errors import AwsError
from local_aws.state import paths

BUCKET = re.compile(r"(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
KEY_BYTES = 1024


def check_bucket_name(bucket: str) -> None:
    """Raise AwsError InvalidBucketName unless S3 would take the name."""
    if not BUCKET.fullmatch(bucket):
        message = f"The specified bucket is not valid: {bucket!r} (3 to 63 of a-z, 0-9, '-', '.')."
        raise AwsError("InvalidBucketName", message)


def check_key(key: str) -> None:
    """Raise AwsError KeyTooLongError over 1,024 bytes, InvalidURI for a key that is not UTF-8."""
    try:
        size = len(key.encode())
    except UnicodeEncodeError as error:  # a job's file with a name that is not UTF-8
        raise AwsError("InvalidURI", f"The key {key!r} is not UTF-8.") from error
    if size > KEY_BYTES:
        raise AwsError("KeyTooLongError", "Your key is too long: at most 1024 bytes of UTF-8.")


def holdable(key: str) -> bool:
    """Say whether `<bucket>/<key>` is the path of one file inside the bucket's folder."""
    return paths.fault(key) is None


def odd_name(key: str) -> str:
    """Return the file name, in the folder of odd keys, for a key that no path can hold."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def after(prefix: str) -> str | None:
    """Return the least string above all that start with `prefix` in UTF-8 order, None if none is.

    UTF-8 order is code point order, so it is the prefix with its last code point raised by one.
    """
    for end in range(len(prefix), 0, -1):
        code = ord(prefix[end - 1])
        if code < 0x10FFFF:
            # U+D800 to U+DFFF are no characters: the next above U+D7FF is U+E000.
            return prefix[: end - 1] + chr(0xE000 if code == 0xD7FF else code + 1)
    return None
