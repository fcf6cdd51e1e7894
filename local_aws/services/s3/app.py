"""S3's REST dialect as a WSGI app: finds the operation of a request. Knows no object.

Left out, and refused by name with an S3 error: versions, object lock, ACLs, SSE-C, select, restore,
torrent, browser form uploads, virtual-host addressing. The recorded bucket settings (encryption,
policy, …) go to `settings_app`.
"""

import logging
from collections.abc import Callable, Iterable

from local_aws.context import ACCOUNT
from local_aws.errors import AwsError
from local_aws.recorded.recorded_operations import is_recorded
from local_aws.services.s3 import bucket_requests, listings, reads, tagging, upload_requests, writes
from local_aws.services.s3.bucket_settings import BucketSettings
from local_aws.services.s3.messages import Request, Response, error_response, status_line
from local_aws.state.objects.store import ObjectStore
from local_aws.state.objects.uploads import Uploads
from local_aws.wire.errors import unsupported
from local_aws.wire.routing import S3, Call, rest_operation

log = logging.getLogger(__name__)

OPERATIONS = {
    "s3": (
        "AbortMultipartUpload",
        "CompleteMultipartUpload",
        "CopyObject",
        "CreateBucket",
        "CreateMultipartUpload",
        "DeleteBucket",
        "DeleteObject",
        "DeleteObjectTagging",
        "DeleteObjects",
        "GetBucketLocation",
        "GetObject",
        "GetObjectAttributes",
        "GetObjectTagging",
        "HeadBucket",
        "HeadObject",
        "ListBuckets",
        "ListMultipartUploads",
        "ListObjectVersions",
        "ListObjects",
        "ListObjectsV2",
        "ListParts",
        "PutObject",
        "PutObjectTagging",
        "UploadPart",
        "UploadPartCopy",
    ),
}

# Parameters of a listing's query; any other name is a sub-resource.
LISTING = {
    *("list-type", "prefix", "delimiter", "marker", "max-keys", "encoding-type"),
    *("continuation-token", "start-after", "fetch-owner", "x-id"),
}
SIGNING = {"AWSAccessKeyId", "Signature", "Expires"}  # of a URL presigned with signature version 2
OBJECT_QUERY = {
    *(*reads.OVERRIDES, "versionId", "x-id"),
    *("partNumber", "uploadId", "max-parts", "part-number-marker"),
}

OF_BUCKET = {
    ("GET", ""): listings.list_v1,
    ("GET", "list-type"): listings.list_v2,
    ("GET", "versions"): listings.list_versions,
    ("GET", "location"): bucket_requests.get_location,
    ("HEAD", ""): bucket_requests.head_bucket,
    ("POST", "delete"): writes.delete_objects,
}
OF_OBJECT = {
    ("GET", ""): reads.get_object,
    ("HEAD", ""): reads.head_object,
    ("PUT", ""): writes.put_object,
    ("PUT", "copy"): writes.copy_object,
    ("DELETE", ""): writes.delete_object,
    ("GET", "attributes"): reads.get_attributes,
    ("GET", "tagging"): tagging.get_tagging,
    ("PUT", "tagging"): tagging.put_tagging,
    ("DELETE", "tagging"): tagging.delete_tagging,
}
OF_UPLOAD = {
    ("POST", "uploads"): upload_requests.create,
    ("PUT", "uploadId"): upload_requests.upload_part,
    ("PUT", "uploadId copy"): upload_requests.upload_part_copy,
    ("POST", "uploadId"): upload_requests.complete,
    ("DELETE", "uploadId"): upload_requests.abort,
    ("GET", "uploadId"): upload_requests.list_parts,
}


def _sub_resources(request: Request, plain: set[str]) -> list[str]:
    """Return the query's names that are neither parameters nor parts of a signature."""
    unplain = [name for name in request.query if name not in plain and name not in SIGNING]
    return [name for name in unplain if not name.lower().startswith("x-amz-")]


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
        if not request.bucket:
            if request.method != "GET":
                raise AwsError("MethodNotAllowed", "This method is not allowed here.", 405)
            return bucket_requests.list_buckets(self.store, request)
        return self._object(request) if request.key else self._bucket(request)

    def _bucket(self, request: Request) -> Response:
        named = _sub_resources(request, LISTING)
        names = named or ["list-type" if "list-type" in request.query else ""]
        if names == [""] and request.method in ("PUT", "DELETE"):
            return self._make_or_delete(request)
        if request.method == "GET" and "uploads" in names:
            return upload_requests.list_uploads(self.uploads, request)
        for name in names:
            if handler := OF_BUCKET.get((request.method, name)):
                return handler(self.store, request)
        operation = rest_operation("s3", request.environ)[0]
        if is_recorded("s3", operation):
            if len(named) > 1:
                message = f"Conflicting query string parameters: {', '.join(named)}"
                raise AwsError("InvalidArgument", message)
            return self.settings.answer(request)
        if request.method == "POST" and not operation:
            operation = "PostObject"  # a browser's form upload, which is no operation of boto3
        raise _refused(request, operation, named)

    def _make_or_delete(self, request: Request) -> Response:
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
            self.settings.bucket_created(request)
        return response

    def _object(self, request: Request) -> Response:
        named = _sub_resources(request, OBJECT_QUERY)
        name = named[0] if named else ""
        copy = request.method == "PUT" and request.header("x-amz-copy-source")
        if name == "uploads" or (not name and "uploadId" in request.query):
            kind = name or ("uploadId copy" if copy else "uploadId")
            if handler := OF_UPLOAD.get((request.method, kind)):
                return handler(self.uploads, request)
        elif handler := OF_OBJECT.get((request.method, name or ("copy" if copy else ""))):
            return handler(self.store, request)
        raise _refused(request, rest_operation("s3", request.environ)[0], named)


def _refused(request: Request, operation: str, named: list[str]) -> AwsError:
    """Return the error that refuses a request by the name of its operation or sub-resource."""
    if operation and operation not in OPERATIONS["s3"]:
        return unsupported(Call("s3", operation, S3))
    if named:
        return unsupported(Call("s3", f"{request.method} ?{named[0]}", S3))
    return AwsError("MethodNotAllowed", "The specified method is not allowed here.", 405)
