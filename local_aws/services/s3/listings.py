"""Listings of objects: common prefixes and pages. Knows no files."""

import base64
from dataclasses import dataclass, field
from urllib.parse import quote

from local_aws.errors import AwsError
from local_aws.services.s3 import xml
from local_aws.services.s3.messages import Request, Response
from local_aws.state.objects import names
from local_aws.state.objects.info import ObjectInfo
from local_aws.state.objects.store import ObjectStore

OWNER = xml.group("Owner", xml.tag("ID", "0" * 64), xml.tag("DisplayName", "local"))
MOST = 1000
MARK = "from "
"""The start of each token's text, by which one that no answer has given is known."""


@dataclass
class Page:
    """One page of a listing; `next` is the least key of the page after it, None if it is last."""

    objects: list[ObjectInfo] = field(default_factory=list)
    prefixes: list[str] = field(default_factory=list)
    next: str | None = None


def page(store: ObjectStore, bucket: str, prefix: str, delimiter: str, low: str, most: int) -> Page:
    """List from key `low` on, at most `most` keys and common prefixes."""
    result = Page()
    if not most:
        return result
    high = names.after(prefix)
    low, batch = max(low, prefix), most + 1
    while low is not None and (infos := store.objects.page(bucket, low, high, batch)):
        batch = min(most + 1, batch * 4)
        for info in infos:
            if info.key < low:
                continue  # below the common prefix that was just listed
            if len(result.objects) + len(result.prefixes) == most:
                result.next = info.key
                return result
            end = info.key.find(delimiter, len(prefix)) if delimiter else -1
            if end < 0:
                result.objects.append(info)
                low = f"{info.key}\0"
            else:
                result.prefixes.append(info.key[: end + len(delimiter)])
                low = names.after(result.prefixes[-1])
                if low is None:
                    return result
        if infos[-1].key < low and result.prefixes and low == names.after(result.prefixes[-1]):
            batch = min(batch, 16)  # the next keys may be one more folder: skip it
    return result


def _start(after: str, prefix: str, delimiter: str) -> str:
    """Return the least key after a marker; a common prefix as a marker covers all keys below it."""
    if delimiter and after.startswith(prefix) and after.endswith(delimiter):
        if after.find(delimiter, len(prefix)) == len(after) - len(delimiter):
            return names.after(after) or after
    return f"{after}\0" if after else ""


def token_of(name: str) -> str:
    """Return the token of a page that starts at a key, or after a bucket."""
    return base64.urlsafe_b64encode(f"{MARK}{name}".encode()).decode()


def from_token(token: str) -> str:
    """Return the name in a token. Raises: AwsError InvalidArgument, no answer has given it."""
    try:
        text = base64.b64decode(token.encode(), altchars=b"-_", validate=True).decode()
    except ValueError:
        text = ""
    if not text.startswith(MARK):
        raise AwsError("InvalidArgument", "The continuation token provided is incorrect")
    return text.removeprefix(MARK)


def _checksum(info: ObjectInfo) -> str:
    if not info.checksums:
        return ""
    tags = "".join(xml.tag("ChecksumAlgorithm", name) for name in info.checksums)
    return tags + xml.tag("ChecksumType", info.checksum_type)


def list_v2(store: ObjectStore, request: Request) -> Response:
    """Answer ListObjectsV2."""
    store.bucket_table.check(request.bucket)
    query = request.query
    prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
    token, after = query.get("continuation-token"), query.get("start-after", "")
    if (encoding := query.get("encoding-type", "")) not in ("", "url"):
        raise AwsError("InvalidArgument", "Invalid Encoding Method specified in Request")
    low = _start(after, prefix, delimiter) if token is None else from_token(token)
    most = min(MOST, request.number("max-keys", MOST))
    listed = page(store, request.bucket, prefix, delimiter, low, most)
    owner = OWNER if query.get("fetch-owner") == "true" else ""

    def text(value: str) -> str:
        """Return a key or prefix as the client asked to have it."""
        return quote(value, safe="/*-._~") if encoding else value

    return Response.xml(
        "ListBucketResult",
        xml.tag("Name", request.bucket),
        xml.tag("Prefix", text(prefix)),
        xml.tag("Delimiter", text(delimiter) if delimiter else None),
        xml.tag("MaxKeys", most),
        xml.tag("EncodingType", encoding or None),
        xml.tag("StartAfter", text(after) if after else None),
        xml.tag("ContinuationToken", token),
        xml.tag("KeyCount", len(listed.objects) + len(listed.prefixes)),
        xml.tag("IsTruncated", listed.next is not None),
        xml.tag("NextContinuationToken", token_of(listed.next) if listed.next else None),
        *[_content(info, text(info.key), owner) for info in listed.objects],
        *[xml.group("CommonPrefixes", xml.tag("Prefix", text(each))) for each in listed.prefixes],
    )


def _content(info: ObjectInfo, key: str, owner: str) -> str:
    return (
        f"<Contents><Key>{xml.escape(key)}</Key>"
        f"<LastModified>{xml.stamp(info.last_modified)}</LastModified>"
        f"<ETag>&quot;{info.etag}&quot;</ETag>{_checksum(info)}<Size>{info.size}</Size>"
        f"<StorageClass>{info.storage_class}</StorageClass>{owner}</Contents>"
    )
