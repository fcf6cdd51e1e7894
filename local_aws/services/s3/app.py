"""S3's REST dialect as a WSGI app: finds the operation of a request. Knows no object.

Left out, and refused by name with an S3 error: object lock, MFA delete, ACLs, SSE-C, select,
restore, torrent, browser form uploads, virtual-host addressing. The recorded bucket settings
(encryption, policy, …) go to `settings_app`.
"""

import logging
from collections.abc import Callable, Iterable

from local_aws.context import ACCOUNT
from local_aws.errors import AwsError
from local_aws.recorded.recorded_operations import is_recorded
from local_aws.services.s3 import (
    bucket_requests,
    listings,
    reads,
    upload_requests,
    versioning,
    writes,
)
from local_aws.services.s3.bucket_settings import BucketSettings
from local_aws.services.s3.messages import Request, Response, error_response, status_line
from local_aws.services.s3.operations import OPERATIONS, check_members
from local_aws.state.objects.store import ObjectStore
from local_aws.state.objects.uploads import Uploads
from local_aws.wire.errors import unsupported
from local_aws.wire.routing import S3, Call, rest_operation

log = logging.getLogger(__name__)

# Parameters of a listing's query; any other name is a sub-resource.
LISTING = {
    *("key-marker", "marker", "version-id-marker"),
    *("list-type", "prefix", "delimiter", "max-keys", "encoding-type"),
    *("continuation-token", "start-after", "fetch-owner", "x-id"),
}
# Of a presigned URL, in the older way and in today's.
SIGNING = {
    *("awsaccesskeyid", "signature", "expires", "x-amz-algorithm", "x-amz-credential"),
    *("x-amz-date", "x-amz-expires", "x-amz-security-token", "x-amz-signature"),
    *("x-amz-signedheaders", "x-amz-content-sha256"),
}
OBJECT_QUERY = {
    *(*reads.OVERRIDES, "versionId", "x-id"),
    *("partNumber", "uploadId"),
}

OF_BUCKET = {
    ("GET", ""): ("ListObjects", listings.list_v1),
    ("GET", "list-type"): ("ListObjectsV2", listings.list_v2),
    ("GET", "location"): ("GetBucketLocation", bucket_requests.get_location),
    ("GET", "notification"): (
        "GetBucketNotificationConfiguration",
        bucket_requests.get_notification,
    ),
    ("PUT", "notification"): (
        "PutBucketNotificationConfiguration",
        bucket_requests.put_notification,
    ),
    ("GET", "versioning"): ("GetBucketVersioning", versioning.get_status),
    ("PUT", "versioning"): ("PutBucketVersioning", versioning.put_status),
    ("GET", "versions"): ("ListObjectVersions", versioning.list_versions),
    ("HEAD", ""): ("HeadBucket", bucket_requests.head_bucket),
    ("POST", "delete"): ("DeleteObjects", writes.delete_objects),
}
OF_OBJECT = {
    ("GET", ""): ("GetObject", reads.get_object),
    ("HEAD", ""): ("HeadObject", reads.head_object),
    ("PUT", ""): ("PutObject", writes.put_object),
    ("PUT", "copy"): ("CopyObject", writes.copy_object),
    ("DELETE", ""): ("DeleteObject", writes.delete_object),
}
OF_UPLOAD = {
    ("POST", "uploads"): ("CreateMultipartUpload", upload_requests.create),
    ("PUT", "uploadId"): ("UploadPart", upload_requests.upload_part),
    ("PUT", "uploadId copy"): ("UploadPartCopy", upload_requests.upload_part_copy),
    ("POST", "uploadId"): ("CompleteMultipartUpload", upload_requests.complete),
    ("DELETE", "uploadId"): ("AbortMultipartUpload", upload_requests.abort),
}


def _sub_resources(request: Request, plain: set[str]) -> list[str]:
    """Return the query's names that are neither parameters nor parts of a signature."""
    return [name for name in request.query if name not in plain and name.lower() not in SIGNING]


