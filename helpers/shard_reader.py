"""Fetch whole shards ahead into memory and find the samples in them; it decodes nothing.

Threads fetch, several parts of a shard at a time where it comes over a network; a broken read
goes on at its byte. Buffers are used again, so memory stays flat.
"""

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from helpers.manifest import ShardInfo
from helpers.shared import SharedBuffer
from helpers.storage import read_resuming
from helpers.tar import TarError, members

PART = 8 << 20
OpenShard = Callable[[str, int, int], BinaryIO]
"""Opens bytes start to stop of a shard's URI; raises ConnectionError for what may pass."""


class CorruptShard(ValueError):
    """A shard is not what the manifest says; the message names it and says what is wrong."""


class Place(NamedTuple):
    """Where in a shard's bytes one sample lies."""

    key: str
    media: int
    media_size: int
    meta: int
    meta_size: int


def find_samples(data: bytes | memoryview, name: str) -> list[Place]:
    """Return where each sample of a shard lies: one media file and one .json each.

    Raises:
        CorruptShard: cut short, damaged, or with a sample that lacks a part.
    """
    places: list[Place] = []
    key, parts = None, {}
    try:
        for member, offset, size in members(data):
            stem, _, extension = member.partition(".")
            if stem != key:
                _finish(places, key, parts, name)
                key, parts = stem, {}
            parts["meta" if extension == "json" else "media"] = (offset, size)
    except TarError as error:
        raise CorruptShard(f"{name} is corrupt: {error}") from error
    _finish(places, key, parts, name)
    return places


def _finish(places: list[Place], key: str | None, parts: dict, name: str) -> None:
    """Append a sample whose members are all seen."""
    if key is None:
        return
    if len(parts) != 2:
        raise CorruptShard(f"{name}: sample {key!r} needs a media file and a .json")
    places.append(Place(key, *parts["media"], *parts["meta"]))


def open_local(path: str, start: int, stop: int) -> BinaryIO:
    """Open a shard on disk (a File or FastFile channel) at a byte."""
    file = open(path, "rb", buffering=0)
    file.seek(start)
    return file


@dataclass
class Loaded:
    """A shard in memory."""

    buffer: SharedBuffer
    places: list[Place]


class ShardReader:
    """Holds the shards that are in use or will be next.

    Args:
        source: a folder, or an `s3://` URI, below which the shards' names lie.
        open_shard: how to open a shard at a URI; None for a folder.
        verify: compare each shard's MD5 with the manifest's (costs 2 ms a MB).
        in_order: read one shard at a time, whole, in the order in which they are asked for.
    """

    def __init__(
        self,
        source: str,
        shards: Sequence[ShardInfo],
        open_shard: OpenShard | None,
        *,
        verify: bool = False,
        in_order: bool = False,
        threads: int = 8,
    ) -> None:
        if source.startswith("s3://") and open_shard is None:
            raise ValueError("A stream from s3:// needs open_shard=helpers.s3.shard_opener(client)")
        self.source, self.shards, self.verify = source.rstrip("/"), shards, verify
        self._open = open_shard or open_local
        self._part = PART if open_shard and not in_order else 1 << 62
        self._size = max((shard.bytes for shard in shards), default=0)
        self._fetch = ThreadPoolExecutor(threads, thread_name_prefix="shard-part")
        self._load = ThreadPoolExecutor(1 if in_order else 4, thread_name_prefix="shard")
        self._held: dict[int, Future[Loaded]] = {}
        self._free: list[SharedBuffer] = []
        self.bytes = 0
        """Held now, counting shards on their way."""

    def start(self, shard: int) -> None:
        """Begin to fetch a shard unless that was done before."""
        if shard not in self._held:
            buffer = self._free.pop() if self._free else SharedBuffer(self._size)
            self._held[shard] = self._load.submit(self._fill, self.shards[shard], buffer)
            self.bytes += self.shards[shard].bytes

    def get(self, shard: int) -> Loaded:
        """Return a shard, waiting for it if need be.

        Raises:
            CorruptShard: it is not what the manifest says.
            ConnectionError: it could not be read after several tries; the message names it.
        """
        self.start(shard)
        return self._held[shard].result()

    def release(self, shard: int) -> None:
        """Give a shard's memory back."""
        future = self._held.pop(shard)
        self.bytes -= self.shards[shard].bytes
        if not future.cancel() and not future.exception():
            self._free.append(future.result().buffer)

    def release_all(self) -> None:
        """Give all memory back, waiting for what is on its way."""
        for shard in list(self._held):
            self.release(shard)

    def close(self) -> None:
        """End the threads."""
        self.release_all()
        self._load.shutdown()
        self._fetch.shutdown()
        self._free.clear()

    def _fill(self, info: ShardInfo, buffer: SharedBuffer) -> Loaded:
        """Fetch one shard into a buffer and look through it."""
        uri, data = f"{self.source}/{info.name}", buffer.view(info.bytes)
        starts = range(0, info.bytes, self._part)
        ends = [min(start + self._part, info.bytes) for start in starts]
        parts = [
            self._fetch.submit(self._fill_part, uri, data, start, end)
            for start, end in zip(starts, ends, strict=True)
        ]
        for part in parts:
            part.result()
        if self.verify and hashlib.md5(data).hexdigest() != info.md5:
            raise CorruptShard(f"{uri} is corrupt: its MD5 is not the manifest's {info.md5}")
        places = find_samples(data, uri)
        if len(places) != info.samples:
            raise CorruptShard(f"{uri} has {len(places)} samples, the manifest {info.samples}")
        return Loaded(buffer, places)

    def _fill_part(self, uri: str, data: memoryview, start: int, end: int) -> None:
        """Fetch bytes `start` to `end` of a shard."""
        try:
            read_resuming(lambda at: self._open(uri, start + at, end), data[start:end])
        except FileNotFoundError as error:
            raise FileNotFoundError(f"No shard at {uri}: run notebooks/04 again") from error
        except EOFError as error:
            raise CorruptShard(f"{uri} is cut short: {error}") from error
        except ConnectionError as error:
            raise ConnectionError(f"Could not read {uri}: {error}") from error
