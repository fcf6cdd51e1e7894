"""Writes of objects: PutObject, CopyObject, DeleteObject(s). Knows their headers, not the files."""

from datetime import datetime
from functools import partial
from typing import BinaryIO
from urllib.parse import unquote_to_bytes

from local_aws.errors import AwsError
from local_aws.services.s3 import conditions, digests, versioning, xml
from local_aws.services.s3.messages import Request, Response, S3Error
from local_aws.services.s3.operations import check_document
from local_aws.state.objects import checksums, temporary_files
from local_aws.state.objects.info import NULL, ObjectInfo
from local_aws.state.objects.store import ObjectStore
from local_aws.state.objects.versions import MarkedDeleted

LARGEST_PUT = 5 << 30  # bytes, S3's limit of one PUT and one copy
METADATA_BYTES = 2048
KEPT_HEADERS = (
    "Cache-Control",
    "Content-Disposition",
    "Content-Encoding",
    "Content-Language",
    "Expires",
    "x-amz-storage-class",
    "x-amz-website-redirect-location",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
)
STORAGE_CLASSES = {
    *("STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING"),
    "GLACIER_IR",
}
"""Storage classes without a restore before a read: the local AWS has no restore."""
ARCHIVES = {"GLACIER", "DEEP_ARCHIVE"}


def check_acl(request: Request) -> None:
    """Refuse an ACL, as a new bucket does: its owner owns all objects.

    Raises:
        AwsError: AccessControlListNotSupported.
    """
    is_ours = request.header("x-amz-acl") in ("", "private", "bucket-owner-full-control")
    if not is_ours or request.prefixed("x-amz-grant-"):
        raise AwsError("AccessControlListNotSupported", "The bucket does not allow ACLs")


def described(request: Request) -> dict:
    """Return the facts of a new object from the request's headers."""
    check_acl(request)
    metadata = request.prefixed("x-amz-meta-")
    if sum(len(name) + len(value) for name, value in metadata.items()) > METADATA_BYTES:
        message = "Your metadata headers exceed the maximum allowed metadata size"
        raise AwsError("MetadataTooLarge", message)
    headers = {name: value for name in KEPT_HEADERS if (value := request.header(name))}
    if "Content-Encoding" in headers:
        codings = [part.strip() for part in headers["Content-Encoding"].split(",")]
        headers["Content-Encoding"] = ",".join(part for part in codings if part != "aws-chunked")
    storage_class = headers.get("x-amz-storage-class", "STANDARD")
    if storage_class in ARCHIVES:
        message = f"The local AWS does not support the storage class {storage_class}."
        raise AwsError("NotImplemented", message)
    if storage_class not in STORAGE_CLASSES:
        raise AwsError("InvalidStorageClass", "The storage class you specified is not valid")
    if storage_class == "STANDARD":
        headers.pop("x-amz-storage-class", None)  # S3 does not return it
    return {
        "content_type": request.header("content-type"),
        "metadata": metadata,
        "headers": {name: value for name, value in headers.items() if value},
    }


def checksum_headers(checksums: dict[str, str], kind: str = "FULL_OBJECT") -> dict[str, str]:
    """Return the response headers with the checksums of a write."""
    headers = {f"x-amz-checksum-{name.lower()}": value for name, value in checksums.items()}
    return headers | {"x-amz-checksum-type": kind} if headers else {}


