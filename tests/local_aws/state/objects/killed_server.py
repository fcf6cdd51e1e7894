"""A server of S3 alone in a process of its own, and clients whose acknowledged writes are kept.

python -m tests.local_aws.state.objects.killed_server 200: kill it as often.
"""

import random
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from local_aws.state.objects.store import ObjectStore
from local_aws.state.objects.uploads import Uploads
from tests.local_aws.state.objects.folders import files

SERVER = """
import sys, threading
from pathlib import Path
from tests.s3_server import serve

with serve(Path(sys.argv[1])) as server:
    if not server.store.has_bucket("birds"):
        server.store.create_bucket("birds")
    print(server.url, flush=True)
    sys.stdin.read()
"""
KEYS = ["a", "b/c", "b/d/e", "odd//key", "dir/", "wide/é", "f" * 300, "g/h"]
PART = 5 << 20
GONE = b""


@dataclass
class Key:
    """What a key may hold: what was acknowledged last, or what an unanswered request wrote."""

    allowed: set[bytes] = field(default_factory=lambda: {GONE})


class Client(threading.Thread):
    """Works on keys of its own until the server is gone."""

    def __init__(self, url: str, keys: dict[str, Key], seed: int):
        super().__init__(daemon=True)
        self.keys, self._rng, self.done = keys, random.Random(seed), 0
        self.s3 = boto3.client(
            "s3", endpoint_url=url, region_name="us-east-1", aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
        )  # fmt: skip

    def run(self) -> None:
        """Write, overwrite, copy, join and delete."""
        while True:
            name = self._rng.choice(list(self.keys))
            work = self._rng.choices([self._put, self._drop, self._copy, self._join], (6, 2, 2, 1))
            try:
                work[0](name, self.keys[name])
            except (BotoCoreError, ClientError) as error:
                if (
                    isinstance(error, ClientError)
                    and error.response["Error"]["Code"] != "NoSuchKey"
                ):
                    raise
                if isinstance(error, BotoCoreError):
                    return
            self.done += 1

    def _body(self) -> bytes:
        return self._rng.randbytes(self._rng.choice([1, 1000, 100_000]))

    def _put(self, name: str, key: Key) -> None:
        body = self._body()
        key.allowed.add(body)
        self.s3.put_object(Bucket="birds", Key=name, Body=body, Metadata={"size": str(len(body))})
        key.allowed = {body}

    def _drop(self, name: str, key: Key) -> None:
        key.allowed.add(GONE)
        self.s3.delete_objects(Bucket="birds", Delete={"Objects": [{"Key": name}]})
        key.allowed = {GONE}

    def _copy(self, name: str, key: Key) -> None:
        source = self._rng.choice(list(self.keys))
        if source == name or self.keys[source].allowed == {GONE}:
            return
        old = set(key.allowed)
        key.allowed |= self.keys[source].allowed
        try:
            self.s3.copy_object(
                Bucket="birds", Key=name, CopySource={"Bucket": "birds", "Key": source}
            )
        except ClientError:
            key.allowed = old
            raise
        key.allowed = self.keys[source].allowed - {GONE}

    def _join(self, name: str, key: Key) -> None:
        body = bytes([self._rng.randrange(256)]) * PART + self._body()
        to = {"Bucket": "birds", "Key": name}
        upload = {
            "UploadId": self.s3.create_multipart_upload(**to, Metadata={"size": str(len(body))})[
                "UploadId"
            ]
        }
        parts = []
        for number, part in enumerate((body[:PART], body[PART:]), 1):
            tag = self.s3.upload_part(**to, **upload, PartNumber=number, Body=part)["ETag"]
            parts.append({"PartNumber": number, "ETag": tag})
        key.allowed.add(body)
        self.s3.complete_multipart_upload(**to, **upload, MultipartUpload={"Parts": parts})
        key.allowed = {body}


def start(folder: Path) -> tuple[subprocess.Popen, str]:
    """Start the server; return its process and address."""
    pipe = subprocess.PIPE
    process = subprocess.Popen([sys.executable, "-c", SERVER, folder], stdin=pipe, stdout=pipe)
    return process, process.stdout.readline().decode().strip()


def survive(folder: Path, kills: int) -> int:
    """Kill a server at random moments, and check after each what it has left.

    Returns:
        The number of requests that were answered.
    """
    rng = random.Random(1)
    state = [{f"{number}{key}": Key() for key in KEYS} for number in range(3)]
    done = 0
    for kill in range(kills):
        process, url = start(folder)
        clients = [Client(url, keys, 3 * kill + n) for n, keys in enumerate(state)]
        for client in clients:
            client.start()
        time.sleep(rng.uniform(0.05, 0.6))
        with process:
            process.kill()
        for client in clients:
            client.join(10)
            done += client.done
        check(folder, state, kill)
    return done


def check(folder: Path, state: list[dict[str, Key]], kill: int) -> None:
    """Check that all that was acknowledged is there, and nothing else."""
    store = ObjectStore(folder / "s3")
    Uploads(store)
    held = {info.key: info for info in store.list("birds")}
    for keys in state:
        for name, key in keys.items():
            body = store.read("birds", name) if name in held else GONE
            assert body in key.allowed, f"{name} after kill {kill}"
            key.allowed = {body}
            if name in held:  # the bytes have the metadata of their own write
                assert held[name].metadata.get("size", str(len(body))) == str(len(body))
    assert held.keys() <= {name for keys in state for name in keys}
    assert store.adopt("birds") == [] and files(store.side / "drafts") == []
    rows = store.index.rows("SELECT file FROM parts")
    assert files(store.side / "uploads") == sorted(file for (file,) in rows)
    plain = [name for name, info in held.items() if info.path.is_relative_to(store.root)]
    assert files(store.root / "birds") == sorted(plain)
    assert len(files(store.side / "odd")) == len(held) - len(plain)
    store.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as state_folder:
        print(survive(Path(state_folder), int(sys.argv[1])), "requests were answered")
