"""A real S3 server in this process over a temporary folder, whose connections can be broken."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from werkzeug.serving import make_server

from local_aws.services.s3.app import S3App
from local_aws.state.objects.store import ObjectStore
from local_aws.wire.http_handler import KeepAliveHandler


class Quiet(KeepAliveHandler):
    """Keep request lines out of the tests' output."""

    def log(self, *arguments: object) -> None:
        pass


class Server:
    """The server; `seen` is what was asked, `meddle` may change how GETs are answered."""

    def __init__(self, store: ObjectStore) -> None:
        self.store, self._app = store, S3App(store, None)
        self.seen: list[tuple[str, str, str]] = []
        self.meddle: Callable[[dict, Iterator[bytes]], Iterator[bytes]] | None = None
        self.url = ""

    def __call__(self, environ: dict, start_response: Callable) -> Iterator[bytes]:
        """Answer one request."""
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        self.seen.append((method, path, environ.get("HTTP_RANGE", "")))
        body = self._app(environ, start_response)
        return self._meddled(environ, body) if method == "GET" and self.meddle else body

    def _meddled(self, environ: dict, body: Any) -> Iterator[bytes]:
        """Pass the answer on as `meddle` has it."""
        try:
            yield from self.meddle(environ, iter(body))
        finally:
            getattr(body, "close", lambda: None)()

    def client(self) -> Any:
        """Return a boto3 client of this server."""
        return boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(
                s3={"addressing_style": "path"},
                max_pool_connections=32,
                retries={"total_max_attempts": 1},
            ),
        )


@contextmanager
def serve(folder: Path, *buckets: str) -> Iterator[Server]:
    """Serve empty buckets until the block ends."""
    store = ObjectStore(folder / "s3")
    for bucket in buckets:
        store.create_bucket(bucket)
    server = Server(store)
    http = make_server("127.0.0.1", 0, server, threaded=True, request_handler=Quiet)
    http.daemon_threads = True
    server.url = f"http://127.0.0.1:{http.port}"
    thread = threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
        store.close()


def breaking(after: int, times: int) -> Callable[[dict, Iterator[bytes]], Iterator[bytes]]:
    """Return a `meddle` that cuts the first `times` answers off after `after` bytes."""
    left = iter(range(times))

    def meddle(environ: dict, body: Iterator[bytes]) -> Iterator[bytes]:
        if next(left, None) is None:
            yield from body
            return
        whole = b"".join(body)
        yield whole[:after]
        if len(whole) > after:
            raise ConnectionResetError("broken on purpose")

    return meddle
