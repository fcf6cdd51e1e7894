"""Fetch whole shards ahead into memory and find the samples in them; it decodes nothing.

Threads fetch in the order of need, several parts of a shard at a time where it comes over a
network, and a run's first shard by all of them; a broken read goes on at its byte. Buffers are used
again, so memory stays flat.
"""

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from helpers.manifest import ShardInfo
from helpers.s3_uris import is_uri
from helpers.storage import read_resuming
from helpers.streaming.shared_memory import SharedBuffer
from helpers.streaming.tar import TarError, members

PART = 8 << 20
FIRST_PART = 1 << 20
"""Of the shard that a run waits for; smaller ones cost more in requests than they save."""
OpenShard = Callable[[str, int, int], BinaryIO]
"""Opens bytes start to stop of a shard's URI; raises ConnectionError for errors that may pass."""


class CorruptShard(ValueError):
    """A shard differs from its entry in the manifest; the message names both."""


class SampleLocation(NamedTuple):
    """Where in a shard's bytes one sample lies."""

    key: str
    media: int
    media_size: int
    meta: int
    meta_size: int


def find_samples(data: bytes | memoryview, name: str) -> list[SampleLocation]:
    """Return where each sample of a shard lies: one media file and one .json each.

    Raises:
        CorruptShard: cut short, damaged, or with a sample that lacks a part.
    """
    locations: list[SampleLocation] = []
    key, parts = None, {}
    try:
        for member, offset, size in members(data):
            stem, _, extension = member.partition(".")
            if stem != key:
                _finish(locations, key, parts, name)
                key, parts = stem, {}
            parts["meta" if extension == "json" else "media"] = (offset, size)
    except TarError as error:
        raise CorruptShard(f"{name} is corrupt: {error}") from error
    _finish(locations, key, parts, name)
    return locations


def _finish(locations: list[SampleLocation], key: str | None, parts: dict, name: str) -> None:
    """Append a sample whose members are all seen."""
    if key is None:
        return
    if len(parts) != 2:
        raise CorruptShard(f"{name}: sample {key!r} needs a media file and a .json")
    locations.append(SampleLocation(key, *parts["media"], *parts["meta"]))


def open_local(path: str, start: int, stop: int) -> BinaryIO:
    """Open a shard on disk (a File or FastFile channel) at a byte."""
    file = open(path, "rb", buffering=0)
    file.seek(start)
    return file


@dataclass
class Loaded:
    """A shard in memory."""

    buffer: SharedBuffer
    locations: list[SampleLocation]


class Held(NamedTuple):
    """A shard in memory or on its way."""

    buffer: SharedBuffer
    parts: list[Future]
    loaded: Future[Loaded]


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
        if is_uri(source) and open_shard is None:
            raise ValueError("A stream from s3:// needs open_shard=helpers.s3.shard_opener(client)")
        self.source, self.shards, self.verify = source.rstrip("/"), shards, verify
        self._open, self._threads = open_shard or open_local, 1 if in_order else threads
        self._part = PART if open_shard and not in_order else 1 << 62
        self._size = max((shard.bytes for shard in shards), default=0)
        self._fetch = ThreadPoolExecutor(self._threads, thread_name_prefix="shard-part")
        self._load = ThreadPoolExecutor(4, thread_name_prefix="shard")
        self._held: dict[int, Held] = {}
        self._free: list[SharedBuffer] = []
        self.bytes = 0
        """Held now, counting shards on their way."""

    def start(self, shard: int) -> None:
        """Begin to fetch a shard unless that was done before."""
        if shard in self._held:
            return
        info, buffer = self.shards[shard], self._free.pop() if self._free else None
        buffer = buffer or SharedBuffer(self._size)
        parts = self._fetch_parts(info, buffer.view(info.bytes), first=not self._held)
        loaded = self._load.submit(self._look, info, buffer, parts)
        self._held[shard] = Held(buffer, parts, loaded)
        self.bytes += info.bytes

    def is_there(self, shard: int) -> bool:
        """Return whether `get` would not wait."""
        return shard in self._held and self._held[shard].loaded.done()

    def get(self, shard: int) -> Loaded:
        """Return a shard, waiting for it if need be.

        Raises:
            CorruptShard: it is not what the manifest says.
            ConnectionError: it could not be read after several tries; the message names it.
        """
        self.start(shard)
        return self._held[shard].loaded.result()

    def release(self, shard: int) -> None:
        """Give a shard's memory back, waiting for reads on their way."""
        held = self._held.pop(shard)
        self.bytes -= self.shards[shard].bytes
        if not held.loaded.cancel() and not held.loaded.exception():
            self._free.append(held.buffer)

    def release_all(self) -> None:
        """Give all memory back; shards whose fetch has not begun are left."""
        for part in [part for held in self._held.values() for part in held.parts]:
            part.cancel()
        for shard in list(self._held):
            self.release(shard)

    def close(self) -> None:
        """End the threads."""
        self.release_all()
        self._load.shutdown()
        self._fetch.shutdown()
        self._free.clear()

    def _fetch_parts(self, info: ShardInfo, data: memoryview, *, first: bool) -> list[Future]:
        """Queue a shard's parts behind those of the shards before it."""
        part = self._part
        if first and part == PART:
            part = min(PART, max(FIRST_PART, -(-info.bytes // self._threads)))
        starts = range(0, info.bytes, part)
        return [
            self._fetch.submit(self._fill_part, info, data, start, min(start + part, info.bytes))
            for start in starts
        ]

    def _look(self, info: ShardInfo, buffer: SharedBuffer, parts: list[Future]) -> Loaded:
        """Look through a shard once all of it is there."""
        for part in parts:
            part.result()
        uri, data = f"{self.source}/{info.name}", buffer.view(info.bytes)
        if self.verify and hashlib.md5(data).hexdigest() != info.md5:
            raise CorruptShard(f"{uri} is corrupt: its MD5 is not the manifest's {info.md5}")
        locations = find_samples(data, uri)
        if len(locations) != info.samples:
            raise CorruptShard(f"{uri} has {len(locations)} samples, the manifest {info.samples}")
        return Loaded(buffer, locations)

    def _fill_part(self, info: ShardInfo, data: memoryview, start: int, end: int) -> None:
        """Fetch bytes `start` to `end` of a shard."""
        uri = f"{self.source}/{info.name}"
        try:
            read_resuming(lambda at: self._open(uri, start + at, end), data[start:end])
        except FileNotFoundError as error:
            raise FileNotFoundError(f"No shard at {uri}: run notebooks/04 again") from error
        except EOFError as error:
            raise CorruptShard(f"{uri} is cut short: {error}") from error
        except ConnectionError as error:
            raise ConnectionError(f"Could not read {uri}: {error}") from error
