"""Reads of an object: GetObject and HeadObject. Knows neither buckets nor paths of files."""

from collections.abc import Iterator
from typing import BinaryIO

from local_aws.errors import AwsError
from local_aws.services.s3 import conditions, versioning
from local_aws.services.s3.messages import Request, Response
from local_aws.state.objects import temporary_files
from local_aws.state.objects.info import ObjectInfo
from local_aws.state.objects.store import ObjectStore

OVERRIDES = {
    "response-content-type": "Content-Type",
    "response-content-language": "Content-Language",
    "response-expires": "Expires",
    "response-cache-control": "Cache-Control",
    "response-content-disposition": "Content-Disposition",
    "response-content-encoding": "Content-Encoding",
}


class FileBlocks:
    """Yields the bytes of an open file from `start`, in blocks; closes the file."""

    def __init__(self, file: BinaryIO, start: int, size: int):
        self._file, self._start, self._size = file, start, size

    def __iter__(self) -> Iterator[bytes]:
        return temporary_files.range_blocks(self._file, self._start, self._size)

    def close(self) -> None:
        """Close the file; WSGI's server calls this however the connection ends."""
        self._file.close()


def get_object(store: ObjectStore, request: Request) -> Response:
    """Answer with the object, a range or a part of it."""
    info, file = store.open(request.bucket, request.key, versioning.asked(request))
    try:
        status, headers, start, size = _answer(request, info)
    except BaseException:
        file.close()
        raise
    headers |= versioning.header(store, info)
    return Response(status, headers, FileBlocks(file, start, size))


def head_object(store: ObjectStore, request: Request) -> Response:
    """Answer with the headers of a GetObject."""
    info = store.info(request.bucket, request.key, versioning.asked(request))
    status, headers, _, _ = _answer(request, info)
    return Response(status, headers | versioning.header(store, info))


def _answer(request: Request, info: ObjectInfo) -> tuple[int, dict[str, str], int, int]:
    conditions.check_read(request, info)
    headers = object_headers(info)
    with_checksums = request.header("x-amz-checksum-mode").upper() == "ENABLED"
    part = request.number("partNumber", 1) if "partNumber" in request.query else 0
    if part and request.header("range"):
        message = "Cannot specify both Range header and partNumber query parameter"
        raise AwsError("InvalidRequest", message)
    if part:
        span = conditions.part_range(part, info)
        if info.parts:
            headers["x-amz-mp-parts-count"] = str(len(info.parts))
    else:
        span = conditions.byte_range(request.header("range"), info.size)
    if with_checksums:
        headers |= _checksum_headers(info, part, bool(span))
    headers |= {
        header: _header_safe(request.query[name])
        for name, header in OVERRIDES.items()
        if name in request.query
    }
    if span is None:
        headers["Content-Length"] = str(info.size)
        return 200, headers, 0, info.size
    start, size = span
    headers["Content-Length"] = str(size)
    if info.size:
        headers["Content-Range"] = f"bytes {start}-{start + size - 1}/{info.size}"
    return 206, headers, start, size


def _header_safe(value: str) -> str:
    """Return a query's text as a header's value. Raises: AwsError on a control character."""
    if any(ord(character) < 0x20 for character in value):
        raise AwsError(
            "InvalidArgument", "A response- parameter must not contain control characters."
        )
    return value.encode().decode("latin-1")


def _checksum_headers(info: ObjectInfo, part: int, partial: bool) -> dict[str, str]:
    """Return the checksums of the sent bytes: a range has none, a part has that of the part."""
    values = info.checksums
    if part and info.parts:
        algorithm = next(iter(values), "")
        own = info.part_checksums[part - 1] if info.part_checksums else ""
        values = {algorithm: own} if own else {}
    elif partial and not part:
        return {}
    headers = {f"x-amz-checksum-{name.lower()}": value for name, value in values.items()}
    return headers | {"x-amz-checksum-type": info.checksum_type} if headers else {}


def object_headers(info: ObjectInfo) -> dict[str, str]:
    """Return the headers that describe an object, without its length."""
    headers = {
        "Content-Type": info.content_type,
        "ETag": f'"{info.etag}"',
        "Last-Modified": conditions.http_date(info.last_modified),
        "Accept-Ranges": "bytes",
        "x-amz-server-side-encryption": "AES256",
        **info.headers,
    }
    headers |= {f"x-amz-meta-{name}": value for name, value in info.metadata.items()}
    return headers
