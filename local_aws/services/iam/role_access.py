"""Refuses S3 requests that are signed for a role whose policies do not allow them; knows no object.

Requests with the owner's key pass: the owner may do everything. A role's policies are read at its
first request with a key, and hold as long as the key.
Left out: conditions that can't be evaluated here, which count as met; a role's requests to other
services than S3, which all pass; bucket policies.
"""

import io
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import unquote
from xml.etree import ElementTree

from werkzeug.wsgi import get_input_stream

from local_aws.errors import AwsError
from local_aws.parts import Parts
from local_aws.services.iam.policy_simulator import Simulator, decide
from local_aws.wire.http_request import HttpRequest
from local_aws.wire.routing import rest_operation

MOST = 2**21
"""Bytes of the largest document that deletes objects, with a thousand keys."""
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
}
"""Operations whose action has another name.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
"""
OF_VERSIONS = ("s3:GetObject", "s3:DeleteObject")
"""Actions that have another name when the request names a version."""


class RoleAccess:
    """A WSGI app before that of S3.

    Args:
        s3: the WSGI app of the object plane.
    """

    def __init__(self, parts: Parts, s3: Callable):
        self._parts, self._s3 = parts, s3
        self._policies: dict[str, list[list[dict]]] = {}

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        # Nearly always no job of a role runs.
        if self._parts.keys:
            self._check(HttpRequest(environ))
        return self._s3(environ, start_response)

    def _check(self, request: HttpRequest) -> None:
        keys, key = self._parts.keys, request.scope.access_key if request.scope else ""
        if (role := keys.role(key)) is None:
            return
        if (policies := self._policies.get(key)) is None:
            documents, bound = self._parts.engine(Simulator).policies(role)
            policies = [[*documents.values()], *([[bound]] if bound else [])]
            valid = {each: known for each, known in self._policies.items() if keys.role(each)}
            self._policies = {**valid, key: policies}
        for action, resource in _needs(request):
            context = {"s3:prefix": [dict(request.fields).get("prefix", "")]}
            for documents in policies:
                if not _is_allowed(documents, action, resource, context):
                    raise AwsError("AccessDenied", "Access Denied", 403)


def _is_allowed(documents: list[dict], action: str, resource: str, context: dict) -> bool:
    try:
        return decide(documents, action, resource, context) == "allowed"
    except AwsError:
        return True  # as role_permissions.py has it: a condition that can't be evaluated here


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
    if copied:
        yield "s3:GetObject", f"arn:aws:s3:::{copied.partition('?')[0]}"


def _deleted(request: HttpRequest) -> list[tuple[str, bool]]:
    """Return the keys that a request deletes, and if of one version; its body can be read again."""
    body = get_input_stream(request.environ).read(MOST)
    request.environ["wsgi.input"] = io.BytesIO(body)
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError:
        return []  # S3 refuses it
    named = [{child.tag.rpartition("}")[2]: child.text for child in each} for each in root]
    return [(each["Key"] or "", bool(each.get("VersionId"))) for each in named if "Key" in each]