def sized_body(request: Request) -> BinaryIO:
    """Return the request's body. Raises: AwsError EntityTooLarge over S3's 5 GB."""
    length = request.header("x-amz-decoded-content-length") or request.header("content-length")
    if length.isdigit() and int(length) > LARGEST_PUT:
        raise AwsError("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
    return request.body()


def put_object(store: ObjectStore, request: Request) -> Response:
    """Store the body under the key."""
    store.bucket_table.check(request.bucket)
    facts = described(request)
    stream = sized_body(request)
    with store.draft(temporary_files.blocks(stream), digests.wanted(request)) as made:
        facts["checksums"] = digests.check(request, stream, made.md5, made.checksums)
        check = partial(conditions.check_write, request)
        where = (request.bucket, request.key, made)
        info = store.commit(*where, check=check, request=request.id, **facts)
    headers = {"ETag": f'"{info.etag}"', "Content-Length": "0"} | checksum_headers(info.checksums)
    headers["x-amz-server-side-encryption"] = "AES256"
    return Response(200, headers | _encryption(info) | versioning.written(info))


def _encryption(info: ObjectInfo) -> dict[str, str]:
    return {n: v for n, v in info.headers.items() if n.startswith("x-amz-server-side-encryption")}


def copy_source(request: Request) -> tuple[str, str, str | None]:
    """Return bucket, key and version of the x-amz-copy-source header."""
    source, mark, version = request.header("x-amz-copy-source").partition("?versionId=")
    try:
        text = unquote_to_bytes(source.encode("latin-1")).decode()
    except UnicodeError as error:
        raise AwsError("InvalidArgument", "Copy Source must be URL-encoded UTF-8") from error
    bucket, _, key = text.removeprefix("/").partition("/")
    if not key:
        message = "Copy Source must mention the source bucket and key: sourcebucket/sourcekey"
        raise AwsError("InvalidArgument", message)
    return bucket, key, versioning.checked_id(version) if mark else None


def copy_object(store: ObjectStore, request: Request) -> Response:
    """Copy an object inside the store, block by block."""
    source = copy_source(request)
    info, file = source_of_copy(store, source)
    with file:
        conditions.check_read(request, info, "x-amz-copy-source-")
        facts = _copied_facts(request, info, source)
        algorithm = request.header("x-amz-checksum-algorithm")
        algorithm = algorithm and checksums.algorithm(algorithm)
        if info.size > LARGEST_PUT:
            message = "The specified copy source is larger than the maximum allowable size"
            raise AwsError("InvalidRequest", f"{message} for a copy source: {LARGEST_PUT}")
        fresh = bool(info.parts or algorithm)  # a copy has one part: its ETag is a plain MD5
        blocks = temporary_files.range_blocks(file, 0, info.size)
        with store.draft(blocks, [algorithm] if algorithm else list(info.checksums), fresh) as made:
            facts["checksums"] = made.checksums
            etag = None if fresh else info.etag
            new = store.commit(
                *(request.bucket, request.key, made), reason="CopyObject", etag=etag,
                request=request.id, **facts,
            )  # fmt: skip
    response = Response.xml(
        "CopyObjectResult", *copy_result(new.etag, new.last_modified, new.checksums)
    )
    response.headers |= versioning.written(new) | copied_version(store, info)
    return response


def source_of_copy(
    store: ObjectStore, source: tuple[str, str, str | None]
) -> tuple[ObjectInfo, BinaryIO]:
    """Return the facts and the open file of a copy's source. Raises: AwsError, not of a marker."""
    try:
        return store.open(*source)
    except AwsError as error:
        if error.code == "NoSuchKey":
            raise S3Error(error.code, error.message, 404, Key=source[1]) from error
        if not isinstance(error, MarkedDeleted):
            raise
        message = "The source of a copy request may not specifically refer to a delete marker"
        raise AwsError("InvalidRequest", f"{message} by version id.") from error


def copied_version(store: ObjectStore, info: ObjectInfo) -> dict[str, str]:
    """Return the header with the version that a copy was made of."""
    return versioning.header(store, info, "x-amz-copy-source-version-id")


def copy_result(etag: str, when: datetime | int, checksums: dict[str, str]) -> list[str]:
    """Return the elements of CopyObjectResult and CopyPartResult."""
    tags = [xml.tag("LastModified", xml.stamp(when)), xml.tag("ETag", f'"{etag}"')]
    return tags + [xml.tag(f"Checksum{name}", value) for name, value in checksums.items()]


def _copied_facts(request: Request, info: ObjectInfo, source: tuple[str, str, str | None]) -> dict:
    """Return the new object's facts: the source's, or with REPLACE those of the request."""
    new = described(request)
    replace = request.header("x-amz-metadata-directive").upper() == "REPLACE"
    changes = replace or new["headers"] or request.header("x-amz-storage-class")
    if source == (request.bucket, request.key, None) and not changes:
        message = (
            "This copy request is illegal because it is trying to copy an object to itself without "
            "changing the object's metadata, storage class, website redirect location or "
            "encryption attributes."
        )
        raise AwsError("InvalidRequest", message)
    if not replace:
        amz = {name: value for name, value in new["headers"].items() if name.startswith("x-amz-")}
        kept = {n: v for n, v in info.headers.items() if n != "x-amz-storage-class"}
        new |= {"content_type": info.content_type, "metadata": info.metadata}
        new["headers"] = kept | amz
    return new


def delete_object(store: ObjectStore, request: Request) -> Response:
    """Delete the key; S3 answers 204 for a missing key too."""
    version = versioning.asked(request)
    if version is None:
        check = partial(conditions.check_write, request)
        markers = store.delete(request.bucket, request.key, request=request.id, check=check)
        marker = markers.get(request.key)
        made = {"x-amz-version-id": marker, "x-amz-delete-marker": "true"} if marker else {}
        return Response(204, made)
    info = store.delete_version(request.bucket, request.key, version, request.id)
    headers = {"x-amz-version-id": version}
    return Response(204, headers | ({"x-amz-delete-marker": "true"} if _marks(info) else {}))


def _marks(info: ObjectInfo | None) -> bool:
    return bool(info and info.marker)


def delete_objects(store: ObjectStore, request: Request) -> Response:
    """Delete up to 1,000 keys at once; the answer lists each."""
    store.bucket_table.check(request.bucket)
    root = xml.parse(request.document())
    check_document("DeleteObjects", root)
    items = [(e.findtext("Key"), e.findtext("VersionId") or None) for e in root.findall("Object")]
    if root.tag != "Delete" or not 0 < len(items) <= 1000 or None in dict(items):
        message = "The XML you provided was not well-formed or did not validate: 1 to 1000 keys."
        raise AwsError("MalformedXML", message)
    keys = [key for key, version in items if version is None]
    markers = store.delete(request.bucket, *keys, request=request.id)
    quiet = (root.findtext("Quiet") or "").lower() == "true"
    done = [_deleted(key, marker=markers.get(key)) for key in keys if not quiet]
    failed = []
    for key, version in items:
        if version is None:
            continue
        if version != NULL and not versioning.ID.fullmatch(version):
            failed.append(_not_deleted(key, version))
            continue
        info = store.delete_version(request.bucket, key, version, request.id)
        marker = version if _marks(info) else None
        done += [] if quiet else [_deleted(key, version, marker)]
    return Response.xml("DeleteResult", *done, *failed)


def _deleted(key: str, version: str | None = None, marker: str | None = None) -> str:
    return xml.group(
        "Deleted",
        xml.tag("Key", key),
        xml.tag("VersionId", version),
        xml.tag("DeleteMarker", True if marker else None),
        xml.tag("DeleteMarkerVersionId", marker),
    )


def _not_deleted(key: str, version: str) -> str:
    code, message = "NoSuchVersion", "The specified version does not exist."
    tags = [xml.tag("Key", key), xml.tag("VersionId", version), xml.tag("Code", code)]
    return xml.group("Error", *tags, xml.tag("Message", message))
