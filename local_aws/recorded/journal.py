"""Makes moto's records survive a restart: writes changes to a journal and replays it at the start.

Knows requests as bytes.
Left out: a replay makes new creation times and new random ids; messages are not kept.
"""

import base64
import logging
import threading
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from werkzeug.wsgi import get_input_stream

from local_aws.recorded.recorded_operations import changes_something
from local_aws.state.disk import is_full
from local_aws.state.json_lines import append, cut_back, read_lines
from local_aws.wire.http_request import HttpRequest
from local_aws.wire.routing import Call, name

log = logging.getLogger(__name__)

KEPT_HEADERS = ("HTTP_AUTHORIZATION", "HTTP_HOST", "HTTP_X_AMZ_TARGET", "HTTP_X_AMZ_CONTENT_SHA256")

Wsgi = Callable[[dict, Callable], Any]


class NotRecorded(Exception):
    """moto failed on a request that it neither answers nor refuses."""


def call(app: Wsgi, environ: dict, body: bytes) -> tuple[str, list[tuple[str, str]], bytes]:
    """Send one request into a WSGI app; return status, headers and body.

    Raises:
        NotRecorded: the app failed.
    """
    answer: list = []
    environ = {**environ, "wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    try:
        chunks = app(environ, lambda status, headers, *_: answer.extend((status, headers)))
    except NotImplementedError:
        raise
    except Exception as error:
        if is_full(error):
            raise
        raise NotRecorded(f"It can't be recorded: {type(error).__name__}: {error}") from error
    try:
        return answer[0], answer[1], b"".join(chunks)
    finally:
        if hasattr(chunks, "close"):
            chunks.close()


class Journal:
    """A WSGI middleware over moto that keeps each change that moto accepted.

    Changes are made one after the other, in the order of their lines: a change whose line can't be
    written is not made, and a refused change leaves no line.
    """

    def __init__(self, path: Path, app: Wsgi):
        self._path, self._app, self._lock = path, app, threading.RLock()
        path.parent.mkdir(parents=True, exist_ok=True)

    def replay(self) -> int:
        """Make all changes of the journal again; return their number.

        A change that is no longer recorded, or that moto refuses now, is skipped and logged.
        """
        if not self._path.exists():
            return 0
        done, refused = 0, set()
        for entry, body in read_lines(self._path, _parsed):
            environ = _environ(entry)
            try:
                change = name(HttpRequest(environ), body)
                if _is_kept(change):
                    done += self._again(change, environ, body)
                else:
                    refused.add(str(change))
            except Exception as error:  # skip the change: the server must start
                log.warning("%s: skipped %s: %r", self._path, environ["PATH_INFO"], error)
        if refused:
            names = ", ".join(sorted(refused))
            log.warning(
                "%s: skipped an operation that is no longer recorded: %s", self._path, names
            )
        return done

    def _again(self, change: Call, environ: dict, body: bytes) -> bool:
        status, _, answer = call(self._app, environ, body)
        if int(status[:3]) >= 400:
            log.warning("%s: skipped %s: %s %s", self._path, change, status, answer[:300])
        return int(status[:3]) < 400

    def __call__(self, environ: dict, start_response: Callable) -> list[bytes]:
        body = get_input_stream(environ).read()
        status, headers, answer = self.send(
            environ, body, _is_kept(name(HttpRequest(environ), body))
        )
        start_response(status, headers)
        return [answer]

    def send(
        self, environ: dict, body: bytes, is_change: bool
    ) -> tuple[str, list[tuple[str, str]], bytes]:
        """Send one request to moto, and keep it if it is a change; return its answer."""
        return self._change(environ, body) if is_change else call(self._app, environ, body)

    def _change(self, environ: dict, body: bytes) -> tuple[str, list[tuple[str, str]], bytes]:
        with self._lock:
            length = append(self._path, [_entry(environ, body)])
            is_done = False
            try:
                answer = call(self._app, environ, body)
                is_done = int(answer[0][:3]) < 400
                return answer
            finally:
                if not is_done:
                    cut_back(self._path, length)


def _entry(environ: dict, body: bytes) -> dict:
    names = ("REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "CONTENT_TYPE", *KEPT_HEADERS)
    entry = {name: environ[name] for name in names if name in environ}
    return {**entry, "body": base64.b64encode(body).decode()}


def _parsed(entry: Any) -> tuple[dict, bytes]:
    """Return the variables and the body of a line. Raises: ValueError, TypeError, LookupError."""
    if not isinstance(entry, dict) or not all(isinstance(text, str) for text in entry.values()):
        raise TypeError("it is not a request")
    entry["REQUEST_METHOD"], entry["PATH_INFO"]
    return entry, base64.b64decode(entry["body"], validate=True)


def _is_kept(change: Call) -> bool:
    return change.known and changes_something(change.service, change.operation)


def _environ(entry: dict) -> dict:
    server = {"SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1"}
    fixed = {"wsgi.url_scheme": "http", "wsgi.errors": None, "SCRIPT_NAME": "", "REMOTE_ADDR": ""}
    return {**server, **fixed, **{name: entry[name] for name in entry if name != "body"}}
