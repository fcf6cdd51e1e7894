"""Fetches whole shards ahead into memory and finds the samples in them; decodes nothing.

Threads fetch in the order of need, over a network several parts of a shard at a time, and a run's
first shard with all threads; a broken read resumes at its byte. Buffers are reused, so memory stays
flat.
"""

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from helpers.manifest import ShardInfo
from helpers.s3_uris import is_uri
from helpers.storage import read_resuming
from helpers.streaming.received import Received
from helpers.streaming.shared_memory import SharedBuffer
from helpers.streaming.tar import TarError, members

PART = 8 << 20
FIRST_PART = 1 << 20
"""Part size of the first shard, for which the run waits; smaller parts cost too many requests."""
OpenShard = Callable[[str, int, int], BinaryIO]
"""Opens bytes start to stop of a shard's URI; raises ConnectionError for temporary errors."""


class CorruptShard(ValueError):
    """A shard differs from its entry in the manifest; the message names both."""


class SampleLocation(NamedTuple):
    """The offsets and sizes of one sample in a shard's bytes."""

    key: str
    media: int
    media_size: int
    meta: int
    meta_size: int


def find_samples(data: bytes | memoryview, name: str) -> list[SampleLocation]:
    """Return the location of each sample in a shard: one media file and one .json each.

    Raises:
        CorruptShard: it is truncated or damaged, or a sample lacks one of its files.
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
    """Append the location of a sample once both its files are seen."""
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
    """A shard in memory or being fetched."""

    buffer: SharedBuffer
    parts: list[Future]
    loaded: Future[Loaded]


class ShardReader:
    """Holds the shards in use, and fetches the next ones.

    Args:
        source: a folder, or an `s3://` URI, below which the shards' names lie.
        open_shard: how to open a shard at a URI; None for a folder.
        verify: compare each shard's MD5 with the manifest's (costs 2 ms a MB).
        in_order: read one whole shard at a time, in the order of the `start` calls.
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
        self.received = Received()
        self._open = self.received.opener(open_shard or open_local)
        self._threads = 1 if in_order else threads
        self._part = PART if open_shard and not in_order else 1 << 62
        self._size = max((shard.bytes for shard in shards), default=0)
        self._fetch = ThreadPoolExecutor(self._threads, thread_name_prefix="shard-part")
        self._load = ThreadPoolExecutor(4, thread_name_prefix="shard")
        self._held: dict[int, Held] = {}
        self._free: list[SharedBuffer] = []
        self.bytes = 0
        """Bytes of all shards held or being fetched."""

    def start(self, shard: int) -> None:
        """Start to fetch a shard, unless it is held already."""
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
        """Return a shard; wait until it is loaded.

        Raises:
            CorruptShard: it differs from its entry in the manifest.
            ConnectionError: it could not be read after several tries; the message has its URI.
        """
        self.start(shard)
        return self._held[shard].loaded.result()

    def release(self, shard: int) -> None:
        """Release a shard's memory; wait for its running reads."""
        held = self._held.pop(shard)
        self.bytes -= self.shards[shard].bytes
        if not held.loaded.cancel() and not held.loaded.exception():
            self._free.append(held.buffer)

    def release_all(self) -> None:
        """Release all memory; cancel the fetches that have not started."""
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
        """Queue a shard's parts behind the parts of earlier shards."""
        part = self._part
        if first and part == PART:
            part = min(PART, max(FIRST_PART, -(-info.bytes // self._threads)))
        starts = range(0, info.bytes, part)
        return [
            self._fetch.submit(self._fill_part, info, data, start, min(start + part, info.bytes))
            for start in starts
        ]

    def _look(self, info: ShardInfo, buffer: SharedBuffer, parts: list[Future]) -> Loaded:
        """Check a shard and find its samples, once all parts are fetched."""
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
