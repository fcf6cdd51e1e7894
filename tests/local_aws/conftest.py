"""A real threaded server over a store in a temporary folder, and boto3 clients for it."""

import threading

import boto3
import pytest
from botocore.config import Config
from werkzeug.serving import make_server

from local_aws.services.s3.app import S3App
from local_aws.state.objects.store import ObjectStore
from local_aws.wire.http_handler import KeepAliveHandler


class SettingsApp:
    """A settings app that only records its requests."""

    def __init__(self):
        self.seen: list[tuple[str, str, str, bytes]] = []

    def __call__(self, environ, start_response):
        body = environ["wsgi.input"].read()
        self.seen.append(
            (environ["REQUEST_METHOD"], environ["PATH_INFO"], environ["QUERY_STRING"], body)
        )
        known = ("PUT", environ["PATH_INFO"], "") in [seen[:3] for seen in self.seen]
        status = "404 Not Found" if environ["REQUEST_METHOD"] == "HEAD" and not known else "200 OK"
        start_response(status, [("Content-Type", "application/xml")])
        return [b"<ServerSideEncryptionConfiguration/>"]


class Cloud:
    """One server; `client()` gives a boto3 client of it."""

    def __init__(self, folder):
        self.store = ObjectStore(folder / "s3")
        self.settings = SettingsApp()
        self.app = S3App(self.store, self.settings)
        self.server = make_server(
            "127.0.0.1", 0, self.app, threaded=True, request_handler=KeepAliveHandler
        )
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def client(self, region="us-east-1", **config):
        config = {"retries": {"total_max_attempts": 1}, **config}
        return boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name=region,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(s3={"addressing_style": "path"}, **config),
        )

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
        self.store.close()


@pytest.fixture
def store(tmp_path):
    """Return a store with one empty bucket, `birds`."""
    made = ObjectStore(tmp_path / "s3")
    made.create_bucket("birds")
    yield made
    made.close()


@pytest.fixture
def cloud(tmp_path):
    """Return a running server whose store has one empty bucket, `birds`."""
    made = Cloud(tmp_path)
    made.store.create_bucket("birds")
    yield made
    made.stop()


@pytest.fixture
def s3(cloud):
    """Return a boto3 client of the running server."""
    client = cloud.client()
    yield client
    client.close()
