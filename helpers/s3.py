"""S3 in bulk: listings, a prefix as a folder, parallel copies, reads that resume; makes no client.

Give clients `max_pool_connections` of at least `threads`.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from helpers.parallel import run_parallel
from helpers.paths import all_below, partial
from helpers.s3_uris import is_uri, join_uri, parse_uri
from helpers.storage import Entry, Folder, LocalFolder, read_resuming

THREADS = 16
_ABSENT = {"NoSuchKey", "NoSuchBucket", "404"}
_PASSING = {"SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout", "503", "500"}


def list_objects(client: Any, uri: str) -> Iterator[Entry]:
    """Yield all objects below a URI as entries whose keys are relative to it, sorted."""
    bucket, prefix = parse_uri(uri)
    prefix = f"{prefix.rstrip('/')}/" if prefix.strip("/") else ""
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    for page in pages:
        for item in page.get("Contents", ()):
            key = item["Key"].removeprefix(prefix)
            # The console makes empty objects such as `folder/`.
            if key and (item["Size"] or not key.endswith("/")):
                yield Entry(key, item["Size"], item["ETag"].strip('"'), item["LastModified"])


class Body:
    """An object's bytes as they arrive; a broken connection raises ConnectionError."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes, and b"" at the end."""
        try:
            return self._stream.read(size)
        except (BotoCoreError, OSError) as error:
            raise ConnectionError(f"the connection broke: {error}") from error

    def close(self) -> None:
        """Close the connection if the body isn't at its end."""
        self._stream.close()


def open_object(client: Any, uri: str, start: int = 0, stop: int | None = None) -> Body:
    """Open bytes `start` to `stop` of an object.

    Raises:
        FileNotFoundError: there is no such object.
        EOFError: the object ends before byte `start`.
        ConnectionError: a temporary error, after boto3's own retries.
    """
    bucket, key = parse_uri(uri)
    last = "" if stop is None else stop - 1
    ranged = {} if start == 0 and stop is None else {"Range": f"bytes={start}-{last}"}
    try:
        return Body(client.get_object(Bucket=bucket, Key=key, **ranged)["Body"])
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in _ABSENT:
            raise FileNotFoundError(f"No object at {uri}") from error
        if code == "InvalidRange":
            raise EOFError(f"{uri} ends before byte {start:,}") from error
        if code in _PASSING:
            raise ConnectionError(f"{uri}: {error}") from error
        raise
    except BotoCoreError as error:
        raise ConnectionError(f"{uri}: {error}") from error


def shard_opener(client: Any) -> Callable[[str, int, int], Body]:
    """Return the `open_shard` of make_loader for shards in S3."""
    return lambda uri, start, stop: open_object(client, uri, start, stop)


def read_object(client: Any, uri: str, size: int | None = None) -> bytes:
    """Return an object's bytes; resume at the byte where a connection broke.

    Raises:
        FileNotFoundError: there is no such object.
        ConnectionError: the connection broke again and again.
    """
    if size is None:
        bucket, key = parse_uri(uri)
        try:
            size = client.head_object(Bucket=bucket, Key=key)["ContentLength"]
        except ClientError as error:
            if error.response["Error"]["Code"] in _ABSENT:
                raise FileNotFoundError(f"No object at {uri}") from error
            raise
    data = bytearray(size)
    if size:
        read_resuming(lambda at: open_object(client, uri, at, size), memoryview(data))
    return bytes(data)


class S3Prefix:
    """All objects below `s3://bucket/prefix`."""

    def __init__(self, client: Any, uri: str) -> None:
        self.client, self.uri = client, uri.rstrip("/")

    def __str__(self) -> str:
        """Return the URI."""
        return self.uri

    def list(self, prefix: str = "", *, etags: bool = True) -> Iterator[Entry]:
        """Yield all objects, sorted by key; listings of S3 include the etags."""
        folder, _, _ = prefix.rpartition("/")
        for entry in list_objects(self.client, f"{self.uri}/{folder}"):
            key = f"{folder}/{entry.key}" if folder else entry.key
            if key.startswith(prefix):
                yield replace(entry, key=key)

    def read(self, key: str, size: int | None = None) -> bytes:
        """Return an object's bytes; with a known `size` in one request."""
        return read_object(self.client, f"{self.uri}/{key}", size)

    def write(self, key: str, data: bytes) -> None:
        """Put an object."""
        bucket, path = self._address(key)
        self.client.put_object(Bucket=bucket, Key=path, Body=data)

    def upload(self, path: Path, key: str) -> None:
        """Upload a file, in parallel parts if it is large."""
        bucket, name = self._address(key)
        self.client.upload_file(str(path), bucket, name)

    def delete(self, key: str) -> None:
        """Remove an object."""
        bucket, path = self._address(key)
        self.client.delete_object(Bucket=bucket, Key=path)

    def _address(self, key: str) -> tuple[str, str]:
        """Return bucket and full key."""
        return parse_uri(f"{self.uri}/{key}")


def open_folder(location: str | Path, make_client: Callable[[], Any]) -> Folder:
    """Return the folder at a path or an `s3://` URI; only the latter needs a client."""
    if is_uri(str(location)):
        return S3Prefix(make_client(), str(location))
    return LocalFolder(location)


def upload_folder(
    client: Any, folder: Path, uri: str, *, threads: int = THREADS, title: str | None = None
) -> int:
    """Upload all files of a folder in parallel; return how many.

    All files are sent, also those that S3 has already: it offers no cheap comparison.
    """
    bucket, prefix = parse_uri(uri)
    files = sorted(path for path in Path(folder).rglob("*") if path.is_file())

    def put(path: Path) -> None:
        key = join_uri(prefix, path.relative_to(folder).as_posix()).lstrip("/")
        client.upload_file(str(path), bucket, key)

    return run_parallel(put, files, threads=threads, title=title or f"to {uri}", total=len(files))


def download_prefix(
    client: Any, uri: str, folder: Path, *, threads: int = THREADS, title: str | None = None
) -> int:
    """Download all objects below a URI in parallel; return their number.

    Resumable: a file gets its name only when it is complete; one of the right size is kept.

    Raises:
        UnsafeName: a key can't be a file in `folder`; the message has the key; nothing is written.
    """
    objects = list(list_objects(client, uri))
    files = all_below(folder, (entry.key for entry in objects))

    def get(entry: Entry) -> None:
        path = files[entry.key]
        if path.exists() and path.stat().st_size == entry.size:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        part = partial(path)
        part.write_bytes(read_object(client, join_uri(uri, entry.key), entry.size))
        part.replace(path)

    return run_parallel(
        get, objects, threads=threads, title=title or f"from {uri}", total=len(objects)
    )
