"""Passes requests for bucket settings on to the WSGI app that keeps them. Knows no setting."""

import io
import logging
from collections.abc import Callable

from local_aws.errors import AwsError
from local_aws.recorded.journal import NotRecorded
from local_aws.services.s3 import xml
from local_aws.services.s3.bucket_requests import FIRST_REGION, SCOPE
from local_aws.services.s3.messages import Request, Response
from local_aws.state.disk import is_full
from local_aws.state.objects.store import ObjectStore

log = logging.getLogger(__name__)


class BucketSettings:
    """Passes requests on to the app that keeps bucket settings, and tells it of the buckets."""

    def __init__(self, store: ObjectStore, app: Callable):
        self._store, self._app = store, app
        self._regions: dict[str, str] = {}  # buckets that the app knows in this process

    def answer(self, request: Request) -> Response:
        """Pass a request on. Raises: AwsError NoSuchBucket."""
        self._store.bucket_table.check(request.bucket)
        self._introduce(request)
        body = request.document() if request.header("content-length") not in ("", "0") else b""
        length = {"CONTENT_LENGTH": str(len(body))} if body else {}
        return self._call(request.environ | length | {"wsgi.input": io.BytesIO(body)})

    def bucket_coming(self, request: Request) -> None:
        """Delete the settings of an earlier bucket of this name, before the bucket is made."""
        if self._call(self._plain(request, "HEAD", FIRST_REGION)).status != 404:
            self._call(self._plain(request, "DELETE", FIRST_REGION))

    def bucket_created(self, request: Request, body: bytes) -> None:
        """Tell the app of a new bucket; on a full disk, do so later at its first setting.

        Args:
            body: CreateBucketConfiguration, whose tags the bucket gets.
        """
        self._tell(request, "PUT", region := self._region(request))
        if tags := _tags(body):
            document = xml.document("Tagging", xml.group("TagSet", *tags))
            setting = {"QUERY_STRING": "tagging", "CONTENT_LENGTH": str(len(document))}
            plain = self._plain(request, "PUT", region)
            self._call(plain | setting | {"wsgi.input": io.BytesIO(document)})

    def bucket_deleted(self, request: Request) -> None:
        """Tell the app that a bucket is deleted; on a full disk, later when its name is reused."""
        if region := self._regions.pop(request.bucket, None):
            self._tell(request, "DELETE", region)

    def _tell(self, request: Request, method: str, region: str) -> None:
        """Tell the app of a bucket's creation or deletion, which can't be refused any more."""
        try:
            self._call(self._plain(request, method, region))
        except Exception as error:
            if not is_full(error):
                raise
            log.warning("%s of bucket %s is postponed: %s", method, request.bucket, error)
            return
        if method == "PUT":
            self._regions[request.bucket] = region

    def _region(self, request: Request) -> str:
        return self._store.bucket_table.facts(request.bucket)[1]

    def _introduce(self, request: Request) -> None:
        if request.bucket not in self._regions:
            region = self._region(request)
            if self._call(self._plain(request, "HEAD", region)).status == 404:
                self._call(self._plain(request, "PUT", region))
            self._regions[request.bucket] = region

    def _call(self, environ: dict) -> Response:
        """Call the app and return its whole answer: settings are small."""
        response = Response()

        def start_response(status: str, headers: list, exc_info: object = None) -> None:
            response.status, response.headers = int(status.split()[0]), dict(headers)

        try:
            answer = self._app(environ, start_response)
        except NotRecorded as error:
            raise AwsError("InvalidRequest", str(error)) from error
        try:
            body = b"".join(answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()
        response.body = [body]
        response.headers["Content-Length"] = str(len(body))
        return response

    def _plain(self, request: Request, method: str, region: str) -> dict:
        """Return a request for the bucket itself, signed by the same key for its region."""
        body = b""
        if method == "PUT" and region != FIRST_REGION:
            constraint = xml.tag("LocationConstraint", region)
            body = xml.document("CreateBucketConfiguration", constraint)
        kept = {
            name: value
            for name, value in request.environ.items()
            if not name.startswith(("HTTP_X_AMZ_", "HTTP_TRANSFER", "HTTP_CONTENT", "werkzeug"))
        }
        path = f"/{request.bucket}"
        scope = SCOPE.search(request.header("authorization"))
        signed = request.header("authorization")
        if scope:
            signed = signed[: scope.start(1)] + region + signed[scope.end(1) :]
        return kept | {
            "HTTP_AUTHORIZATION": signed,
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "RAW_URI": path,
            "REQUEST_URI": path,
            "QUERY_STRING": "",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
        }


def _tags(body: bytes) -> list[str]:
    """Return the tags of a CreateBucketConfiguration, as elements."""
    return [
        xml.group("Tag", *(xml.tag(name, tag.findtext(name) or "") for name in ("Key", "Value")))
        for tag in (xml.parse(body).iter("Tag") if body else ())
    ]
