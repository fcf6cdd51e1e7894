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
from urllib.parse import parse_qsl

from werkzeug.wsgi import get_input_stream

from local_aws.errors import AwsError
from local_aws.recorded.journal import call
from local_aws.recorded.operations import is_recorded
from local_aws.services.s3.messages import HEADERS
from local_aws.settings import CONTROL
from local_aws.state.disk import full_disk, is_full
from local_aws.wire.errors import unsupported, word
from local_aws.wire.left_out import left_out
from local_aws.wire.routing import CBOR, Call, is_s3, name, protocol_of, unsigned
from local_aws.wire.signatures import Scope, check_signature
from local_aws.wire.validation import check_request

log = logging.getLogger(__name__)

HEALTH = "/_local/health"
MAX_JSON_BODY = 16 * 2**20
INVOKE = re.compile(r"^/endpoints/(.+)/invocations/?$", re.DOTALL)


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
        parts: where the engines are.
        s3: the WSGI app of the object plane.
        other: the WSGI app for what is only recorded (moto).
        health: what `/_local/health` answers, unsigned.
        control: path and body of a control call to its answer.
    """

    def __init__(
        self,
        keys: dict[str, str],
        parts: Any,
        s3: Callable,
        other: Callable,
        health: dict,
        control: Callable[[str, bytes], dict],
    ):
        self._keys, self._parts, self._s3, self._other = keys, parts, s3, other
        self._health, self._control = health, control

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        if environ["PATH_INFO"] == HEALTH:
            return _answer(start_response, 200, json.dumps(self._health).encode())
        try:
            return self._dispatch(environ, start_response)
        except AwsError as error:
            return _refuse(environ, start_response, error)
        except Exception as error:
            if is_full(error):
                log.warning("%s %s: %s", environ["REQUEST_METHOD"], environ["PATH_INFO"], error)
                return _refuse(environ, start_response, full_disk())
            # 500 would make every SDK client try ten times over: the message is what helps.
            log.exception("%s %s", environ["REQUEST_METHOD"], environ["PATH_INFO"])
            failure = AwsError("InternalFailure", f"{type(error).__name__}: {error}")
            return _refuse(environ, start_response, failure)

    def _dispatch(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        headers = _headers(environ)
        for_s3 = is_s3(environ)
        body = None if for_s3 else _read(environ, headers)
        if body and (asked := unsigned(environ, body)):
            raise unsupported(asked)
        self._check(environ, headers, body)
        if for_s3:
            return self._s3(environ, start_response)
        if environ["PATH_INFO"].startswith(CONTROL):
            answer = self._control(environ["PATH_INFO"], body)
            return _answer(start_response, 200, json.dumps(answer).encode())
        asked = name(environ, body)
        if not asked.known:
            raise unsupported(asked)
        if asked.service != "s3" and self._parts.is_executed(asked.service, asked.operation):
            return self._execute(asked, environ, body, start_response)
        # moto reads no CBOR; boto3 sends it to no service that is recorded.
        if is_recorded(asked.service, asked.operation) and asked.protocol != CBOR:
            return self._record(asked, environ, body, start_response)
        raise unsupported(asked)

    def _check(self, environ: dict, headers: dict[str, str], body: bytes | None) -> Scope:
        digest = None if body is None else hashlib.sha256(body).hexdigest()
        path = environ.get("RAW_URI", environ["PATH_INFO"]).partition("?")[0]
        query = environ["QUERY_STRING"]
        return check_signature(environ["REQUEST_METHOD"], path, query, headers, digest, self._keys)

    def _execute(
        self, asked: Call, environ: dict, body: bytes, start_response: Callable
    ) -> Iterable[bytes]:
        """Have an engine do it; how it is spoken to depends on the protocol."""
        if asked.protocol == "query":
            answer = self._parts.engines["simulator"].answer(environ, body)
            return _answer(start_response, 200, answer, [("Content-Type", "text/xml")])
        if asked.protocol == "rest-json":
            return self._invoke(environ, body, start_response)
        request = _checked(asked, body)
        result = self._parts.call(asked.service, asked.operation, request)
        return _answer(start_response, 200, json.dumps(result or {}, default=_plain).encode())

    def _invoke(self, environ: dict, body: bytes, start_response: Callable) -> Iterable[bytes]:
        endpoint = INVOKE.match(environ["PATH_INFO"])[1]
        reply = self._parts.engines["endpoints"].invoke(endpoint, _headers(environ), body)
        about = [
            ("Content-Type", reply.content_type),
            ("x-amzn-invoked-production-variant", reply.variant),
        ]
        return _answer(start_response, 200, reply.body, about)

    def _record(
        self, asked: Call, environ: dict, body: bytes, start_response: Callable
    ) -> Iterable[bytes]:
        """Have moto keep it, or tell what it keeps."""
        _checked(asked, body) if asked.protocol == "json" else _form(asked, environ, body)
        if environ["PATH_INFO"] != "/":
            raise unsupported(asked)  # moto has pages of its own there
        try:
            status, about, answer = call(self._other, environ, body)
        except NotImplementedError:
            raise unsupported(asked) from None
        if int(status[:3]) >= 500:
            # What moto lacks altogether it answers with an HTML page.
            raise unsupported(asked)
        start_response(status, about)
        return [answer]


def _form(asked: Call, environ: dict, body: bytes) -> dict:
    """Return the fields of a form, by names such as `MetricData.member.1.Value`."""
    form = dict(parse_qsl(f"{environ['QUERY_STRING']}&{body.decode('latin-1')}"))
    if members := left_out(asked, form):
        raise unsupported(asked, members)
    return form


def _checked(asked: Call, body: bytes) -> dict:
    """Return a JSON request that is as its service's model has it, and that is done here."""
    try:
        request = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise AwsError("SerializationException", "The request's body is not JSON.") from None
    check_request(asked.service, asked.operation, request)
    if members := left_out(asked, request):
        raise unsupported(asked, members)
    return request


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
    headers, body = word(error, protocol_of(environ), str(uuid.uuid4()))
    if environ["REQUEST_METHOD"] == "HEAD":
        body = b""
    return _answer(start_response, error.status, body, headers)
