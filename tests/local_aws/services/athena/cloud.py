"""A server with Athena and S3 alone, and a real PyAthena client of it."""

import json
import threading
import time
from datetime import datetime
from functools import cache
from types import SimpleNamespace

import boto3
import pyathena
from botocore import xform_name
from werkzeug.serving import WSGIRequestHandler, make_server

from local_aws.errors import AwsError
from local_aws.services.athena.engine import AthenaEngine
from local_aws.services.athena.service import OPERATIONS
from local_aws.services.s3.app import S3App
from local_aws.state.catalog import Catalog
from local_aws.state.clock import Clock
from local_aws.state.objects.store import ObjectStore
from local_aws.wire.members import left_out
from local_aws.wire.validation import check_request, operation_model

ENDLESS = (
    "SELECT sum(x * y * z % 7) FROM UNNEST(sequence(1, 10000)) a (x), "
    "UNNEST(sequence(1, 10000)) b (y), UNNEST(sequence(1, 10000)) c (z)"
)
"""A query that does not end by itself."""


@cache
def _shared() -> boto3.Session:
    """Return one session for all tests: reading the service models takes long."""
    return boto3.Session("test", "test", region_name="us-east-1")


class Pinned:
    """The shared session, with clients of one endpoint."""

    def __init__(self, url: str):
        self._url = url

    def client(self, *arguments, **options):
        """Make a client."""
        return _shared().client(*arguments, **{**options, "endpoint_url": self._url})

    def __getattr__(self, name: str):
        return getattr(_shared(), name)


class Quiet(WSGIRequestHandler):
    """Keeps connections open and logs nothing."""

    protocol_version = "HTTP/1.1"

    def log_request(self, *_: object) -> None:
        """Log nothing."""


def _moment(value: object) -> float:
    assert isinstance(value, datetime), value
    return value.timestamp()


class Cloud:
    """Athena and S3 over one folder; `restart()` acts as a server's restart."""

    def __init__(self, folder):
        self.folder = folder
        self.store = ObjectStore(folder / "s3")
        self.store.create_bucket("lake")
        self._s3 = S3App(self.store, None)
        self.open()
        self.server = make_server("127.0.0.1", 0, self, threaded=True, request_handler=Quiet)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        serve = self.server.serve_forever
        threading.Thread(target=serve, args=(0.02,), daemon=True).start()

    def open(self) -> None:
        """Start the engine over the folder's state."""
        self.clock = Clock()
        self.catalog = Catalog(self.folder / "glue", self.clock)
        self.engine = AthenaEngine(self.folder / "athena", self.catalog, self.store, self.clock)

    def restart(self) -> None:
        """Start a second engine over the same state, as after kill -9."""
        self.open()

    def close(self) -> None:
        """Stop the engine and the server."""
        self.server.shutdown()
        self.server.server_close()
        self.engine.close()

    def __call__(self, environ, start_response):
        """Answer one request: AmazonAthena.<Operation>, or S3."""
        target = environ.get("HTTP_X_AMZ_TARGET", "")
        if not target.startswith("AmazonAthena."):
            return self._s3(environ, start_response)
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        status, answer = self._answer(target.partition(".")[2], json.loads(body))
        data = json.dumps(answer, default=_moment).encode()
        start_response(status, [("Content-Length", str(len(data)))])
        return [data]

    def _answer(self, operation: str, request: dict) -> tuple[str, dict]:
        try:
            check_request("athena", operation, request)
            shape = operation_model("athena", operation).input_shape
            assert not left_out(shape, request, OPERATIONS["athena"][operation])
            return "200 OK", getattr(self.engine, xform_name(operation))(request)
        except AwsError as error:
            return f"{error.status} Error", {"__type": error.code, "message": error.message}

    def session(self) -> Pinned:
        """Return a boto3 session with clients of this server."""
        return Pinned(self.url)

    def connect(self, **options):
        """Return a PyAthena connection."""
        defaults = {
            "session": self.session(),
            "s3_staging_dir": "s3://lake/results/",
            "schema_name": "birds",
            "poll_interval": 0.1,
        }
        return pyathena.connect(**{**defaults, **options})

    def run(self, sql: str, **options):
        """Execute one statement through PyAthena's plain cursor, and return the cursor."""
        return self.connect().cursor().execute(sql, **options)

    def rows(self, sql: str, **options) -> list[tuple]:
        """Return a statement's rows."""
        return self.run(sql, **options).fetchall()

    def start(self, sql: str, **request) -> str:
        """Start a statement without waiting, and return its id."""
        output = {"ResultConfiguration": {"OutputLocation": "s3://lake/results/"}}
        context = {"QueryExecutionContext": {"Database": "birds"}}
        answer = self.engine.start_query_execution(
            {"QueryString": sql, **output, **context, **request}
        )
        return answer["QueryExecutionId"]

    def finished(self, id_: str) -> dict:
        """Return an execution once it has ended."""
        while True:
            body = self.engine.get_query_execution({"QueryExecutionId": id_})["QueryExecution"]
            if body["Status"]["State"] not in ("QUEUED", "RUNNING"):
                return body

    def outcome(self, sql: str) -> list[list[str | None]] | str:
        """Return the rows below the header as texts, or the reason of the failure."""
        status = self.finished(id_ := self.start(sql))["Status"]
        if status["State"] != "SUCCEEDED":
            return status["StateChangeReason"]
        rows = self.results(id_)["ResultSet"]["Rows"][1:]
        return [[cell.get("VarCharValue") for cell in row["Data"]] for row in rows]

    def until_running(self, id_: str) -> None:
        """Wait until a query is running."""
        deadline = time.monotonic() + 20
        while self.engine.executions.history.record(id_)["body"]["Status"]["State"] == "QUEUED":
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def reason(self, id_: str) -> str:
        """Return the reason of a query that has ended."""
        return self.finished(id_)["Status"]["StateChangeReason"]

    def results(self, id_: str, **request) -> dict:
        """Return a page of a query's results."""
        return self.engine.get_query_results({"QueryExecutionId": id_, **request})

    def config(self) -> SimpleNamespace:
        """Return the settings that helpers/athena.py needs."""
        return SimpleNamespace(
            region="us-east-1", bucket="lake", database="birds", endpoint_url=self.url
        )
