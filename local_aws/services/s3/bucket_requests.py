"""Requests on buckets: list, create, head, delete, location, notices. Knows no objects."""

import re

from local_aws.errors import AwsError
from local_aws.services.s3 import xml
from local_aws.services.s3.listings import OWNER, from_token, token_of
from local_aws.services.s3.messages import Request, Response, S3Error
from local_aws.services.s3.operations import check_document
from local_aws.state.objects.store import ObjectStore

FIRST_REGION = "us-east-1"  # buckets there have no location constraint
REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
SCOPE = re.compile(r"Credential=[^/]+/\d+/([a-z0-9-]+)/s3/")


def region(request: Request) -> str:
    """Return the region that the request is signed for."""
    credential = f"Credential={request.query.get('X-Amz-Credential', '')}"
    hit = SCOPE.search(request.header("authorization")) or SCOPE.search(credential)
    return hit[1] if hit else FIRST_REGION


def check_region(store: ObjectStore, request: Request) -> None:
    """Refuse a request that is signed for another region than its bucket's.

    Raises:
        AwsError: AuthorizationHeaderMalformed, with the region, in which clients try again.
    """
    is_signed = request.header("authorization") or "X-Amz-Credential" in request.query
    if not is_signed or not store.has_bucket(request.bucket):
        return
    signed, where = region(request), store.bucket_table.facts(request.bucket)[1]
    is_making = request.method == "PUT" and not request.key and not request.query
    if signed != where and not is_making and "location" not in request.query:
        message = "The authorization header is malformed; the region "
        message += f"'{signed}' is wrong; expecting '{where}'"
        raise S3Error("AuthorizationHeaderMalformed", message, Region=where)


def list_buckets(store: ObjectStore, request: Request) -> Response:
    """Answer with the buckets, by pages if requested."""
    query, most = request.query, request.number("max-buckets", 10_000)
    token, prefix = query.get("continuation-token"), query.get("prefix", "")
    after = from_token(token) if token else ""
    all_names = [name for name in store.buckets() if name > after and name.startswith(prefix)]
    shown = all_names[:most]
    token = token_of(shown[-1]) if len(all_names) > most and shown else None
    return Response.xml(
        "ListAllMyBucketsResult",
        OWNER,
        xml.group("Buckets", *[_bucket(store, name) for name in shown]),
        xml.tag("ContinuationToken", token),
    )


def _bucket(store: ObjectStore, name: str) -> str:
    created, where = store.bucket_table.facts(name)
    when = xml.stamp(created)
    tags = [xml.tag("Name", name), xml.tag("CreationDate", when), xml.tag("BucketRegion", where)]
    return xml.group("Bucket", *tags)


def create_bucket(store: ObjectStore, request: Request, body: bytes) -> Response:
    """Create the bucket; for one's own bucket it succeeds again in us-east-1, else it is a 409."""
    signed = region(request)
    root = xml.parse(body) if body else None
    if root is not None:
        check_document("CreateBucket", root)
    constraint = None if root is None else root.findtext("LocationConstraint")
    where = constraint or FIRST_REGION
    if constraint == signed == FIRST_REGION or constraint and not REGION.fullmatch(constraint):
        message = "The specified location-constraint is not valid"
        raise AwsError("InvalidLocationConstraint", message)
    if where != signed and signed != FIRST_REGION:  # whose endpoint makes buckets anywhere
        message = f"The {constraint or 'unspecified'} location constraint is incompatible for the "
        message += "region specific endpoint this request was sent to."
        raise AwsError("IllegalLocationConstraintException", message)
    try:
        store.create_bucket(request.bucket, where)
    except AwsError as error:
        if error.code != "BucketAlreadyOwnedByYou" or signed != FIRST_REGION:
            raise
    return Response(200, {"Location": f"/{request.bucket}", "Content-Length": "0"})


def head_bucket(store: ObjectStore, request: Request) -> Response:
    """Answer whether the bucket exists."""
    store.bucket_table.check(request.bucket)
    return Response(200, {"Content-Type": "application/xml", "x-amz-access-point-alias": "false"})


def delete_bucket(store: ObjectStore, request: Request) -> Response:
    """Delete the bucket if it is empty."""
    store.delete_bucket(request.bucket)
    return Response(204)


def get_location(store: ObjectStore, request: Request) -> Response:
    """Answer with the region, empty for us-east-1."""
    where = store.bucket_table.facts(request.bucket)[1]
    return Response.xml("LocationConstraint", "" if where == FIRST_REGION else where)


def get_notification(store: ObjectStore, request: Request) -> Response:
    """Answer whether EventBridge hears of the bucket's objects."""
    store.bucket_table.check(request.bucket)
    is_on = store.objects.notices.are_on(request.bucket)
    inner = ["<EventBridgeConfiguration/>"] if is_on else []
    return Response.xml("NotificationConfiguration", *inner)


def put_notification(store: ObjectStore, request: Request) -> Response:
    """Let EventBridge hear of the bucket's objects from now on, or no longer."""
    store.bucket_table.check(request.bucket)
    root = xml.parse(request.document())
    check_document("PutBucketNotificationConfiguration", root)
    is_on = root.find("EventBridgeConfiguration") is not None
    store.objects.notices.switch(request.bucket, is_on)
    return Response(200, {"Content-Length": "0"})
