"""Injects faults into requests: slow, throttled, denied, dropped; knows HTTP, no service.

The rules are those of `state/faults.py`. Control calls and callers of REST APIs meet no fault.
"""

import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO

from werkzeug.wsgi import get_input_stream

from local_aws.errors import AwsError
from local_aws.settings import CONTROL, INVOKE
from local_aws.state.faults import Fault, Faults
from local_aws.wire.errors import denial, word
from local_aws.wire.http_request import HttpRequest
from local_aws.wire.routing import S3, is_s3, name, protocol_of

BLOCK = 2**14
"""Bytes that a slow answer sends in one piece."""
THROTTLING = {
    S3: AwsError("SlowDown", "Please reduce your request rate.", 503),
    "query": AwsError("Throttling", "Rate exceeded", 400),
}
"""The throttling error by protocol."""
THROTTLED = AwsError("ThrottlingException", "Rate exceeded")
"""That of all other protocols."""


class Dropped(ConnectionError):
    """Raised to end the connection without an answer."""


class Faulty:
    """A WSGI middleware in front of `Front`."""

    def __init__(self, app: Callable, faults: Faults):
        self._app, self._faults = app, faults

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        if not self._faults.rules or environ["PATH_INFO"].startswith((CONTROL, INVOKE)):
            return self._app(environ, start_response)
        request = _named(environ)
        if self._faults.draw("dropped", *request):
            raise Dropped("dropped by an injected fault")
        protocol = protocol_of(HttpRequest(environ))
        if self._faults.draw("throttled", *request):
            return _refused(environ, start_response, protocol, THROTTLING.get(protocol, THROTTLED))
        if self._faults.draw("denied", *request):
            message = f"The user is not authorized to perform: {':'.join(request)}"
            return _refused(environ, start_response, protocol, denial(protocol, message))
        slow = self._faults.draw("slow", *request)
        if slow:
            time.sleep(slow.seconds)
        answer = self._app(environ, start_response)
        return _paced(answer, slow) if slow and slow.bytes_per_second else answer


def _named(environ: dict) -> tuple[str, str]:
    """Return the service and the operation that a request is for."""
    body, http_request = b"", HttpRequest(environ)
    if not is_s3(http_request):
        body = get_input_stream(environ).read()
        environ["wsgi.input"], environ["CONTENT_LENGTH"] = BytesIO(body), str(len(body))
    call = name(http_request, body)
    return call.service, call.operation


def _refused(
    environ: dict, start_response: Callable, protocol: str, error: AwsError
) -> list[bytes]:
    headers, body = word(error, protocol, str(uuid.uuid4()))
    body = b"" if environ["REQUEST_METHOD"] == "HEAD" else body
    start_response(f"{error.status} Error", [*headers, ("Content-Length", str(len(body)))])
    return [body]


def _paced(answer: Iterable[bytes], rule: Fault) -> Iterator[bytes]:
    """Yield an answer's bytes at the rate of a rule."""
    start, sent = time.monotonic(), 0
    try:
        for block in answer:
            for start_byte in range(0, len(block), BLOCK):
                piece = block[start_byte : start_byte + BLOCK]
                sent += len(piece)
                time.sleep(max(0.0, start + sent / rule.bytes_per_second - time.monotonic()))
                yield piece
    finally:
        if hasattr(answer, "close"):
            answer.close()
