"""Makes moto's memory survive a restart: changes are written down and done again at the start.

Knows requests as bytes. Left out: times of creation and ids that moto draws by chance are made
anew by the replay; metric data are not kept.
"""

import base64
import json
import logging
import threading
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from werkzeug.wsgi import get_input_stream

from helpers.local_aws.naming import Call, name
from helpers.local_aws.recorded import changes_something

log = logging.getLogger(__name__)

KEPT_HEADERS = ("HTTP_AUTHORIZATION", "HTTP_HOST", "HTTP_X_AMZ_TARGET", "HTTP_X_AMZ_CONTENT_SHA256")

Wsgi = Callable[[dict, Callable], Any]


def call(app: Wsgi, environ: dict, body: bytes) -> tuple[str, list[tuple[str, str]], bytes]:
    """Send one request into a WSGI app; return status, headers and body."""
    answer: list = []
    environ = {**environ, "wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    chunks = app(environ, lambda status, headers, *_: answer.extend((status, headers)))
    try:
        return answer[0], answer[1], b"".join(chunks)
    finally:
        if hasattr(chunks, "close"):
            chunks.close()


class Journal:
    """A WSGI layer over moto that keeps each change that moto accepted."""

    def __init__(self, path: Path, app: Wsgi):
        self._path, self._app, self._lock = path, app, threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)

    def replay(self) -> int:
        """Do all changes again, but for those that are no longer recorded; return how many."""
        if not self._path.exists():
            return 0
        lines = [line for line in self._path.read_text().splitlines(True) if line.endswith("\n")]
        done, refused = 0, set()
        for line in lines:
            entry = json.loads(line)
            environ, body = _environ(entry), base64.b64decode(entry["body"])
            asked = name(environ, body)
            if _is_kept(asked):
                call(self._app, environ, body)
                done += 1
            else:
                refused.add(str(asked))
        if refused:
            names = ", ".join(sorted(refused))
            log.warning("%s: skipped what the local AWS refuses now: %s", self._path, names)
        return done

    def __call__(self, environ: dict, start_response: Callable) -> list[bytes]:
        body = get_input_stream(environ).read()
        status, headers, answer = call(self._app, environ, body)
        if int(status[:3]) < 400 and _is_kept(name(environ, body)):
            self._keep(environ, body)
        start_response(status, headers)
        return [answer]

    def _keep(self, environ: dict, body: bytes) -> None:
        names = ("REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "CONTENT_TYPE", *KEPT_HEADERS)
        entry = {name: environ[name] for name in names if name in environ}
        entry["body"] = base64.b64encode(body).decode()
        with self._lock, self._path.open("a") as file:
            file.write(json.dumps(entry) + "\n")


def _is_kept(asked: Call) -> bool:
    return asked.known and changes_something(asked.service, asked.operation)


def _environ(entry: dict) -> dict:
    server = {"SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1"}
    fixed = {"wsgi.url_scheme": "http", "wsgi.errors": None, "SCRIPT_NAME": "", "REMOTE_ADDR": ""}
    return {**server, **fixed, **{name: entry[name] for name in entry if name != "body"}}
