"""Requests and responses of S3's REST dialect over WSGI. Knows headers, no objects."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import BinaryIO
from urllib.parse import parse_qsl, unquote_to_bytes

from local_aws.errors import AwsError
from local_aws.services.s3 import digests, xml
from local_aws.services.s3.request_bodies import AwsChunked, Exactly
from local_aws.state.objects.versions import MarkedDeleted
from local_aws.wire.http_request import HEADERS

DOCUMENT_BYTES = 4 << 20  # the largest request document: 1,000 keys or 10,000 parts


class S3Error(AwsError):
    """An AwsError with additional elements in its document, and headers."""

    def __init__(self, code: str, message: str, status: int = 400, headers=None, **facts: object):
        super().__init__(code, message, status)
        self.headers: dict[str, str] = headers or {}
        self.facts = facts


@dataclass
class Response:
    """Status, headers and body of an answer."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: Iterable[bytes] = ()

    @classmethod
    def xml(cls, name: str, *inner: str, status: int = 200) -> "Response":
        """Return a response with an XML document."""
        body = xml.document(name, *inner)
        headers = {"Content-Type": "application/xml", "Content-Length": str(len(body))}
        return cls(status, headers, [body])


def whole_number(text: str, name: str, default: int) -> int:
    """Return a number from a query or header, the default if it is absent."""
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise AwsError("InvalidArgument", f"Provided {name} not an integer or not in range.")
    return int(text)


class Request:
    """One request: method, bucket, key ("" if none), query, headers, body."""

    def __init__(self, environ: dict):
        self.environ = environ
        self.method: str = environ["REQUEST_METHOD"]
        self.id = os.urandom(8).hex().upper()
        raw, query = environ["PATH_INFO"].encode("latin-1"), environ.get("QUERY_STRING", "")
        # `check` refuses a path that is not UTF-8; until then it is used in messages only.
        self.bucket, _, self.key = raw[1:].decode(errors="replace").partition("/")
        pairs = parse_qsl(query, keep_blank_values=True, errors="replace") if query else []
        self.query = dict(pairs)
        self._raw = raw, query

    def check(self) -> None:
        """Raise AwsError InvalidURI if path or query are not UTF-8: two keys would be the same."""
        path, query = self._raw
        try:
            path.decode()
            unquote_to_bytes(query).decode()
        except UnicodeDecodeError as error:
            raise AwsError("InvalidURI", "Couldn't parse the specified URI.") from error

    @property
    def path(self) -> str:
        """Return the decoded path, for error documents."""
        return f"/{self.bucket}/{self.key}" if self.key else f"/{self.bucket}"

    def header(self, name: str) -> str:
        """Return a header's value, "" if it was not sent."""
        name = name.upper().replace("-", "_")
        if name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            return self.environ.get(name, "")
        return self.environ.get(f"HTTP_{name}", "")

    def number(self, name: str, default: int) -> int:
        """Return a whole number of the query. Raises: AwsError InvalidArgument."""
        return whole_number(self.query.get(name, ""), name, default)

    def prefixed(self, prefix: str) -> dict[str, str]:
        """Return the headers with a lower-case prefix, by the rest of their names.

        WSGI's names don't distinguish "_" from "-": the original names are used if the server gives
        them.
        """
        true_names = self.environ.get(HEADERS)
        if true_names is None:
            start = "HTTP_" + prefix.upper().replace("-", "_")
            pairs = [
                (n[5:].replace("_", "-"), v) for n, v in self.environ.items() if n.startswith(start)
            ]
        else:
            pairs = true_names
        low = ((name.lower(), value) for name, value in pairs)
        return {name[len(prefix) :]: value for name, value in low if name.startswith(prefix)}

    @property
    def aws_chunked(self) -> bool:
        """Say whether the body comes in aws-chunked frames."""
        return self.header("x-amz-content-sha256").startswith("STREAMING-")

    def body(self) -> BinaryIO:
        """Return the body's content as a stream. Raises: AwsError MissingContentLength."""
        stream = self.environ["wsgi.input"]
        length = self.header("content-length")
        if length.isdigit():
            stream = Exactly(stream, int(length))
        elif not self.environ.get("wsgi.input_terminated"):
            message = "You must provide the Content-Length HTTP header."
            raise AwsError("MissingContentLength", message, 411)
        if self.aws_chunked:
            decoded = self.header("x-amz-decoded-content-length")
            return AwsChunked(stream, int(decoded) if decoded.isdigit() else None)
        return stream

    def document(self) -> bytes:
        """Return a small body whole, checked against its digests."""
        stream, body = self.body(), b""
        while block := stream.read(DOCUMENT_BYTES):
            body += block
            if len(body) > DOCUMENT_BYTES:
                raise AwsError("MaxMessageLengthExceeded", "Your request was too big.")
        digests.check_document(self, stream, body)
        return body


def error_response(error: AwsError, request: Request) -> Response:
    """Return the response of an error; to a HEAD, or with status 304, without a body."""
    headers = dict(getattr(error, "headers", {}))
    if isinstance(error, MarkedDeleted):
        headers |= {"x-amz-delete-marker": "true", "x-amz-version-id": error.marker.version_id}
        if error.status == 405:
            headers["Allow"] = "DELETE"
            headers["Last-Modified"] = f"{error.marker.last_modified:%a, %d %b %Y %H:%M:%S} GMT"
    if error.status == 304:
        return Response(304, headers)
    facts = dict(getattr(error, "facts", {}))
    if error.code == "NoSuchBucket":
        facts["BucketName"] = request.bucket
    if error.code == "NoSuchKey":
        facts.setdefault("Key", request.key)
    inner = [xml.tag("Code", error.code), xml.tag("Message", error.message)]
    inner += [xml.tag(name, value) for name, value in facts.items()]
    inner += [xml.tag("Resource", request.path), xml.tag("RequestId", request.id)]
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n{xml.group("Error", *inner)}'.encode()
    headers |= {"Content-Type": "application/xml", "Content-Length": str(len(body))}
    return Response(error.status, headers, [] if request.method == "HEAD" else [body])


def status_line(status: int) -> str:
    """Return a status with its phrase."""
    return f"{status} {HTTPStatus(status).phrase}"
