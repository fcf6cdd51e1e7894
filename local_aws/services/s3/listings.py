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
from local_aws.wire.http_request import MAY_READ

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


def start(after: str, prefix: str, delimiter: str) -> str:
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


def checksum(info: ObjectInfo) -> str:
    """Return the elements of an entry that name its checksum."""
    if not info.checksums:
        return ""
    tags = "".join(xml.tag("ChecksumAlgorithm", name) for name in info.checksums)
    return tags + xml.tag("ChecksumType", info.checksum_type)


class Asked:
    """What both forms of a listing ask for."""

    def __init__(self, store: ObjectStore, request: Request):
        store.bucket_table.check(request.bucket)
        query = request.query
        self.prefix, self.delimiter = query.get("prefix", ""), query.get("delimiter", "")
        self.encoding = query.get("encoding-type", "")
        if self.encoding not in ("", "url"):
            raise AwsError("InvalidArgument", "Invalid Encoding Method specified in Request")
        self.most = min(MOST, request.number("max-keys", MOST))
        self._may_read = request.environ.get(MAY_READ)

    def text(self, value: str) -> str:
        """Return a key or prefix as the client asked to have it."""
        return quote(value, safe="/*-._~") if self.encoding else value

    def _place(self, info: ObjectInfo) -> str:
        """Return the element with the object's file, for a Spark job that may read the object."""
        if self._may_read is None or not self._may_read(info.bucket, info.key):
            return ""
        return xml.tag("LocalPath", quote(str(info.path)))

    def answer(self, bucket: str, listed: Page, owner: str, *more: str) -> Response:
        """Return the document."""
        text = self.text
        return Response.xml(
            "ListBucketResult",
            xml.tag("Name", bucket),
            xml.tag("Prefix", text(self.prefix)),
            xml.tag("Delimiter", text(self.delimiter) if self.delimiter else None),
            xml.tag("MaxKeys", self.most),
            xml.tag("EncodingType", self.encoding or None),
            xml.tag("IsTruncated", listed.next is not None),
            *more,
            *[_content(info, text(info.key), owner, self._place(info)) for info in listed.objects],
            *[
                xml.group("CommonPrefixes", xml.tag("Prefix", text(each)))
                for each in listed.prefixes
            ],
        )


def list_v1(store: ObjectStore, request: Request) -> Response:
    """Answer ListObjects, whose marker is the last key or common prefix of the page before."""
    asked, marker = Asked(store, request), request.query.get("marker", "")
    low = start(marker, asked.prefix, asked.delimiter)
    listed = page(store, request.bucket, asked.prefix, asked.delimiter, low, asked.most)
    last = max([*(info.key for info in listed.objects[-1:]), *listed.prefixes[-1:]], default="")
    has_next = listed.next is not None and asked.delimiter
    return asked.answer(
        *(request.bucket, listed, OWNER),
        xml.tag("Marker", asked.text(marker)),
        xml.tag("NextMarker", asked.text(last) if has_next else None),
    )


def list_v2(store: ObjectStore, request: Request) -> Response:
    """Answer ListObjectsV2."""
    asked, query = Asked(store, request), request.query
    token, after = query.get("continuation-token"), query.get("start-after", "")
    low = start(after, asked.prefix, asked.delimiter) if token is None else from_token(token)
    listed = page(store, request.bucket, asked.prefix, asked.delimiter, low, asked.most)
    return asked.answer(
        *(request.bucket, listed, OWNER if query.get("fetch-owner") == "true" else ""),
        xml.tag("StartAfter", asked.text(after) if after else None),
        xml.tag("ContinuationToken", token),
        xml.tag("KeyCount", len(listed.objects) + len(listed.prefixes)),
        xml.tag("NextContinuationToken", token_of(listed.next) if listed.next else None),
    )


def _content(info: ObjectInfo, key: str, owner: str, place: str) -> str:
    return (
        f"<Contents><Key>{xml.escape(key)}</Key>"
        f"<LastModified>{xml.stamp(info.last_modified)}</LastModified>"
        f"<ETag>&quot;{info.etag}&quot;</ETag>{checksum(info)}<Size>{info.size}</Size>"
        f"<StorageClass>{info.storage_class}</StorageClass>{owner}{place}</Contents>"
    )
