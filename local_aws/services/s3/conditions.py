"""Conditional headers, byte ranges and part numbers of a read or write. Pure functions."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from local_aws.services.s3.messages import Request, S3Error
from local_aws.state.objects.info import ObjectInfo

RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def http_date(when: datetime) -> str:
    """Return a time in the format of HTTP headers."""
    return when.strftime("%a, %d %b %Y %H:%M:%S GMT")


def _names(header: str, etag: str) -> bool:
    """Say whether an If-Match or If-None-Match header contains the ETag."""
    listed = {part.strip().removeprefix("W/").strip('"') for part in header.split(",")}
    return bool({"*", etag} & listed)


def _time(header: str) -> datetime | None:
    try:
        when = parsedate_to_datetime(header)
    except ValueError:
        return None  # S3 ignores a date that is not valid
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def failed(condition: str) -> S3Error:
    """Return the error of a condition that does not hold."""
    message = "At least one of the pre-conditions you specified did not hold"
    return S3Error("PreconditionFailed", message, 412, Condition=condition)


def check_read(request: Request, info: ObjectInfo, prefix: str = "") -> None:
    """Raise 412 or 304 unless the request's conditions hold for the object.

    A condition on the ETag has precedence over one on the date (RFC 9110, 13.2.2). For a copy
    source (`prefix` "x-amz-copy-source-") nothing is 304.
    """
    match, since = request.header(f"{prefix}if-match"), request.header(f"{prefix}if-modified-since")
    none_match = request.header(f"{prefix}if-none-match")
    unmodified = request.header(f"{prefix}if-unmodified-since")
    if match:
        if not _names(match, info.etag):
            raise failed(f"{prefix}If-Match")
    elif unmodified and (when := _time(unmodified)) and info.last_modified > when:
        raise failed(f"{prefix}If-Unmodified-Since")
    if none_match:
        stale = not _names(none_match, info.etag)
    else:
        stale = not (since and (when := _time(since)) and info.last_modified <= when)
    if not stale:
        if prefix:
            raise failed(prefix + ("If-None-Match" if none_match else "If-Modified-Since"))
        headers = {"ETag": f'"{info.etag}"', "Last-Modified": http_date(info.last_modified)}
        raise S3Error("NotModified", "Not Modified", 304, headers)


def check_write(request: Request, old: ObjectInfo | None) -> None:
    """Raise unless the request's conditions allow to replace the present object."""
    match, none_match = request.header("if-match"), request.header("if-none-match")
    if none_match and none_match.strip() != "*":
        message = "A header you provided implies functionality that is not implemented."
        raise S3Error("NotImplemented", message, Header="If-None-Match")
    if none_match and old:
        raise failed("If-None-Match")
    if match and not old:
        raise S3Error("NoSuchKey", "The specified key does not exist.", 404)
    if match and old and not _names(match, old.etag):
        raise failed("If-Match")


def byte_range(header: str, size: int) -> tuple[int, int] | None:
    """Return (start, length) of a Range header, None for the whole object.

    S3 ignores a header that is not one valid range. Raises: S3Error InvalidRange (416) beyond the
    end.
    """
    hit = RANGE.fullmatch(header.strip())
    if not hit or hit[0] == "bytes=-":
        return None
    first, last = hit[1], hit[2]
    if first and last and int(last) < int(first):
        return None
    start = int(first) if first else max(0, size - int(last))
    end = min(size, int(last) + 1) if first and last else size
    if start >= size or start >= end:
        headers = {"Content-Range": f"bytes */{size}"}
        facts = {"RangeRequested": header, "ActualObjectSize": size}
        message = "The requested range is not satisfiable"
        raise S3Error("InvalidRange", message, 416, headers, **facts)
    return start, end - start


def part_range(number: int, info: ObjectInfo) -> tuple[int, int]:
    """Return (start, length) of a part; an object without parts has part 1 alone."""
    sizes = info.parts or (info.size,)
    if not 1 <= number <= len(sizes):
        message = "The requested partnumber is not satisfiable"
        facts = {"PartNumberRequested": number, "ActualPartCount": len(sizes)}
        raise S3Error("InvalidPartNumber", message, 416, **facts)
    return sum(sizes[: number - 1]), sizes[number - 1]
