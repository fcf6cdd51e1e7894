"""Makes moto's memory survive a restart: changes are written down and done again at the start.

Knows requests as bytes. Left out: times of creation and ids that moto draws by chance are made
anew by the replay; metric data are not kept.
"""

import base64
import json
import re
import threading
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from werkzeug.wsgi import get_input_stream

READS = re.compile(
    r"^(Get|List|Describe|Head|BatchGet|Query|Search|Simulate|Lookup|Filter|Test|Assume|PutMetricData)"
)
KEPT_HEADERS = ("HTTP_AUTHORIZATION", "HTTP_HOST", "HTTP_X_AMZ_TARGET", "HTTP_X_AMZ_CONTENT_SHA256")

Wsgi = Callable[[dict, Callable], Any]


def operation_of(environ: dict, body: bytes) -> str:
    """Return an operation's name, from wherever its protocol has it, or ''."""
    if target := environ.get("HTTP_X_AMZ_TARGET"):
        return target.rpartition(".")[2]
    if found := re.search(r"/operation/(\w+)$", environ["PATH_INFO"]):
        return found[1]
    text = environ.get("QUERY_STRING", "") + "&" + body[:2000].decode("latin-1")
    found = re.search(r"(?:^|&)Action=(\w+)", text)
    return found[1] if found else ""


def changes_something(environ: dict, body: bytes) -> bool:
    """Say whether a request changes state."""
    name = operation_of(environ, body)
    if name:
        return not READS.match(name)
    return environ["REQUEST_METHOD"] not in ("GET", "HEAD", "OPTIONS")


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
        """Do all changes again; return how many."""
        if not self._path.exists():
            return 0
        lines = [line for line in self._path.read_text().splitlines(True) if line.endswith("\n")]
        for line in lines:
            entry = json.loads(line)
            call(self._app, _environ(entry), base64.b64decode(entry["body"]))
        return len(lines)

    def __call__(self, environ: dict, start_response: Callable) -> list[bytes]:
        body = get_input_stream(environ).read()
        status, headers, answer = call(self._app, environ, body)
        if int(status[:3]) < 400 and changes_something(environ, body):
            self._keep(environ, body)
        start_response(status, headers)
        return [answer]

    def _keep(self, environ: dict, body: bytes) -> None:
        names = ("REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "CONTENT_TYPE", *KEPT_HEADERS)
        entry = {name: environ[name] for name in names if name in environ}
        entry["body"] = base64.b64encode(body).decode()
        with self._lock, self._path.open("a") as file:
            file.write(json.dumps(entry) + "\n")


def _environ(entry: dict) -> dict:
    server = {"SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1"}
    fixed = {"wsgi.url_scheme": "http", "wsgi.errors": None, "SCRIPT_NAME": "", "REMOTE_ADDR": ""}
    return {**server, **fixed, **{name: entry[name] for name in entry if name != "body"}}