class S3App:
    """S3's endpoint over one store; the caller has checked the signature."""

    def __init__(self, store: ObjectStore, settings_app: Callable):
        self.store = store
        self.uploads = Uploads(store)
        self.settings = BucketSettings(store, settings_app)

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        try:
            request.check()
            response = self._answer(request)
        except AwsError as error:
            response = error_response(error, request)
        headers = [("x-amz-request-id", request.id), ("x-amz-id-2", request.id * 3)]
        if self.store.has_bucket(request.bucket):
            headers.append(
                ("x-amz-bucket-region", self.store.bucket_table.facts(request.bucket)[1])
            )
        headers += response.headers.items()
        start_response(status_line(response.status), headers)
        return response.body

    def _answer(self, request: Request) -> Response:
        for name in ("x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner"):
            if request.header(name) not in ("", ACCOUNT):
                raise AwsError("AccessDenied", "Access Denied", 403)
        bucket_requests.check_region(self.store, request)
        if not request.bucket:
            if request.method != "GET":
                raise AwsError("MethodNotAllowed", "This method is not allowed here.", 405)
            check_members("ListBuckets", request)
            return bucket_requests.list_buckets(self.store, request)
        return self._object(request) if request.key else self._bucket(request)

    def _bucket(self, request: Request) -> Response:
        named = _sub_resources(request, LISTING)
        names = named or ["list-type" if "list-type" in request.query else ""]
        if names == [""] and request.method in ("PUT", "DELETE"):
            return self._make_or_delete(request)
        if request.method == "GET" and "uploads" in names:
            check_members("ListMultipartUploads", request)
            return upload_requests.list_uploads(self.uploads, request)
        rows = [row for name in names if (row := OF_BUCKET.get((request.method, name)))]
        operation = rest_operation("s3", request.environ)[0]
        if len(named) > 1 and (rows or is_recorded("s3", operation)):
            message = f"Conflicting query string parameters: {', '.join(named)}"
            raise AwsError("InvalidArgument", message)
        if rows:
            return _do(rows[0], self.store, request)
        if is_recorded("s3", operation):
            return self.settings.answer(request)
        if request.method == "POST" and not operation:
            operation = "PostObject"  # a browser's form upload, which is no operation of boto3
        raise _refused(request, operation, named)

    def _make_or_delete(self, request: Request) -> Response:
        check_members("DeleteBucket" if request.method == "DELETE" else "CreateBucket", request)
        if request.method == "DELETE":
            response = bucket_requests.delete_bucket(self.store, request)
            self.settings.bucket_deleted(request)
            return response
        if request.header("x-amz-acl") not in ("", "private") or request.prefixed("x-amz-grant-"):
            message = (
                "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting"
            )
            raise AwsError("InvalidBucketAclWithObjectOwnership", message)
        body = request.document() if request.header("content-length") not in ("", "0") else b""
        if is_new := not self.store.has_bucket(request.bucket):
            self.settings.bucket_coming(request)
        response = bucket_requests.create_bucket(self.store, request, body)
        if is_new:
            self.settings.bucket_created(request, body)
        return response

    def _object(self, request: Request) -> Response:
        named = _sub_resources(request, OBJECT_QUERY)
        name = named[0] if named else ""
        copy = request.method == "PUT" and request.header("x-amz-copy-source")
        if name == "uploads" or (not name and "uploadId" in request.query):
            kind = name or ("uploadId copy" if copy else "uploadId")
            if row := OF_UPLOAD.get((request.method, kind)):
                return _do(row, self.uploads, request)
        elif row := OF_OBJECT.get((request.method, name or ("copy" if copy else ""))):
            return _do(row, self.store, request)
        raise _refused(request, rest_operation("s3", request.environ)[0], named)


def _do(row: tuple[str, Callable], kept: ObjectStore | Uploads, request: Request) -> Response:
    """Have an operation answered; of the members of its request, all have to be done."""
    operation, handler = row
    check_members(operation, request)
    return handler(kept, request)


def _refused(request: Request, operation: str, named: list[str]) -> AwsError:
    """Return the error that refuses a request by the name of its operation or sub-resource."""
    if operation and operation not in OPERATIONS["s3"]:
        return unsupported(Call("s3", operation, S3))
    if named:
        return unsupported(Call("s3", f"{request.method} ?{named[0]}", S3))
    return AwsError("MethodNotAllowed", "The specified method is not allowed here.", 405)
