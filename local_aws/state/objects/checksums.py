"""S3's checksum algorithms: computes and compares checksums. Knows no requests."""

import base64
import hashlib
import zlib
from collections.abc import Callable
from functools import partial
from typing import Any

from awscrt import checksums as crt

from local_aws.errors import AwsError


class Crc:
    """A running CRC with hashlib's interface."""

    def __init__(self, function: Callable[[bytes, int], int], width: int):
        self._function, self._width, self._value = function, width, 0

    def update(self, block: bytes) -> None:
        """Take in a block."""
        self._value = self._function(block, self._value)

    def digest(self) -> bytes:
        """Return the checksum, big-endian."""
        return self._value.to_bytes(self._width, "big")


class XxHash:
    """awscrt's XXHash with hashlib's interface."""

    def __init__(self, kind: str):
        self._hash = getattr(crt.XXHash, f"new_{kind}")()

    def update(self, block: bytes) -> None:
        """Take in a block."""
        self._hash.update(block)

    def digest(self) -> bytes:
        """Return the checksum, big-endian."""
        return self._hash.finalize()


HASHERS: dict[str, Callable[[], Any]] = {
    "CRC32": lambda: Crc(zlib.crc32, 4),
    "CRC32C": lambda: Crc(crt.crc32c, 4),
    "CRC64NVME": lambda: Crc(crt.crc64nvme, 8),
    "SHA1": hashlib.sha1,
    "SHA256": hashlib.sha256,
    "SHA512": hashlib.sha512,
    "MD5": hashlib.md5,
    "XXHASH64": partial(XxHash, "xxhash64"),
    "XXHASH3": partial(XxHash, "xxhash3_64"),
    "XXHASH128": partial(XxHash, "xxhash3_128"),
}
FULL_OBJECT_BY_DEFAULT = {"CRC64NVME"}


def algorithm(name: str) -> str:
    """Return the algorithm's name in upper case. Raises: AwsError on an unknown one."""
    if name.upper() not in HASHERS:
        raise AwsError("InvalidRequest", f"Checksum algorithm provided is unsupported: {name}.")
    return name.upper()


def start(names: set[str]) -> dict[str, Any]:
    """Return a running hasher for each named algorithm."""
    return {name: HASHERS[name]() for name in names}


def compute(body: bytes, names: set[str]) -> dict[str, str]:
    """Return the named checksums of a body."""
    hashers = start(names)
    for hasher in hashers.values():
        hasher.update(body)
    return {name: text(hasher.digest()) for name, hasher in hashers.items()}


def text(digest: bytes) -> str:
    """Return a digest as S3's headers carry it."""
    return base64.b64encode(digest).decode()


def verify(expected: dict[str, str], computed: dict[str, str]) -> None:
    """Raise AwsError BadDigest if an expected checksum differs from the computed one."""
    for name, value in expected.items():
        if computed.get(name, value) != value:
            message = f"The {name} you specified did not match the calculated checksum."
            raise AwsError("BadDigest", message)


def composite(name: str, values: list[str]) -> str:
    """Return the checksum over the parts' checksums ("…-N")."""
    hasher = HASHERS[name]()
    for value in values:
        hasher.update(base64.b64decode(value))
    return f"{text(hasher.digest())}-{len(values)}"
