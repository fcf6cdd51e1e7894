"""The one door of the local AWS: checks the signature, finds the engine, words the answer.

Knows HTTP and AWS's protocols; knows nothing of what an operation does.
"""

import base64
import hashlib
import json
import logging
import re
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from werkzeug.wsgi import get_input_stream

from helpers.local_aws.admin import INTERRUPT
from helpers.local_aws.errors import AwsError
from helpers.local_aws.journal import call, operation_of
from helpers.local_aws.operations import engine_of, method_of
from helpers.local_aws.s3.wire import HEADERS
from helpers.local_aws.sigv4 import Scope, check_signature
from helpers.local_aws.validate import check_request, speaks_query

log = logging.getLogger(__name__)

HEALTH = "/_local/health"
MAX_JSON_BODY = 16 * 2**20
INVOKE = re.compile(r"^/endpoints/([^/]+)/invocations$")


def _headers(environ: dict) -> dict[str, str]:
    """Return the headers as they were sent, names in lower case."""
    return {name.lower(): value for name, value in environ[HEADERS]}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} is no part of an answer")


class Front:
    """The WSGI app of the local AWS.

    Args:
        keys: access key to secret.
        engines: an object with one attribute an engine of `operations.TABLE`.
        s3: the WSGI app of the object plane.
        other: the WSGI app for all the rest (moto).
        health: what `/_local/health` answers, unsigned.
    """

    def __init__(
        self, keys: dict[str, str], engines: Any, s3: Callable, other: Callable, health: dict
    ):
        self._keys, self._engines, self._s3, self._other = keys, engines, s3, other
        self._health = health

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        if environ["PATH_INFO"] == HEALTH:
            return _answer(start_response, 200, json.dumps(self._health).encode())
        try:
            return self._dispatch(environ, start_response)
        except AwsError as error:
            return _refuse(environ, start_response, error)
        except Exception as error:
            # 500 would make every SDK client try ten times over: the message is what helps.
            log.exception("%s %s", environ["REQUEST_METHOD"], environ["PATH_INFO"])
            failure = AwsError("InternalFailure", f"{type(error).__name__}: {error}")
            return _refuse(environ, start_response, failure)

    def _dispatch(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        headers = _headers(environ)
        is_s3 = "/s3/" in headers.get("authorization", "") or "%2Fs3%2F" in environ["QUERY_STRING"]
        body = None if is_s3 else _read(environ, headers)
        scope = self._check(environ, headers, body)
        if scope.service == "s3":
            return self._s3(environ, start_response)
        if environ["PATH_INFO"].startswith(INTERRUPT):
            self._engines.training.interrupt(environ["PATH_INFO"].removeprefix(INTERRUPT))
            return _answer(start_response, 200, b"{}")
        if scope.service == "sagemaker" and (found := INVOKE.match(environ["PATH_INFO"])):
            return self._invoke(found[1], headers, body, start_response)
        operation = operation_of(environ, body)
        engine = engine_of(scope.service, operation)
        if engine and speaks_query(scope.service):
            answer = getattr(self._engines, engine).answer(environ, body)
            return _answer(start_response, 200, answer, [("Content-Type", "text/xml")])
        if engine:
            return self._run(scope, engine, operation, body, start_response)
        return self._forward(environ, start_response, scope, operation, body)

    def _check(self, environ: dict, headers: dict[str, str], body: bytes | None) -> Scope:
        digest = None if body is None else hashlib.sha256(body).hexdigest()
        path = environ.get("RAW_URI", environ["PATH_INFO"]).partition("?")[0]
        query = environ["QUERY_STRING"]
        return check_signature(environ["REQUEST_METHOD"], path, query, headers, digest, self._keys)

    def _run(
        self, scope: Scope, engine: str, operation: str, body: bytes, start_response: Callable
    ) -> Iterable[bytes]:
        try:
            request = json.loads(body or b"{}")
        except ValueError:
            raise AwsError("SerializationException", "The request's body is not JSON.") from None
        check_request(scope.service, operation, request)
        result = getattr(getattr(self._engines, engine), method_of(operation))(request)
        return _answer(start_response, 200, json.dumps(result or {}, default=_plain).encode())

    def _invoke(
        self, name: str, headers: dict[str, str], body: bytes, start_response: Callable
    ) -> Iterable[bytes]:
        reply = self._engines.endpoints.invoke(name, headers, body)
        about = [
            ("Content-Type", reply.content_type),
            ("x-amzn-invoked-production-variant", reply.variant),
        ]
        return _answer(start_response, 200, reply.body, about)

    def _forward(
        self, environ: dict, start_response: Callable, scope: Scope, operation: str, body: bytes
    ) -> Iterable[bytes]:
        name = operation or f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
        message = f"The local AWS does not support {scope.service}:{name}."
        try:
            status, about, answer = call(self._other, environ, body)
        except NotImplementedError:
            raise AwsError("NotImplementedException", message) from None
        if int(status[:3]) >= 500:
            # What moto lacks altogether it answers with an HTML page.
            raise AwsError("NotImplementedException", message)
        start_response(status, about)
        return [answer]


def _read(environ: dict, headers: dict[str, str]) -> bytes:
    """Read a request's body whole, within bounds."""
    if int(headers.get("content-length") or 0) > MAX_JSON_BODY:
        _drain(environ)
        limit = "6291456 bytes" if INVOKE.match(environ["PATH_INFO"]) else "16 MB"
        message = f"Request body is larger than {limit}. Put large data into S3 and send its URI."
        raise AwsError("ValidationError", message, 413)
    return get_input_stream(environ).read()


def _drain(environ: dict) -> None:
    # An answer before the body is read resets the connection, and the client sees no reason.
    stream = get_input_stream(environ)
    while stream.read(2**20):
        pass


def _answer(
    start_response: Callable, status: int, body: bytes, headers: list[tuple[str, str]] | None = None
) -> list[bytes]:
    headers = headers or [("Content-Type", "application/x-amz-json-1.1")]
    about = [("Content-Length", str(len(body))), ("x-amzn-RequestId", str(uuid.uuid4()))]
    start_response(f"{status} {'OK' if status < 400 else 'Error'}", headers + about)
    return [body]


def _refuse(environ: dict, start_response: Callable, error: AwsError) -> list[bytes]:
    """Word an error in the protocol that the request came in."""
    form = environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded")
    is_s3 = "/s3/" in environ.get("HTTP_AUTHORIZATION", "") or "%2Fs3%2F" in environ["QUERY_STRING"]
    if not (form or is_s3):
        content = {"__type": error.code, "message": error.message, "Message": error.message}
        content |= getattr(error, "details", {})
        headers = [("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-ErrorType", error.code)]
        return _answer(start_response, error.status, json.dumps(content).encode(), headers)
    inner = f"<Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
    inner = f"<Error>{inner}</Error>"
    text = inner if is_s3 else f"<ErrorResponse>{inner}</ErrorResponse>"
    headers = [("Content-Type", "application/xml")]
    body = b"" if environ["REQUEST_METHOD"] == "HEAD" else text.encode()
    return _answer(start_response, error.status, body, headers)
