"""No input gives an InternalFailure or a 5xx, and a refused request changes nothing.

Run `python -m tests.local_aws.test_fuzz 20000 5 1.0` for more requests, of another seed, none of
which may take longer than a second.
"""

import hashlib
import http.client
import json
import re
import sqlite3
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSRequest
from botocore.credentials import Credentials

from local_aws.server import LocalAws
from local_aws.wire.signatures import Scope, canonical_request, sign
from tests.local_aws.fuzzing import requests

HELD = {"GetQueryExecution", "ReceiveMessage", "InvokeEndpoint", "DescribeProcessingJob"}
"""Operations that wait on purpose."""
CHANGES = {"sqs", "sns", "sts", "ecr", "secretsmanager", "iam"}
"""Services whose refused requests are moto's, which the journal keeps apart."""
SECONDS = 5.0
"""On a machine that is busy; alone, no request takes one."""


@dataclass
class Answer:
    """The answer to one request, and how long it took."""

    operation: str
    status: int
    body: bytes
    seconds: float
    request: AWSPreparedRequest
    most: float = SECONDS

    @property
    def fault(self) -> str:
        """Return what is wrong with the answer, or nothing."""
        if self.status >= 500 or not 200 <= self.status:
            return f"status {self.status}"
        if b"InternalFailure" in self.body or b"InternalError" in self.body:
            return self.body.decode(errors="replace")[:300]
        if self.seconds > self.most and self.operation not in HELD:
            return f"{self.seconds:.1f} s"
        return ""

    @property
    def words(self) -> bytes:
        """Return the answer without ids, which differ each time."""
        return b"%d %s" % (self.status, re.sub(rb"[0-9A-Fa-f-]{8,}", b"", self.body))

    def __str__(self) -> str:
        prepared = self.request
        body = prepared.body if isinstance(prepared.body, bytes) else str(prepared.body).encode()
        unsaid = ("authorization", "x-amz-date", "host")
        facts = {name: text for name, text in prepared.headers.items() if name not in unsaid}
        what = f"{prepared.method} {prepared.url[:300]} {facts} {body[:400]}"
        return f"{self.operation}: {self.fault}\n  {what}"


def signed(request: AWSRequest, service: str, keys: Credentials) -> AWSPreparedRequest:
    """Sign a request as the server checks it: botocore can't sign every odd one."""
    prepared = request.prepare()
    parts, body = urlsplit(prepared.url), prepared.body or b""
    digest = hashlib.sha256(body if isinstance(body, bytes) else str(body).encode()).hexdigest()
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    texts = {k: v if isinstance(v, str) else v.decode() for k, v in prepared.headers.items()}
    low = {"x-amz-content-sha256": digest} | {name.lower(): text for name, text in texts.items()}
    low |= {"host": parts.netloc, "x-amz-date": moment}
    names = ("host", *sorted(name for name in low if name.startswith("x-amz-")))
    scope = Scope(keys.access_key, moment[:8], "us-east-1", service, names, "", False)
    text = canonical_request(prepared.method, parts.path, parts.query, low, scope)
    signature = sign(text, keys.secret_key, scope, moment)
    prepared.headers = low | {
        "authorization": f"AWS4-HMAC-SHA256 Credential={keys.access_key}/{scope.credential_scope}, "
        f"SignedHeaders={';'.join(names)}, Signature={signature}"
    }
    return prepared


def send(
    connection: http.client.HTTPConnection, operation: str, prepared: AWSPreparedRequest
) -> Answer:
    """Send a request and read its answer."""
    began = time.monotonic()
    parts = urlsplit(prepared.url)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    headers = {name: text.encode() for name, text in prepared.headers.items()}
    try:
        connection.request(prepared.method, target, prepared.body, headers)
        answer = connection.getresponse()
        status, body = answer.status, answer.read()
    except (http.client.HTTPException, OSError, ValueError) as error:
        connection.close()
        # A request that the client can't write is none.
        status, body = 400 if isinstance(error, ValueError) else 0, repr(error).encode()
    return Answer(operation, status, body, time.monotonic() - began, prepared)


