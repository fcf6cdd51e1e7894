"""Digests in a request, over real HTTP: right ones are kept, wrong ones refused."""

import base64
import hashlib
import http.client
import zlib

import pytest

from local_aws.state.objects import checksums

BODY = b"a song of some length"
HEX = hashlib.sha256(BODY).hexdigest()


def b64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


CRC = b64(zlib.crc32(BODY).to_bytes(4))


@pytest.fixture
def put(cloud):
    """Return a function that puts a body with headers and answers status and body."""
    connection = http.client.HTTPConnection("127.0.0.1", cloud.server.port)

    def send(body: bytes, **headers: str) -> tuple[int, str]:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("PUT", "/birds/a", body, names)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    yield send
    connection.close()


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("content_md5", b64(hashlib.md5(BODY).digest())),
        ("x_amz_content_sha256", HEX),
        ("x_amz_content_sha256", "UNSIGNED-PAYLOAD"),
        ("x_amz_checksum_crc32", CRC),
        ("x_amz_checksum_sha1", b64(hashlib.sha1(BODY).digest())),
        ("x_amz_checksum_sha256", b64(hashlib.sha256(BODY).digest())),
        ("x_amz_checksum_sha512", b64(hashlib.sha512(BODY).digest())),
        ("x_amz_checksum_md5", b64(hashlib.md5(BODY).digest())),
    ],
)
def test_a_digest_that_holds_is_accepted(cloud, put, header, value):
    assert put(BODY, **{header: value}) == (200, "")
    assert cloud.store.read("birds", "a") == BODY


@pytest.mark.parametrize(
    ("header", "value", "code"),
    [
        ("content_md5", b64(bytes(16)), "BadDigest"),
        ("content_md5", "no digest", "InvalidDigest"),
        ("x_amz_content_sha256", "0" * 64, "XAmzContentSHA256Mismatch"),
        ("x_amz_checksum_crc32", "AAAAAA==", "BadDigest"),
        ("x_amz_checksum_sha256", b64(bytes(32)), "BadDigest"),
        ("x_amz_trailer", "x-amz-checksum-none", "InvalidRequest"),
    ],
)
def test_a_digest_that_does_not_hold_leaves_no_object(cloud, put, header, value, code):
    status, answer = put(BODY, **{header: value})
    assert status == 400 and f"<Code>{code}</Code>" in answer
    assert list(cloud.store.list("birds")) == []
    assert list((cloud.store.side / "drafts").iterdir()) == []


def test_two_checksums_at_once_are_refused(put):
    status, answer = put(BODY, x_amz_checksum_crc32=CRC, x_amz_checksum_sha1="x")
    assert status == 400 and "single x-amz-checksum" in answer


@pytest.mark.parametrize(
    "kind",
    [
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    ],
)
@pytest.mark.parametrize("right", [True, False])
def test_a_checksum_in_the_trailer_is_verified(cloud, put, kind, right):
    extension = b";chunk-signature=" + b"0" * 64 if "HMAC" in kind else b""
    value = CRC if right else "AAAAAA=="
    has_trailer = kind.endswith("TRAILER")
    trailer = f"x-amz-checksum-crc32:{value}\r\n".encode() if has_trailer else b""
    frames = [b"%x%s\r\n%s\r\n" % (len(p), extension, p) for p in (BODY[:7], BODY[7:])]
    body = b"".join(frames) + b"0%s\r\n%s\r\n" % (extension, trailer)
    headers = {"x_amz_trailer": "x-amz-checksum-crc32"} if has_trailer else {}
    status, answer = put(
        body,
        x_amz_content_sha256=kind,
        content_encoding="aws-chunked,gzip",
        x_amz_decoded_content_length=str(len(BODY)),
        **headers,
    )
    if not has_trailer or right:
        info = cloud.store.info("birds", "a")
        assert status == 200 and cloud.store.read("birds", "a") == BODY
        assert info.headers["Content-Encoding"] == "gzip"
        assert info.checksums == ({"CRC32": CRC} if has_trailer else {})
    else:
        assert status == 400 and "BadDigest" in answer


@pytest.mark.parametrize("algorithm", sorted(checksums.HASHERS))
def test_every_algorithm_is_verified_and_kept(cloud, put, algorithm):
    value = checksums.compute(BODY, {algorithm})[algorithm]
    assert put(BODY, **{f"x_amz_checksum_{algorithm.lower()}": "AAAA"})[0] == 400
    assert put(BODY, **{f"x_amz_checksum_{algorithm.lower()}": value})[0] == 200
    assert cloud.store.info("birds", "a").checksums == {algorithm: value}


@pytest.mark.parametrize("trailer", [b"", b"x-amz-checksum-crc32c:AAAAAA==\r\n", b"a:b\r\n"])
def test_a_trailer_that_was_promised_has_to_come(cloud, put, trailer):
    status, answer = put(
        b"%x\r\n%s\r\n0\r\n%s\r\n" % (len(BODY), BODY, trailer),
        x_amz_content_sha256="STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        x_amz_decoded_content_length=str(len(BODY)),
        x_amz_trailer="x-amz-checksum-crc32",
    )
    assert (status, "MalformedTrailerError" in answer) == (400, True)
    assert list(cloud.store.list("birds")) == []
