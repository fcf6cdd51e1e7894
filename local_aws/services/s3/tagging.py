"""Gets, puts and deletes the tags of an object. Knows their XML and S3's limits, no content."""

from local_aws.errors import AwsError
from local_aws.services.s3 import xml
from local_aws.services.s3.messages import Request, Response
from local_aws.services.s3.reads import check_version
from local_aws.state.objects.store import ObjectStore

MOST = 10


def check(tags: list[tuple[str, str]]) -> dict[str, str]:
    """Check tags and return them as a dict. Raises: AwsError BadRequest, InvalidTag."""
    if len(tags) > MOST:
        raise AwsError("BadRequest", f"Object tags cannot be greater than {MOST}")
    if len(dict(tags)) < len(tags):
        raise AwsError("InvalidTag", "Cannot provide multiple Tags with the same key")
    for name, value in tags:
        if not 1 <= len(name) <= 128:
            raise AwsError("InvalidTag", "The TagKey you have provided is invalid")
        if len(value) > 256:
            raise AwsError("InvalidTag", "The TagValue you have provided is invalid")
    return dict(tags)


def get_tagging(store: ObjectStore, request: Request) -> Response:
    """Answer with the object's tags."""
    check_version(request)
    tags = store.info(request.bucket, request.key).tags
    inner = [xml.group("Tag", xml.tag("Key", k), xml.tag("Value", v)) for k, v in tags.items()]
    return Response.xml("Tagging", xml.group("TagSet", *inner))


def put_tagging(store: ObjectStore, request: Request) -> Response:
    """Replace the object's tags."""
    check_version(request)
    root = xml.parse(request.document())
    pairs = [(t.findtext("Key") or "", t.findtext("Value") or "") for t in root.iter("Tag")]
    store.retag(request.bucket, request.key, check(pairs))
    return Response(200, {"Content-Length": "0"})


def delete_tagging(store: ObjectStore, request: Request) -> Response:
    """Remove the object's tags."""
    check_version(request)
    store.retag(request.bucket, request.key, {})
    return Response(204)
