"""Checksums are those of S3's algorithms, compared as S3 does."""

import base64
import hashlib

import pytest

from local_aws.errors import AwsError
from local_aws.state.objects import checksums


def b64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


@pytest.mark.parametrize(
    ("algorithm", "value"),
    # The check values of "123456789" in the CRC catalogue (Williams' model), big-endian.
    [("CRC32", 0xCBF43926), ("CRC32C", 0xE3069283), ("CRC64NVME", 0xAE8B14860A799888)],
)
def test_crcs_are_the_catalogued_ones(algorithm, value):
    computed = checksums.compute(b"123456789", {algorithm})
    width = 8 if algorithm == "CRC64NVME" else 4
    assert computed[algorithm] == b64(value.to_bytes(width))


@pytest.mark.parametrize("name", checksums.HASHERS)
def test_a_checksum_is_the_same_however_the_body_is_cut(name):
    (hasher,) = checksums.start({name}).values()
    for block in (b"12345", b"", b"6789"):
        hasher.update(block)
    whole = checksums.compute(b"123456789", {name})
    assert {name: checksums.text(hasher.digest())} == whole


def test_a_composite_checksum_is_over_the_digests_and_counts_them():
    digests = [hashlib.sha256(body).digest() for body in (b"one", b"two")]
    whole = b64(hashlib.sha256(b"".join(digests)).digest())
    assert checksums.composite("SHA256", [b64(digest) for digest in digests]) == f"{whole}-2"


def test_only_what_was_computed_is_compared():
    checksums.verify({"CRC32": "a", "SHA1": "b"}, {"CRC32": "a"})
    with pytest.raises(AwsError, match="BadDigest.*The SHA1 you specified"):
        checksums.verify({"SHA1": "b"}, {"SHA1": "c"})


def test_an_algorithm_is_named_in_any_case_and_an_unknown_one_refused():
    assert checksums.algorithm("crc64nvme") == "CRC64NVME"
    with pytest.raises(AwsError, match="unsupported: CRC16"):
        checksums.algorithm("CRC16")
