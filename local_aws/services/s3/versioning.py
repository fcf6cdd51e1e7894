"""Versions in S3's dialect: a bucket's status, the listing, headers and ids. Knows no files."""

import re

from local_aws.errors import AwsError
from local_aws.services.s3 import xml
from local_aws.services.s3.listings import OWNER, Asked, checksum, start
from local_aws.services.s3.messages import Request, Response
from local_aws.services.s3.operations import check_document
from local_aws.state.objects import names
from local_aws.state.objects.info import NULL, ObjectInfo
from local_aws.state.objects.store import ObjectStore

Entry = tuple[ObjectInfo, bool]
"""A version, and whether it is the newest of its key."""
ID = re.compile(r"[\w.-]{32}", re.ASCII)


def get_status(store: ObjectStore, request: Request) -> Response:
    """Answer GetBucketVersioning; a bucket that never had versions has no status."""
    store.bucket_table.check(request.bucket)
    status = store.objects.versions.status(request.bucket)
    return Response.xml("VersioningConfiguration", xml.tag("Status", status or None))


def put_status(store: ObjectStore, request: Request) -> Response:
    """Keep versions from now on, or no more of them."""
    store.bucket_table.check(request.bucket)
    root = xml.parse(request.document())
    check_document("PutBucketVersioning", root)
    status = root.findtext("Status")
    if root.tag != "VersioningConfiguration" or status not in ("Enabled", "Suspended"):
        message = "The XML you provided was not well-formed or did not validate: Status."
        raise AwsError("MalformedXML", message)
    store.objects.versions.switch(request.bucket, status)
    return Response(200, {"Content-Length": "0"})


def checked_id(version: str | None) -> str | None:
    """Return a version's id. Raises: AwsError InvalidArgument for a text that is none."""
    if version == "":
        raise AwsError("InvalidArgument", "Version id cannot be the empty string")
    if version not in (None, NULL) and not ID.fullmatch(version):
        raise AwsError("InvalidArgument", "Invalid version id specified")
    return version


def asked(request: Request) -> str | None:
    """Return the version that a request is about; None for the current one."""
    return checked_id(request.query.get("versionId"))


def header(store: ObjectStore, info: ObjectInfo, name: str = "x-amz-version-id") -> dict[str, str]:
    """Return the header with the version of an object, if its bucket has versions."""
    has_versions = store.objects.versions.status(info.bucket)
    return {name: info.version_id} if has_versions else {}


def written(info: ObjectInfo) -> dict[str, str]:
    """Return the header with the version that a write has made, if it has made one."""
    return {"x-amz-version-id": info.version} if info.version else {}


def list_versions(store: ObjectStore, request: Request) -> Response:
    """Answer ListObjectVersions: by key, and from the newest version of a key."""
    asked, query = Asked(store, request), request.query
    key_marker, id_marker = query.get("key-marker", ""), query.get("version-id-marker")
    if id_marker is not None and not key_marker:
        message = "A version-id marker cannot be specified without a key marker."
        raise AwsError("InvalidArgument", message)
    after = (key_marker, checked_id(id_marker))
    entries, more = _page(store, request.bucket, (asked.prefix, asked.delimiter), after, asked.most)
    text = asked.text
    last = entries[-1] if entries and more else ""
    last, id_ = (last, None) if isinstance(last, str) else (last[0].key, last[0].version_id)
    prefixes = [each for each in entries if isinstance(each, str)]
    return Response.xml(
        "ListVersionsResult",
        xml.tag("Name", request.bucket),
        xml.tag("Prefix", text(asked.prefix)),
        xml.tag("Delimiter", text(asked.delimiter) if asked.delimiter else None),
        xml.tag("KeyMarker", text(key_marker)),
        xml.tag("VersionIdMarker", id_marker or ""),
        xml.tag("MaxKeys", asked.most),
        xml.tag("EncodingType", asked.encoding or None),
        xml.tag("IsTruncated", more),
        xml.tag("NextKeyMarker", text(last) if last else None),
        xml.tag("NextVersionIdMarker", id_),
        *[_element(*each, text(each[0].key)) for each in entries if not isinstance(each, str)],
        *[xml.group("CommonPrefixes", xml.tag("Prefix", text(each))) for each in prefixes],
    )


def _page(
    store: ObjectStore,
    bucket: str,
    folder: tuple[str, str],
    after: tuple[str, str | None],
    most: int,
) -> tuple[list[Entry | str], bool]:
    """Return versions and common prefixes after a key (and version), and whether there are more."""
    (prefix, delimiter), (key, version) = folder, after
    entries: list[Entry | str] = []
    low: str | None = max(prefix, key if version else start(key, prefix, delimiter))
    while most and low is not None:
        walked = store.objects.versions.walk(bucket, low, names.after(prefix))
        low, latest = None, None
        for info in walked:
            is_latest, latest = info.key != latest, info.key
            if version and info.key == key:
                version = None if info.version_id == version else version
                continue
            if len(entries) == most:
                return entries, True
            end = info.key.find(delimiter, len(prefix)) if delimiter else -1
            if end >= 0:
                entries.append(info.key[: end + len(delimiter)])
                low = names.after(entries[-1])
                break
            entries.append((info, is_latest))
    return entries, False


def _element(info: ObjectInfo, is_latest: bool, key: str) -> str:
    facts = [
        xml.tag("Key", key),
        xml.tag("VersionId", info.version_id),
        xml.tag("IsLatest", is_latest),
        xml.tag("LastModified", xml.stamp(info.last_modified)),
    ]
    if info.marker:
        return xml.group("DeleteMarker", *facts, OWNER)
    facts += [xml.tag("ETag", f'"{info.etag}"'), checksum(info), xml.tag("Size", info.size)]
    return xml.group("Version", *facts, xml.tag("StorageClass", info.storage_class), OWNER)
