"""Requests of multipart uploads, and their answers. Knows headers and XML, no files."""

from functools import partial
from xml.etree.ElementTree import Element

from local_aws.errors import AwsError
from local_aws.services.s3 import conditions, digests, xml
from local_aws.services.s3.listings import OWNER
from local_aws.services.s3.messages import Request, Response, S3Error
from local_aws.services.s3.operations import check_document
from local_aws.services.s3.versioning import written
from local_aws.services.s3.writes import (
    checksum_headers,
    copied_version,
    copy_result,
    copy_source,
    described,
    sized_body,
    source_of_copy,
)
from local_aws.state.objects import checksums, temporary_files
from local_aws.state.objects.info import ObjectInfo
from local_aws.state.objects.uploads import MOST_PARTS, SMALLEST_PART, Part, Upload, Uploads

COMPOSITE_ONLY = {"SHA1", "SHA256", "SHA512", "MD5"}
MOST = 1000


def create(uploads: Uploads, request: Request) -> Response:
    """Begin an upload."""
    name = request.header("x-amz-checksum-algorithm")
    algorithm = checksums.algorithm(name) if name else ""
    default = "FULL_OBJECT" if algorithm in checksums.FULL_OBJECT_BY_DEFAULT else "COMPOSITE"
    kind = request.header("x-amz-checksum-type").upper() or default
    wrong = COMPOSITE_ONLY if kind == "FULL_OBJECT" else checksums.FULL_OBJECT_BY_DEFAULT
    if algorithm in wrong:
        message = f"The {kind} checksum type cannot be used with the {algorithm} algorithm."
        raise AwsError("InvalidRequest", message)
    upload = uploads.create(request.bucket, request.key, described(request), algorithm, kind)
    response = Response.xml("InitiateMultipartUploadResult", *_names(upload))
    if algorithm:
        response.headers["x-amz-checksum-algorithm"] = algorithm
        response.headers["x-amz-checksum-type"] = kind
    return response


def _names(upload: Upload) -> list[str]:
    tags = [xml.tag("Bucket", upload.bucket), xml.tag("Key", upload.key)]
    return tags + [xml.tag("UploadId", upload.id)]


def _upload(uploads: Uploads, request: Request) -> Upload:
    return uploads.get(request.bucket, request.key, request.query["uploadId"])


def _part_number(request: Request) -> int:
    number = request.number("partNumber", 0)
    if not 1 <= number <= MOST_PARTS:
        message = f"Part number must be an integer between 1 and {MOST_PARTS}, inclusive"
        raise AwsError("InvalidArgument", message)
    return number


def upload_part(uploads: Uploads, request: Request) -> Response:
    """Store the body as a part."""
    upload, number, stream = _upload(uploads, request), _part_number(request), sized_body(request)
    wanted = digests.wanted(request) | ({upload.algorithm} - {""})
    with uploads.draft(temporary_files.blocks(stream), wanted) as made:
        sums = digests.check(request, stream, made.md5, made.checksums)
        if upload.algorithm in made.checksums:
            sums.setdefault(upload.algorithm, made.checksums[upload.algorithm])
        part = uploads.put_part(upload, number, made, sums)
    headers = {"ETag": f'"{part.etag}"', "Content-Length": "0"}
    sent = {name: value for name, value in sums.items() if name in digests.wanted(request)}
    return Response(200, headers | checksum_headers(sent))


def upload_part_copy(uploads: Uploads, request: Request) -> Response:
    """Store an object, or a range of it, as a part."""
    upload, number = _upload(uploads, request), _part_number(request)
    info, file = source_of_copy(uploads.store, copy_source(request))
    with file:
        conditions.check_read(request, info, "x-amz-copy-source-")
        start, size = _copied_range(request.header("x-amz-copy-source-range"), info.size)
        blocks = temporary_files.range_blocks(file, start, size)
        with uploads.draft(blocks, {upload.algorithm} - {""}) as made:
            part = uploads.put_part(upload, number, made, made.checksums)
    copied = copy_result(part.etag, part.modified, part.checksums)
    response = Response.xml("CopyPartResult", *copied)
    response.headers |= copied_version(uploads.store, info)
    return response


def _copied_range(header: str, size: int) -> tuple[int, int]:
    if not header:
        return 0, size
    hit = conditions.RANGE.fullmatch(header)
    if not (hit and hit[1] and hit[2] and int(hit[1]) <= int(hit[2])):
        message = "The x-amz-copy-source-range value must be of the form bytes=first-last"
        raise AwsError("InvalidArgument", message)
    if int(hit[2]) >= size:
        raise AwsError(
            "InvalidArgument", f"Range specified is not valid for source of {size} bytes"
        )
    return int(hit[1]), int(hit[2]) - int(hit[1]) + 1


