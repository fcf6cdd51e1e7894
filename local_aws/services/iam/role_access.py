"""Refuses S3 requests that their caller's policies do not allow; knows no object.

Roles are held to their policies always, the user to those that the server was started with. Bucket
policies count where the server was.
A listing may name the files of objects, which Spark's file system asks for: a request for each of
10,000 small files would take most of a job's time. It names those that the role may read, and none
while faults are injected, which direct reads would not meet.
Left out: conditions that can't be evaluated here, which count as met for a role, unless the server
was started with the user's policies.
"""

import io
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from urllib.parse import unquote
from xml.etree import ElementTree

from werkzeug.wsgi import get_input_stream

from local_aws.errors import AwsError
from local_aws.parts import Parts
from local_aws.recorded.journal import call
from local_aws.services.iam.authorization import Authorization, denied
from local_aws.services.iam.needs import Need
from local_aws.services.iam.principals import Principal
from local_aws.wire.http_request import HEADERS, MAY_READ, HttpRequest
from local_aws.wire.routing import S3, rest_operation

MOST = 2**21
"""Bytes of the largest document that deletes objects, with a thousand keys."""
SIGNED = "AWS4-HMAC-SHA256 Credential=x/x/us-east-1/s3/aws4_request,SignedHeaders=host,Signature=x"
"""What the question for a bucket's policy is signed with, which nobody checks."""
ACTIONS = {
    "HeadObject": "GetObject",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "HeadBucket": "ListBucket",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListObjectVersions": "ListBucketVersions",
    "ListBuckets": "ListAllMyBuckets",
    "CreateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "CompleteMultipartUpload": "PutObject",
    "UploadPartCopy": "PutObject",
    "CopyObject": "PutObject",
    "DeleteObjects": "DeleteObject",
    "ListParts": "ListMultipartUploadParts",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "DeleteBucketTagging": "PutBucketTagging",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetBucketReplication": "GetReplicationConfiguration",
}
"""Operations whose action has another name.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
"""
ASKS_FOR_FILES = "HTTP_X_LOCAL_PATHS"
"""The header of S3Files.java by which a listing names the files too."""
OF_VERSIONS = ("s3:GetObject", "s3:DeleteObject")
"""Actions that have another name when the request names a version."""


class RoleAccess:
    """A WSGI app before that of S3.

    Args:
        authorization: decides.
        s3: the WSGI app of the object plane.
    """

    def __init__(self, authorization: Authorization, parts: Parts, s3: Callable):
        self._authorization, self._parts, self._s3 = authorization, parts, s3
        self._bucket_policies: dict[str, str | None] = {}

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        # Nearly always nobody is held to anything: no job of a role runs.
        if not self._parts.keys and not self._parts.policies:
            return self._s3(environ, start_response)
        principal = self._check(HttpRequest(environ))
        if ASKS_FOR_FILES in environ and principal and not self._parts.faults.rules:
            environ[MAY_READ] = partial(self._may_read, principal)
        answer = self._s3(environ, start_response)
        if "policy" in environ["QUERY_STRING"] or environ["REQUEST_METHOD"] == "DELETE":
            self._bucket_policies = {}
        return answer

    def _may_read(self, principal: Principal, bucket: str, key: str) -> bool:
        """Say whether a role may read an object, for certain.

        Bucket policies are asked for with a request alone: where they count, nothing is certain.
        """
        if self._parts.policies:
            return False
        try:
            return denied(principal, Need("s3:GetObject", f"arn:aws:s3:::{bucket}/{key}")) is None
        except AwsError:  # a condition that can't be evaluated here
            return False

    def _check(self, request: HttpRequest) -> Principal | None:
        """Check a request, and return who makes it; None for one who may do everything."""
        principals = self._authorization.principals
        principal = principals.of(request.scope.access_key if request.scope else "")
        if principal is None:
            return None
        prefix = {"s3:prefix": [dict(request.fields).get("prefix", "")]}
        for action, resource in _needs(request):
            need = Need(action, resource, prefix if action.startswith("s3:List") else {})
            try:
                own = self._bucket_policy(request, resource)
                self._authorization.decide(principal, [need], S3, own)
            except AwsError as error:
                # As role_permissions.py has it: a condition that can't be evaluated here.
                if error.code != "InvalidInput" or self._parts.policies:
                    raise
        return principal

    def _bucket_policy(self, request: HttpRequest, resource: str) -> str | None:
        """Return the policy of a resource's bucket, kept until one is changed."""
        bucket = resource.removeprefix("arn:aws:s3:::").partition("/")[0]
        if not self._parts.policies or bucket == "*":
            return None
        if bucket not in self._bucket_policies:
            asked = {"REQUEST_METHOD": "GET", "QUERY_STRING": "policy"}
            asked |= {"PATH_INFO": f"/{bucket}", "RAW_URI": f"/{bucket}?policy"}
            asked |= {"HTTP_AUTHORIZATION": SIGNED, HEADERS: [("Authorization", SIGNED)]}
            environ = {**request.environ, **asked}
            status, _, body = call(self._s3, environ, b"")
            self._bucket_policies[bucket] = body.decode() if status.startswith("200") else None
        return self._bucket_policies[bucket]


def _needs(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """Yield the actions that a request needs, each with its resource."""
    bucket, _, key = unquote(request.raw_path).lstrip("/").partition("/")
    arn = f"arn:aws:s3:::{bucket}"
    copied = unquote(request.headers.get("x-amz-copy-source", "")).lstrip("/")
    operation = rest_operation("s3", request.environ)[0]
    if operation == "PutObject" and copied:
        operation = "CopyObject"
    action = f"s3:{ACTIONS.get(operation, operation)}"
    if "versionId" in dict(request.fields) and action in OF_VERSIONS:
        action += "Version"
    if operation == "DeleteObjects":
        for each, is_version in _deleted(request):
            yield f"{action}Version" if is_version else action, f"{arn}/{each}"
    else:
        yield action, f"{arn}/{key}" if key else arn if bucket else "*"
    if operation == "CreateBucket" and b"<Tag>" in _body(request):
        yield "s3:TagResource", arn
    if copied:
        yield "s3:GetObject", f"arn:aws:s3:::{copied.partition('?')[0]}"


def _body(request: HttpRequest) -> bytes:
    """Return a request's body, which can be read again."""
    body = get_input_stream(request.environ).read(MOST)
    request.environ["wsgi.input"] = io.BytesIO(body)
    return body


def _deleted(request: HttpRequest) -> list[tuple[str, bool]]:
    """Return the keys that a request deletes, and if of one version each."""
    try:
        root = ElementTree.fromstring(_body(request))
    except ElementTree.ParseError:
        return []  # S3 refuses it
    named = [{child.tag.rpartition("}")[2]: child.text for child in each} for each in root]
    return [(each["Key"] or "", bool(each.get("VersionId"))) for each in named if "Key" in each]
