"""Checks a body against the digests in its request's headers. Knows no objects."""

import base64
import binascii
import hashlib
import re
from typing import Any, Protocol

from local_aws.errors import AwsError
from local_aws.state.objects import checksums

PREFIX = "x-amz-checksum-"
SHA256_HEX = re.compile(r"[0-9a-f]{64}")


class Headers(Protocol):
    """A request, as far as its headers go."""

    def header(self, name: str) -> str:
        """Return a header, or an empty text."""


def _named(request: Headers) -> dict[str, str]:
    """Return the checksums in the headers by algorithm."""
    named = {}
    for name in checksums.HASHERS:
        if value := request.header(PREFIX + name.lower()):
            named[name] = value
    if len(named) > 1:
        raise AwsError("InvalidRequest", "Expecting a single x-amz-checksum- header.")
    return named


def wanted(request: Headers) -> set[str]:
    """Return the algorithms to compute while the body is read."""
    names = set(_named(request))
    trailer = request.header("x-amz-trailer").lower()
    if trailer.startswith(PREFIX):
        names.add(checksums.algorithm(trailer.removeprefix(PREFIX)))
    if SHA256_HEX.fullmatch(request.header("x-amz-content-sha256")):
        names.add("SHA256")
    return names


def check(request: Headers, stream: Any, md5: str, computed: dict[str, str]) -> dict[str, str]:
    """Check all digests of the request; return the checksums to keep with the object.

    Args:
        stream: the body, read to its end (an aws-chunked body has trailers then).
        md5: MD5 of the content, in hex.
        computed: the wanted checksums of the content.

    Raises: AwsError BadDigest, InvalidDigest, XAmzContentSHA256Mismatch.
    """
    if promised := request.header("content-md5"):
        _check_md5(promised, md5)
    hexadecimal = request.header("x-amz-content-sha256")
    if SHA256_HEX.fullmatch(hexadecimal) and "SHA256" in computed:
        if base64.b64decode(computed["SHA256"]).hex() != hexadecimal:
            message = "The provided 'x-amz-content-sha256' header does not match what was computed."
            raise AwsError("XAmzContentSHA256Mismatch", message)
    promises = _named(request)
    trailers = getattr(stream, "trailers", {})
    announced = {name.strip().lower() for name in request.header("x-amz-trailer").split(",")}
    if not announced - {""} <= trailers.keys():
        message = (
            "The request contained trailing data that was not well-formed or did not conform to "
            "our published schema."
        )
        raise AwsError("MalformedTrailerError", message)
    for name, value in trailers.items():
        if name.startswith(PREFIX):
            promises[checksums.algorithm(name.removeprefix(PREFIX))] = value
    checksums.verify(promises, computed)
    return promises


def _check_md5(promised: str, md5: str) -> None:
    try:
        digest = base64.b64decode(promised, validate=True)
    except binascii.Error:
        digest = b""
    if len(digest) != 16:
        raise AwsError("InvalidDigest", "The Content-MD5 you specified is not valid.")
    if digest.hex() != md5:
        message = "The Content-MD5 you specified did not match what we received."
        raise AwsError("BadDigest", message)


def check_document(request: Headers, stream: Any, body: bytes) -> None:
    """Check the digests of a document that was read whole."""
    md5 = hashlib.md5(body, usedforsecurity=False).hexdigest()
    check(request, stream, md5, checksums.compute(body, wanted(request)))
