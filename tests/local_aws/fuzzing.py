"""Makes odd requests of all executed operations from a seed: valid shapes, mutants, raw S3."""

import json
import random
from collections.abc import Iterator
from typing import Any

from botocore.awsrequest import AWSRequest
from botocore.model import OperationModel, Shape
from botocore.serialize import create_serializer
from botocore.session import Session

from local_aws.context import ACCOUNT
from local_aws.operations import members
from local_aws.wire.members import read
from tools.operations import SERVICES, executed, recorded

NAMES = ["fuzz", "birds", "primary", "calls", "Fuzz-1", "fuzz_1", "none"]
ODD_TEXTS = [
    "", " ", "a" * 2000, "é", "\U0001f426", "a\nb", "../..", "a//b", "%s%n", "{}", "null", "0",
    "-1", "1e999", "NaN", "'", '"', "`", "${x}", "$.a[", "[" * 3000, "{" * 3000, "(" * 3000, "*",
    "s3://", "s3://fuzz", "s3://fuzz/", "s3://fuzz//a", "s3://none/a/b", "s3://FUZZ/a?b#c",
    "arn:aws:iam::000000000000:role/none", "arn:aws:sagemaker:us-east-1:1:x/y", "arn:", "arn:::::",
    "http://[", "http://127.0.0.1:1/x", "2026-13-45", "\u202e", "a" * 70_000,
]  # fmt: skip
SQL = [
    "SELECT 1", "SELECT", "", ";", "SELECT * FROM none", "SHOW TABLES", "SELECT ?", "EXPLAIN", "--",
    "SELECT " + "(" * 500, "SELECT " + "-" * 5000 + "1", "SELECT " + "1+" * 3000 + "1",
    "CREATE EXTERNAL TABLE a (b int) LOCATION 's3://fuzz/t/'", "DROP TABLE a", "SELECT 'a",
    "SELECT array[" + "array[" * 300, "INSERT INTO a VALUES (1)", "WITH a AS (SELECT 1) SELECT b",
    "CREATE TABLE a AS SELECT 1 x", "UNLOAD (SELECT 1 x) TO 's3://fuzz/u/'", "MSCK REPAIR TABLE a",
]  # fmt: skip
NUMBERS = [0, 1, 2, -1, 5, 100, 1000, 2**31 - 1, 2**31, 2**63 - 1, -(2**63), 10**30]
TIMES = [0, 1_790_000_000, -1, 4e9, 1e300, "2026-01-01T00:00:00Z", "soon"]
HEADERS = [
    ("Range", ["bytes=0-0", "bytes=-1", "bytes=9-1", "bytes=a-b", "lines=1", "bytes=" + "9" * 40]),
    ("If-Match", ["*", '"a"', "a,b", "\xff"]), ("If-None-Match", ["*", '"a"', "W/a"]),
    ("If-Modified-Since", ["Thu, 01 Jan 1970 00:00:00 GMT", "soon", "-1", "99999999999999"]),
    ("If-Unmodified-Since", ["Mon, 31 Feb 2026 25:61:00 +9999", "0", "Thu, 01 Jan 9999999 0:0:0"]),
    ("x-amz-copy-source", ["fuzz/a", "/fuzz/a?versionId=1", "fuzz", "%ff/%00", "none/a", "a/%zz"]),
    ("x-amz-copy-source-range", ["bytes=0-0", "bytes=5-1", "bytes=-", "x"]),
    ("Content-MD5", ["", "x", "====", "1B2M2Y8AsgTpgAmY7PhCfg=="]),
    ("x-amz-checksum-crc32", ["AAAAAA==", "x", "é"]), ("x-amz-checksum-sha256", ["x", "=" * 44]),
    ("x-amz-sdk-checksum-algorithm", ["CRC32", "MD6"]), ("x-amz-trailer", ["x-amz-checksum-x", ""]),
    ("x-amz-decoded-content-length", ["1", "-1", "x", "9" * 30]), ("x-amz-acl", ["private", "x"]),
    ("x-amz-meta-a", ["", "é", "a" * 3000]), ("x-amz-storage-class", ["GLACIER", "X", "STANDARD"]),
    ("x-amz-metadata-directive", ["REPLACE", "COPY", "x"]), ("Content-Type", ["", "a" * 300, "\t"]),
    ("x-amz-content-sha256", ["STREAMING-UNSIGNED-PAYLOAD-TRAILER", "UNSIGNED-PAYLOAD", "x"]),
    ("x-amz-tagging", ["a=b", "=", "%"]), ("Content-Encoding", ["aws-chunked", "gzip", "x"]),
    ("x-amz-expected-bucket-owner", ["1", ACCOUNT]), ("x-amz-mp-object-size", ["x", "-1", "1"]),
    ("x-amz-checksum-type", ["FULL_OBJECT", "x"]), ("x-amz-checksum-algorithm", ["CRC32", "X"]),
    ("Expires", ["0", "soon", "\x7f"]), ("x-amz-server-side-encryption", ["AES256", "x"]),
]  # fmt: skip
QUERIES = [
    "uploads", "uploadId=1", "partNumber=0", "partNumber=1", "partNumber=99999", "partNumber=x",
    "list-type=2", "list-type=1", "list-type=x", "max-keys=0", "max-keys=-1", "max-keys=x", "acl",
    "max-keys=99999999999999999999", "delimiter=/", "delimiter=%ff", "prefix=%00", "prefix=a",
    "continuation-token=x", "continuation-token=", "start-after=%F0%9F%90%A6", "encoding-type=url",
    "encoding-type=x", "delete", "location", "policy", "tagging", "versioning", "versions", "x=y",
    "encryption", "publicAccessBlock", "lifecycle", "notification", "replication", "max-uploads=0",
    "key-marker=a", "upload-id-marker=x", "max-buckets=0", "max-buckets=1", "versionId=null",
    "versionId=1", "response-content-type=a%0d%0ab", "response-expires=x", "=", "&&", "%", "%zz=%",
    "attributes", "torrent", "restore", "select&select-type=2", "object-lock", "x-id=PutObject",
]  # fmt: skip
BODIES = [
    b"", b"x", b"<", b"<a/>", b"\xff\xfe", b"<Delete/>", b"<a>" * 20_000, b"[" * 200_000,
    b"<Delete><Object><Key></Key></Object></Delete>", b"<Delete><Object/></Delete>",
    b"<Delete><Object><Key>a</Key><VersionId>x</VersionId></Object></Delete>",
    b"<Delete>" + b"<Object><Key>a</Key></Object>" * 1001 + b"</Delete>", b"\0" * 100, b"{}",
    *(b"<CompleteMultipartUpload><Part><PartNumber>%b</PartNumber></Part></CompleteMultipartUpload>"
      % n for n in ("١".encode(), b"9" * 5000, b"-1", b"1")), b'<?xml version="9"?>',
    b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"<PublicAccessBlockConfiguration/>",
    b"<CreateBucketConfiguration><LocationConstraint>x</LocationConstraint>"
    b"</CreateBucketConfiguration>", b"1\r\nx\r\n0\r\n\r\n", b"-1\r\n", b"zz;a=b\r\n\r\n",
    b"<Tagging><TagSet><Tag><Key>a</Key></Tag></TagSet></Tagging>", b"<Tagging/>",
    b'<?xml version="1.0" encoding="x"?><a/>', b"<a xmlns='b' c='d'>e</a>", b'{"Version": 1}',
]  # fmt: skip