def complete(uploads: Uploads, request: Request) -> Response:
    """Join the listed parts; asked again, answer as before."""
    before = uploads.completed(request.bucket, request.key, request.query["uploadId"])
    if before:
        return _completed(request, before)
    upload = _upload(uploads, request)
    root = xml.parse(request.document())
    check_document("CompleteMultipartUpload", root)
    if upload.algorithm and upload.checksum_type == "COMPOSITE":
        _check_all_named(root, upload.algorithm)
    parts = _listed(root, {part.number: part for part in uploads.parts(upload)})
    expected = request.header(f"x-amz-checksum-{upload.algorithm.lower()}")
    size = request.header("x-amz-mp-object-size")
    if size.isdigit() and int(size) != sum(part.size for part in parts):
        message = "The provided 'x-amz-mp-object-size' header does not match what was computed."
        raise AwsError("InvalidRequest", message)
    check = partial(conditions.check_write, request)
    return _completed(request, uploads.complete(upload, parts, expected, check, request.id))


def _completed(request: Request, info: ObjectInfo) -> Response:
    response = Response.xml(
        "CompleteMultipartUploadResult",
        xml.tag("Location", f"http://{request.header('host')}{request.path}"),
        xml.tag("Bucket", info.bucket),
        xml.tag("Key", info.key),
        xml.tag("ETag", f'"{info.etag}"'),
        *[xml.tag(f"Checksum{name}", value) for name, value in info.checksums.items()],
        xml.tag("ChecksumType", info.checksum_type if info.checksums else None),
    )
    response.headers |= written(info)
    return response


def _check_all_named(root: Element, algorithm: str) -> None:
    for item in root.findall("Part"):
        if not item.findtext(f"Checksum{algorithm}"):
            message = (
                f"The upload was created using a {algorithm.lower()} checksum. The complete "
                "request must include the checksum for each part. It was missing for part "
                f"{item.findtext('PartNumber')} in the request."
            )
            raise AwsError("InvalidRequest", message)


def _listed(root: Element, stored: dict[int, Part]) -> list[Part]:
    """Return the parts in the request's document. Raises: MalformedXML, InvalidPart(Order), …"""
    items = root.findall("Part")
    numbers = [item.findtext("PartNumber", "") for item in items]
    if not items or not all(number.isdigit() for number in numbers):
        raise AwsError("MalformedXML", "The XML you provided did not validate: no parts listed.")
    order = [int(number) for number in numbers]
    if any(after <= before for before, after in zip(order, order[1:], strict=False)):
        message = "The list of parts was not in ascending order. Parts must be ordered by number."
        raise AwsError("InvalidPartOrder", message)
    for number, item in zip(order, items, strict=True):
        part = stored.get(number)
        if part is None or not _matches(part, item):
            message = (
                "One or more of the specified parts could not be found. The part may not have "
                "been uploaded, or the specified entity tag may not match the part's entity tag."
            )
            raise S3Error("InvalidPart", message, PartNumber=number)
    parts = [stored[number] for number in order]
    for part in parts[:-1]:
        if part.size < SMALLEST_PART:
            message = "Your proposed upload is smaller than the minimum allowed size"
            facts = {"ProposedSize": part.size, "MinSizeAllowed": SMALLEST_PART}
            raise S3Error("EntityTooSmall", message, PartNumber=part.number, **facts)
    return parts


def _matches(part: Part, item: Element) -> bool:
    """Say whether a listed part has the ETag and the checksums of the stored part."""
    if item.findtext("ETag", "").strip().strip('"') != part.etag:
        return False
    listed = {name: item.findtext(f"Checksum{name}") for name in checksums.HASHERS}
    return all(part.checksums.get(n, value) == value for n, value in listed.items() if value)


def abort(uploads: Uploads, request: Request) -> Response:
    """Abort the upload."""
    uploads.abort(_upload(uploads, request))
    return Response(204)


def list_uploads(uploads: Uploads, request: Request) -> Response:
    """Answer with a page of the bucket's uploads in progress."""
    query, most = request.query, min(MOST, request.number("max-uploads", MOST))
    if query.get("delimiter"):
        raise AwsError(
            "NotImplemented",
            "The local AWS does not support a delimiter for uploads: use a prefix.",
        )
    marker, id_marker = query.get("key-marker", ""), query.get("upload-id-marker", "")
    after = (marker, id_marker or "~" if marker else "")
    stored = uploads.page(request.bucket, query.get("prefix", ""), after, most + 1)
    shown, more = stored[:most], len(stored) > most
    last = shown[-1] if shown and more else None
    return Response.xml(
        "ListMultipartUploadsResult",
        xml.tag("Bucket", request.bucket),
        xml.tag("KeyMarker", marker),
        xml.tag("UploadIdMarker", id_marker),
        xml.tag("NextKeyMarker", last.key if last else None),
        xml.tag("NextUploadIdMarker", last.id if last else None),
        xml.tag("Prefix", query.get("prefix", "")),
        xml.tag("MaxUploads", most),
        xml.tag("IsTruncated", more),
        *[_upload_element(upload) for upload in shown],
    )


def _upload_element(upload: Upload) -> str:
    return xml.group(
        "Upload",
        xml.tag("UploadId", upload.id),
        xml.tag("Key", upload.key),
        OWNER.replace("Owner>", "Initiator>"),
        OWNER,
        xml.tag("StorageClass", upload.facts["headers"].get("x-amz-storage-class", "STANDARD")),
        xml.tag("Initiated", xml.stamp(upload.initiated)),
        xml.tag("ChecksumAlgorithm", upload.algorithm or None),
        xml.tag("ChecksumType", upload.checksum_type if upload.algorithm else None),
    )