class Watch:
    """Sees whether any process or thread has written to the state since it last looked."""

    def __init__(self, state: Path):
        files = [state / "s3-index" / "index.sqlite", *state.glob("*.sqlite"), *state.glob("*.db")]
        self._files = [sqlite3.connect(file) for file in files if file.exists()]
        self.changed()

    def changed(self) -> bool:
        """Say whether a database has been written to."""
        versions = [c.execute("PRAGMA data_version").fetchone() for c in self._files]
        is_new, self._versions = versions != getattr(self, "_versions", None), versions
        return is_new


def prepared_cloud(aws: LocalAws) -> None:
    """Make what requests can name."""
    for bucket in ("fuzz", "fuzz2"):
        aws.store.create_bucket(bucket)
    aws.store.put("fuzz", "a", b"content")
    aws.store.put("fuzz", "birds/model.tar.gz", b"content")
    trust = {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}}
    statement = {"Version": "2012-10-17", "Statement": [{**trust, "Action": "sts:AssumeRole"}]}
    output = {"ResultConfiguration": {"OutputLocation": "s3://fuzz/results/"}}
    place = {"Columns": [{"Name": "a", "Type": "int"}], "Location": "s3://fuzz/t/"}
    table = {"Name": "fuzz", "StorageDescriptor": place}
    regional = {"types": ["REGIONAL"]}
    for service, operation, request in (
        ("iam", "CreateRole", {"RoleName": "fuzz", "AssumeRolePolicyDocument": statement}),
        ("logs", "CreateLogGroup", {"logGroupName": "fuzz"}),
        ("logs", "CreateLogStream", {"logGroupName": "fuzz", "logStreamName": "fuzz"}),
        ("glue", "CreateDatabase", {"DatabaseInput": {"Name": "fuzz"}}),
        ("glue", "CreateTable", {"DatabaseName": "fuzz", "TableInput": table}),
        ("athena", "CreateWorkGroup", {"Name": "fuzz", "Configuration": output}),
        ("sqs", "CreateQueue", {"QueueName": "fuzz"}),
        ("sns", "CreateTopic", {"Name": "fuzz"}),
        ("ecr", "CreateRepository", {"repositoryName": "fuzz"}),
        ("sagemaker", "CreateModelPackageGroup", {"ModelPackageGroupName": "fuzz"}),
        ("apigateway", "CreateRestApi", {"name": "fuzz", "endpointConfiguration": regional}),
    ):
        if service == "iam":
            request = request | {"AssumeRolePolicyDocument": json.dumps(statement)}
        aws.parts.call(service, operation, request)


def faults(state: Path, seed: int, count: int, seconds: float = SECONDS) -> list[str]:
    """Send requests and return all faults."""
    wrong = []
    with LocalAws(state) as aws:
        prepared_cloud(aws)
        keys = Credentials(aws.context.access_key, aws.context.secret_key)
        url = urlsplit(aws.context.url)
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=60)
        watch = Watch(state)
        for service, operation, request in requests(seed, count, aws.context.url):
            watch.changed()
            answer = send(connection, operation, signed(request, service, keys))
            answer.most = seconds
            if answer.fault:
                wrong.append(str(answer))
            elif answer.status >= 400 and service not in CHANGES and watch.changed():
                # A timer may have written meanwhile. What a refused request does, it does again, or
                # it meets what it has left there and is answered otherwise.
                watch.changed()
                again = send(connection, operation, signed(request, service, keys))
                if watch.changed() or again.words != answer.words:
                    wrong.append(f"a refused request wrote: {answer.body[:200]} {answer}")
        connection.close()
    return wrong


@pytest.mark.slow
def test_no_odd_request_makes_an_internal_failure_or_changes_what_it_is_refused(tmp_path):
    assert not faults(tmp_path / "state", seed=1, count=600)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        count, seed, most = sys.argv[1:]
        found = faults(Path(folder) / "state", int(seed), int(count), float(most))
    print(*found, f"{len(found)} faults", sep="\n")
