"""Bodies in aws-chunked frames: signed, unsigned, with trailers, broken."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_aws.errors import AwsError
from local_aws.services.s3.request_bodies import AwsChunked, Exactly
from local_aws.state.objects.temporary_files import blocks


def framed(chunks, extension=b"", trailer=b"") -> bytes:
    """Return chunks as aws-chunked frames."""
    frames = [b"%x%s\r\n%s\r\n" % (len(chunk), extension, chunk) for chunk in chunks]
    return b"".join(frames) + b"0%s\r\n%s\r\n" % (extension, trailer)


def decode(body: bytes, length: int | None = None) -> tuple[bytes, dict]:
    stream = AwsChunked(Exactly(io.BytesIO(body), len(body)), length)
    return b"".join(blocks(stream)), stream.trailers


@pytest.mark.parametrize("extension", [b"", b";chunk-signature=" + b"0" * 64])
@given(st.lists(st.binary(min_size=1, max_size=40), max_size=8))
def test_frames_become_the_content(extension, chunks):
    content = b"".join(chunks)
    assert decode(framed(chunks, extension), len(content)) == (content, {})


def test_trailers_are_read():
    trailer = b"x-amz-checksum-crc32:AAAAAA==\r\nx-amz-trailer-signature:abc\r\n"
    body = framed([b"song"], trailer=trailer)
    trailers = {"x-amz-checksum-crc32": "AAAAAA==", "x-amz-trailer-signature": "abc"}
    assert decode(body) == (b"song", trailers)


def test_a_last_frame_without_its_empty_line_is_taken():
    assert decode(b"4\r\nsong\r\n0\r\n") == (b"song", {})


def test_small_reads_give_the_same_bytes():
    body = framed([b"abc", b"defgh"])
    stream = AwsChunked(Exactly(io.BytesIO(body), len(body)), 8)
    assert [stream.read(3) for _ in range(4)] == [b"abc", b"def", b"gh", b""]


@pytest.mark.parametrize(
    ("body", "length"),
    [
        (b"", None),
        (b"song", None),
        (b"zz\r\nsong\r\n0\r\n\r\n", None),
        (b"-4\r\nsong\r\n0\r\n\r\n", None),
        (b"4\r\nso", None),
        (b"4\r\nsongs\r\n0\r\n\r\n", None),
        (b"4\r\nsong\r\n", None),
        (framed([b"song"]), 5),
        (b"1" * 9000, None),
    ],
)
def test_broken_frames_are_an_incomplete_body(body, length):
    with pytest.raises(AwsError, match="IncompleteBody"):
        decode(body, length)


def test_a_client_that_stops_early_is_an_incomplete_body():
    with pytest.raises(AwsError, match="IncompleteBody.*6 bytes"):
        list(blocks(Exactly(io.BytesIO(b"song"), 10)))


def test_nothing_is_read_beyond_the_content_length():
    connection = io.BytesIO(b"songGET / HTTP/1.1")
    assert b"".join(blocks(Exactly(connection, 4))) == b"song"
    assert connection.read() == b"GET / HTTP/1.1"