class Fuzz:
    """Odd values and requests, the same for the same seed."""

    def __init__(self, seed: int):
        self.rng = random.Random(seed)
        self._session = Session()
        self._models: dict[str, Any] = {}

    def model(self, service: str, operation: str) -> OperationModel:
        """Return botocore's model of an operation."""
        if service not in self._models:
            self._models[service] = self._session.get_service_model(service)
        return self._models[service].operation_model(operation)

    def text(self, shape: Shape, name: str) -> str:
        """Return a text that may fit a member of this name."""
        rng, kind = self.rng, name.lower()
        if (enum := getattr(shape, "enum", None)) and rng.random() < 0.9:
            return rng.choice(enum)
        if rng.random() < 0.06:
            return rng.choice(ODD_TEXTS)
        if "query" in kind and rng.random() < 0.8:
            return rng.choice(SQL)
        if "arn" in kind:
            return f"arn:aws:iam::{ACCOUNT}:role/fuzz"
        if kind.endswith(("uri", "location", "outputpath", "url")):
            return f"s3://fuzz/{rng.choice(NAMES)}/"
        least = int(shape.metadata.get("min", 0))
        return rng.choice(NAMES).ljust(min(least, 3000), "a")

    def value(self, shape: Shape, name: str = "", depth: int = 0) -> Any:
        """Return a value of a shape, of its right type."""
        rng, kind = self.rng, shape.type_name
        if kind == "structure":
            members = shape.members.items()
            if getattr(shape, "is_tagged_union", False):
                members = [rng.choice(list(members))] if members else []
            share = 0.5 if depth < 2 else 0.2
            return {
                each: self.value(member, each, depth + 1)
                for each, member in members
                if depth < 12 and (each in shape.required_members or rng.random() < share)
            }
        if kind == "list":
            count = rng.choice([0, 1, 1, 2]) if depth < 12 else 0
            return [self.value(shape.member, name, depth + 1) for _ in range(count)]
        if kind == "map":
            count = rng.choice([0, 1, 2]) if depth < 12 else 0
            return {
                self.text(shape.key, name): self.value(shape.value, name, depth + 1)
                for _ in range(count)
            }
        if kind == "string":
            return self.text(shape, name)
        if kind in ("integer", "long", "float", "double"):
            low = shape.metadata.get("min", 1)
            number = rng.choice([low, shape.metadata.get("max", 10), rng.choice(NUMBERS)])
            return number if kind in ("integer", "long") else float(number) + rng.random()
        if kind == "blob":
            return rng.choice([b"", b"x", b"{}", b"\xff" * 10, b"a,b\n1,2"])
        return {"boolean": rng.random() < 0.5}.get(kind, rng.choice(TIMES[:3]))

    def _structure(self, shape: Shape, done: dict | None, depth: int) -> dict:
        rng, members = self.rng, list(shape.members.items())
        if done is not None and "*" not in done and rng.random() < 0.99:
            members = [(each, member) for each, member in members if each in done]
        if getattr(shape, "is_tagged_union", False):
            members = [rng.choice(members)] if members else []
        value = {}
        for each, member in members:
            inner = (done or {}).get(each)
            is_needed = each in shape.required_members and rng.random() < 0.995
            if depth >= 12 or not (is_needed or rng.random() < 0.3):
                continue
            if isinstance(inner, tuple) and member.type_name in ("string", "boolean"):
                text = rng.choice(inner)
                value[each] = text == "true" if member.type_name == "boolean" else text
            else:
                keep = inner if isinstance(inner, dict) else None
                value[each] = self.value(member, keep, each, depth + 1)
        return value

    def mutated(self, value: Any) -> Any:
        """Return a JSON value with one of its parts replaced, at random."""
        rng = self.rng
        if isinstance(value, dict) and value and rng.random() < 0.8:
            key = rng.choice(list(value))
            return value | {key: self.mutated(value[key])}
        if isinstance(value, list) and value and rng.random() < 0.8:
            at = rng.randrange(len(value))
            return [*value[:at], self.mutated(value[at]), *value[at + 1 :]]
        deep: Any = 0
        for _ in range(300):
            deep = [deep]
        return rng.choice([
            None, True, 0, -1, 1.5, 2**70, "", [], {}, [[]], {"a": {}}, [None], "\ud800", deep,
            rng.choice(ODD_TEXTS), rng.choice(TIMES), {"": 0}, [value] * 50,
        ])  # fmt: skip

    def api_request(self, service: str, operation: str, url: str) -> AWSRequest:
        """Return an unsigned request of an operation, of a valid shape or a mutant of one."""
        model, rng = self.model(service, operation), self.rng
        row = members(service, operation)
        done = None if row is None else read(row)
        arguments = self.value(model.input_shape, done) if model.input_shape else {}
        serializer = create_serializer(model.service_model.resolved_protocol, False)
        parts = serializer.serialize_to_request(arguments, model)
        body = parts["body"] if isinstance(parts["body"], bytes | dict) else parts["body"].encode()
        if isinstance(body, bytes) and rng.random() < 0.15:
            body = self._mutant(body)
        path = parts["url_path"] if parts["url_path"].startswith("/") else f"/{parts['url_path']}"
        headers = {name: str(value) for name, value in parts["headers"].items()}
        return AWSRequest(
            parts["method"], f"{url}{path}", headers, body, parts["query_string"] or None
        )

    def _mutant(self, body: bytes) -> bytes:
        try:
            document = json.loads(body or b"{}")
        except ValueError:
            document = None
        if document is not None and self.rng.random() < 0.7:
            return json.dumps(self.mutated(document)).encode()
        at = self.rng.randrange(len(body) + 1)
        return self.rng.choice([body[:at], body[:at] + b"\xff" + body[at:], *BODIES])

    def s3_request(self, url: str) -> AWSRequest:
        """Return an unsigned request of S3, of random parts."""
        rng = self.rng
        bucket = rng.choice(["fuzz", "fuzz", "fuzz", "none", "fuzz2", "A", "", "%ff", "a" * 70])
        keys = [
            "",
            "a",
            "a/b",
            "a//b",
            "..",
            "%00",
            "%ff",
            "a" * 1025,
            "%F0%9F%90%A6",
            "a%2Fb/",
            "+",
        ]
        query = "&".join(rng.sample(QUERIES, rng.choice([0, 0, 0, 1, 1, 2])))
        chosen = rng.sample(HEADERS, rng.choice([0, 0, 1, 2, 4]))
        headers = {name: rng.choice(values) for name, values in chosen}
        method = rng.choice(["GET", "PUT", "PUT", "POST", "DELETE", "HEAD", "PATCH", "OPTIONS"])
        body = rng.choice(BODIES) if method in ("PUT", "POST") or rng.random() < 0.1 else b""
        path = f"/{bucket}/{key}" if (key := rng.choice(keys)) else f"/{bucket}"
        return AWSRequest(method, f"{url}{path}{'?' * bool(query)}{query}", headers, body)


def all_operations() -> list[tuple[str, str]]:
    """Return every operation that is executed or recorded; S3's have requests of their own."""
    return [
        (service, operation)
        for service in SERVICES
        if service != "s3"
        for operation in [*executed(service), *recorded(service)]
    ]


def requests(seed: int, count: int, url: str) -> Iterator[tuple[str, str, AWSRequest]]:
    """Yield requests with the service to sign for and a name: a third are raw S3."""
    fuzz, operations = Fuzz(seed), all_operations()
    while count:
        service, operation = fuzz.rng.choice(operations)
        if is_s3 := fuzz.rng.random() < 0.33:
            service, operation = "s3", "raw"
        try:
            request = fuzz.s3_request(url) if is_s3 else fuzz.api_request(service, operation, url)
            request.prepare()
        except Exception:
            continue  # botocore itself can't write such a value
        count -= 1
        yield service, operation, request
