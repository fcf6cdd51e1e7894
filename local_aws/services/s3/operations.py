"""The operations of S3 that are executed, and the members of their requests that are done.

Knows botocore's names of headers and queries, and no object. Members have the form of
`local_aws/wire/members.py`; those of a document in the body are checked where it is read.
"""

from functools import cache
from xml.etree.ElementTree import Element

from local_aws.services.s3.messages import Request
from local_aws.wire import xml_documents
from local_aws.wire.errors import unsupported
from local_aws.wire.members import left_out, read
from local_aws.wire.routing import S3, Call
from local_aws.wire.validation import operation_model

_OWNED = "Bucket ExpectedBucketOwner"
_OBJECT = f"{_OWNED} Key"
_UPLOAD = f"{_OBJECT} UploadId"
_SUMS = """ChecksumCRC32 ChecksumCRC32C ChecksumCRC64NVME ChecksumMD5 ChecksumSHA1
    ChecksumSHA256 ChecksumSHA512 ChecksumXXHASH128 ChecksumXXHASH3 ChecksumXXHASH64"""
_BODY = f"Body ContentLength ContentMD5 ChecksumAlgorithm {_SUMS}"
_GRANTS = "ACL GrantFullControl GrantRead GrantReadACP GrantWriteACP"
_READ = f"""{_OBJECT} VersionId Range PartNumber IfMatch IfNoneMatch IfModifiedSince
    IfUnmodifiedSince ChecksumMode ResponseCacheControl ResponseContentDisposition
    ResponseContentEncoding ResponseContentLanguage ResponseContentType ResponseExpires"""
_DESCRIBED = f"""{_OBJECT} {_GRANTS} Metadata CacheControl ContentDisposition ContentEncoding
    ContentLanguage ContentType Expires StorageClass ServerSideEncryption SSEKMSKeyId
    WebsiteRedirectLocation"""
_SOURCE = """CopySource CopySourceIfMatch CopySourceIfModifiedSince CopySourceIfNoneMatch
    CopySourceIfUnmodifiedSince ExpectedSourceBucketOwner"""

OPERATIONS = {
    "s3": {
        "AbortMultipartUpload": _UPLOAD,
        "CompleteMultipartUpload": f"""{_UPLOAD} {_SUMS} IfMatch IfNoneMatch MpuObjectSize
            MultipartUpload(Parts(ETag PartNumber {_SUMS}))""",
        "CopyObject": f"{_DESCRIBED} {_SOURCE} ChecksumAlgorithm MetadataDirective",
        "CreateBucket": f"""Bucket {_GRANTS} GrantWrite
            CreateBucketConfiguration(LocationConstraint Tags(*))""",
        "CreateMultipartUpload": f"{_DESCRIBED} ChecksumAlgorithm ChecksumType",
        "DeleteBucket": _OWNED,
        "DeleteObject": f"{_OBJECT} IfMatch VersionId",
        "DeleteObjects": f"{_OWNED} ChecksumAlgorithm Delete(Objects(Key VersionId) Quiet)",
        "GetBucketLocation": _OWNED,
        "GetBucketNotificationConfiguration": _OWNED,
        "GetBucketVersioning": _OWNED,
        "GetObject": _READ,
        "HeadBucket": _OWNED,
        "HeadObject": _READ,
        "ListBuckets": "ContinuationToken MaxBuckets Prefix",
        "ListMultipartUploads": f"{_OWNED} KeyMarker MaxUploads Prefix UploadIdMarker",
        "ListObjectsV2": f"""{_OWNED} ContinuationToken Delimiter EncodingType FetchOwner MaxKeys
            Prefix StartAfter""",
        "ListObjects": f"{_OWNED} Delimiter EncodingType Marker MaxKeys Prefix",
        "ListObjectVersions": f"""{_OWNED} Delimiter EncodingType KeyMarker MaxKeys Prefix
            VersionIdMarker""",
        "PutBucketNotificationConfiguration": f"""{_OWNED}
            NotificationConfiguration(EventBridgeConfiguration(*))""",
        "PutBucketVersioning": f"""{_OWNED} ChecksumAlgorithm ContentMD5
            VersioningConfiguration(Status)""",
        "PutObject": f"{_DESCRIBED} {_BODY} IfMatch IfNoneMatch",
        "UploadPart": f"{_UPLOAD} {_BODY} PartNumber",
        "UploadPartCopy": f"{_UPLOAD} {_SOURCE} CopySourceRange PartNumber",
    },
}


@cache
def _left_out(operation: str) -> tuple[tuple[str, str, str], ...]:
    """Return the headers and queries that are not done: member, location, name on the wire."""
    done, shape = read(OPERATIONS["s3"][operation]), operation_model("s3", operation).input_shape
    return tuple(
        (name, member.serialization["location"], member.serialization["name"])
        for name, member in (shape.members if shape else {}).items()
        if name not in done and "location" in member.serialization
    )


def check_document(operation: str, root: Element) -> None:
    """Refuse a request whose document has a member that is not done.

    Raises:
        AwsError: `NotImplemented`, with every such member's name.
    """
    shape = operation_model("s3", operation).input_shape
    payload = shape.serialization["payload"]
    document = {payload: xml_documents.read(shape.members[payload], root)}
    if sent := left_out(shape, document, OPERATIONS["s3"][operation]):
        raise unsupported(Call("s3", operation, S3), sent)


def check_members(operation: str, request: Request) -> None:
    """Refuse a request with a header or a query that is not done.

    Raises:
        AwsError: `NotImplemented`, with every such member's name.
    """
    sent = [
        member
        for member, location, name in _left_out(operation)
        if (name in request.query if location == "querystring" else request.header(name))
    ]
    if sent:
        raise unsupported(Call("s3", operation, S3), sent)
