"""Listings of objects and versions: common prefixes and pages. Knows no files."""

import base64
import binascii
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


@dataclass
class Page:
    """One page of a listing; `next` is the least key of the page after it, None if it is last."""

    objects: list[ObjectInfo] = field(default_factory=list)
    prefixes: list[str] = field(default_factory=list)
    next: str | None = None
    last: str = ""  # the last key or prefix listed


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
                result.last, low = info.key, f"{info.key}\0"
            else:
                result.last = info.key[: end + len(delimiter)]
                result.prefixes.append(result.last)
                low = names.after(result.last)
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


def _token(low: str) -> str:
    return base64.urlsafe_b64encode(low.encode()).decode()


def _from_token(token: str) -> str:
    try:
        return base64.urlsafe_b64decode(token.encode()).decode()
    except (binascii.Error, ValueError) as error:
        message = "The continuation token provided is incorrect"
        raise AwsError("InvalidArgument", message) from error


class _Listing:
    """The common parts of the three listings."""

    def __init__(self, store: ObjectStore, request: Request):
        store.bucket_table.check(request.bucket)
        self.request, query = request, request.query
        self.prefix, self.delimiter = query.get("prefix", ""), query.get("delimiter", "")
        self.most = min(MOST, request.number("max-keys", MOST))
        encoding = query.get("encoding-type", "")
        if encoding not in ("", "url"):
            raise AwsError("InvalidArgument", "Invalid Encoding Method specified in Request")
        self.encoding = encoding or None
        self.page = lambda low: page(
            store, request.bucket, self.prefix, self.delimiter, low, self.most
        )

    def text(self, value: str) -> str:
        """Return a key or prefix in the encoding that the client requested."""
        return quote(value, safe="/*-._~") if self.encoding else value

    def head(self) -> list[str]:
        """Return the elements that repeat the request."""
        return [
            xml.tag("Name", self.request.bucket),
            xml.tag("Prefix", self.text(self.prefix)),
            xml.tag("Delimiter", self.text(self.delimiter) if self.delimiter else None),
            xml.tag("MaxKeys", self.most),
            xml.tag("EncodingType", self.encoding),
        ]

    def contents(self, objects: list[ObjectInfo], owner: bool, name: str = "Contents") -> list[str]:
        """Return the objects' elements."""
        extra = OWNER if owner else ""
        if name == "Version":
            extra += xml.tag("VersionId", "null") + xml.tag("IsLatest", True)
        return [
            f"<{name}><Key>{xml.escape(self.text(info.key))}</Key>"
            f"<LastModified>{xml.stamp(info.last_modified)}</LastModified>"
            f"<ETag>&quot;{info.etag}&quot;</ETag>{_checksum(info)}<Size>{info.size}</Size>"
            f"<StorageClass>{info.storage_class}</StorageClass>{extra}</{name}>"
            for info in objects
        ]

    def prefixes(self, prefixes: list[str]) -> list[str]:
        """Return the common prefixes' elements."""
        return [xml.group("CommonPrefixes", xml.tag("Prefix", self.text(p))) for p in prefixes]


def _checksum(info: ObjectInfo) -> str:
    if not info.checksums:
        return ""
    tags = "".join(xml.tag("ChecksumAlgorithm", name) for name in info.checksums)
    return tags + xml.tag("ChecksumType", info.checksum_type)


def list_v2(store: ObjectStore, request: Request) -> Response:
    """Answer ListObjectsV2."""
    listing, query = _Listing(store, request), request.query
    token, after = query.get("continuation-token"), query.get("start-after", "")
    if token is not None and not token:
        raise AwsError("InvalidArgument", "The continuation token provided is incorrect")
    low = _from_token(token) if token else _start(after, listing.prefix, listing.delimiter)
    listed = listing.page(low)
    owner = query.get("fetch-owner") == "true"
    return Response.xml(
        "ListBucketResult",
        *listing.head(),
        xml.tag("StartAfter", listing.text(after) if after else None),
        xml.tag("ContinuationToken", token),
        xml.tag("KeyCount", len(listed.objects) + len(listed.prefixes)),
        xml.tag("IsTruncated", listed.next is not None),
        xml.tag("NextContinuationToken", _token(listed.next) if listed.next else None),
        *listing.contents(listed.objects, owner),
        *listing.prefixes(listed.prefixes),
    )


def list_v1(store: ObjectStore, request: Request) -> Response:
    """Answer ListObjects; NextMarker comes with a delimiter only, as in S3."""
    listing, marker = _Listing(store, request), request.query.get("marker", "")
    listed = listing.page(_start(marker, listing.prefix, listing.delimiter))
    more = listed.next is not None
    next_marker = listing.text(listed.last) if more and listing.delimiter else None
    return Response.xml(
        "ListBucketResult",
        *listing.head(),
        xml.tag("Marker", listing.text(marker)),
        xml.tag("IsTruncated", more),
        xml.tag("NextMarker", next_marker),
        *listing.contents(listed.objects, True),
        *listing.prefixes(listed.prefixes),
    )


def list_versions(store: ObjectStore, request: Request) -> Response:
    """Answer ListObjectVersions: each object has the one version "null"."""
    listing, marker = _Listing(store, request), request.query.get("key-marker", "")
    listed = listing.page(_start(marker, listing.prefix, listing.delimiter))
    more = listed.next is not None
    return Response.xml(
        "ListVersionsResult",
        *listing.head(),
        xml.tag("KeyMarker", listing.text(marker)),
        xml.tag("VersionIdMarker", ""),
        xml.tag("IsTruncated", more),
        xml.tag("NextKeyMarker", listing.text(listed.last) if more else None),
        xml.tag("NextVersionIdMarker", "null" if more else None),
        *listing.contents(listed.objects, True, "Version"),
        *listing.prefixes(listed.prefixes),
    )
