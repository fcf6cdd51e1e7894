"""Makes the data of the stream benchmark: photos and clips in every loader's format, on a real S3.

The server is the local AWS's object plane in a separate process. A slow server
waits 30 ms before each answer and sends at most 60 MB/s on a connection.
"""

import io
import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import boto3
import numpy as np
import simplejpeg
import soundfile
from botocore.config import Config
from werkzeug.serving import make_server

from helpers.s3 import upload_folder
from helpers.samples import Record, Sample
from helpers.sharding.plan import make_plan
from helpers.sharding.shards import ShardWriter, build_manifest
from helpers.storage import Entry, LocalFolder
from local_aws.services.s3.app import S3App
from local_aws.state.objects.store import ObjectStore
from local_aws.wire.http_handler import KeepAliveHandler

BUCKET = "stream-bench"
KEYS = {"aws_access_key_id": "bench", "aws_secret_access_key": "bench"}
WAIT = 0.03
"""Seconds before a slow server answers."""
RATE = 60e6
"""Bytes a second of a slow server's connection."""


def photo(seed: int) -> bytes:
    """Return a 500 x 500 JPEG of about 62 KB: soft shapes under sensor noise."""
    mixer = np.random.default_rng(seed)
    soft = mixer.integers(0, 256, (12, 12, 3)).repeat(42, 0).repeat(42, 1)[:500, :500]
    noisy = soft + mixer.normal(0, 13, (500, 500, 3))
    return simplejpeg.encode_jpeg(noisy.clip(0, 255).astype(np.uint8), quality=62)


def clip(seed: int) -> bytes:
    """Return 5 s of sound at 32 kHz as OGG, about 43 KB: a chirp in wind."""
    mixer = np.random.default_rng(seed)
    at = np.arange(160_000) / 32_000
    song = np.sin(2 * np.pi * (2000 + 1500 * np.sin(7 * at + seed)) * at) * (np.sin(3 * at) > 0)
    out = io.BytesIO()
    wave = 0.3 * song + 0.05 * mixer.normal(size=len(at))
    soundfile.write(out, wave.astype(np.float32), 32_000, format="OGG", subtype="VORBIS")
    return out.getvalue()


MAKERS: dict[str, tuple[Callable[[int], bytes], str]] = {
    "photos": (photo, "jpg"),
    "clips": (clip, "ogg"),
}


def write_shards(folder: Path, media: dict[str, bytes], extension: str, per_shard: int) -> None:
    """Write a train split of shards and its manifest, as the job does."""
    records = [Record(id, f"{id}.{extension}", id.split("-")[1], ()) for id in media]
    entries = [Entry(row.media, len(media[row.id]), row.id) for row in records]
    plan = make_plan(
        "bench",
        records,
        [],
        entries,
        store=extension,
        records_per_shard=per_shard,
        fractions={"train": 1.0, "validation": 0.0, "test": 0.0},
    )
    notes, out = {}, LocalFolder(folder / "shards")
    for shard in plan.shards:
        with ShardWriter(shard, folder / "shard.tmp") as writer:
            for row in shard.records:
                writer.add([Sample(row.id, media[row.id], extension, {"label": row.label})])
            notes[shard.name] = writer.close()
        out.upload(folder / "shard.tmp", shard.tar)
    (folder / "shard.tmp").unlink()
    out.write("manifest.json", build_manifest(plan, notes).to_json().encode())


def make(folder: Path, kind: str, count: int) -> None:
    """Write `count` samples of a kind below `folder`, as eight shards and as single objects."""
    maker, extension = MAKERS[kind]
    media = {f"s{n:06d}-{n % 6}": maker(n) for n in range(count)}
    (folder / "objects").mkdir(parents=True, exist_ok=True)
    for id, data in media.items():
        (folder / "objects" / f"{id}.{extension}").write_bytes(data)
    write_shards(folder, media, extension, -(-count // 8))


def client(url: str) -> Any:
    """Return a boto3 client of a server."""
    config = Config(max_pool_connections=32, s3={"addressing_style": "path"})
    return boto3.client("s3", endpoint_url=url, region_name="us-east-1", config=config, **KEYS)


class Slow:
    """A WSGI app that makes another one as slow as S3 over a long line."""

    def __init__(self, app: Callable) -> None:
        self._app = app

    def __call__(self, environ: dict, start_response: Callable) -> Iterator[bytes]:
        """Wait, then pass the answer on piece by piece."""
        time.sleep(WAIT)
        body = self._app(environ, start_response)
        begin, sent = time.perf_counter(), 0
        try:
            for piece in body:
                for at in range(0, len(piece), 1 << 18):
                    part = piece[at : at + (1 << 18)]
                    sent += len(part)
                    time.sleep(max(0.0, begin + sent / RATE - time.perf_counter()))
                    yield part
        finally:
            getattr(body, "close", lambda: None)()


class Quiet(KeepAliveHandler):
    """Print no request lines."""

    def log(self, *arguments: object) -> None:
        """Print nothing."""


def _serve(port: Connection, folder: str, slow: bool) -> None:
    """Serve a folder of buckets; send the port first."""
    store = ObjectStore(Path(folder))
    if not store.has_bucket(BUCKET):
        store.create_bucket(BUCKET)
    app = S3App(store, None)
    app = Slow(app) if slow else app
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    port.send(server.port)
    server.serve_forever()


@contextmanager
def serving(folder: Path, *, slow: bool = False) -> Iterator[str]:
    """Run an S3 server over `folder` in a separate process; yield its URL."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.Process(target=_serve, args=(there, str(folder), slow), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{here.recv()}"
    finally:
        process.terminate()
        process.join()


def upload(url: str, folder: Path, kind: str) -> None:
    """Put all formats of a kind into the bucket."""
    upload_folder(client(url), folder, f"s3://{BUCKET}/{kind}")


def label_counts(labels: list[int]) -> dict[int, int]:
    """Return the number of samples of each label, which all loaders must agree on."""
    return dict(sorted(Counter(labels).items()))
