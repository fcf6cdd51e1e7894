"""Shards out of a Pipe channel, one named pipe after another; it decodes nothing and asks no AWS.

SageMaker streams all objects of a channel, one right after the other in the order of their keys,
through `<channel>_0`, and all of them again through `<channel>_1`, and so on: each pipe is a pass.
The stream has no names: the manifest, which comes first, says which shards follow and how long
they are. What lies between them (sidecars) is passed over: a shard begins at the next tar header.

What is exact over a pipe: an instance has one stream, so one process an instance reads it, and
passes over the shards of other ranks and splits. Every sample comes once an epoch over all ranks,
as from a folder; only the order differs: a rank's shards come in the order of their keys, and
samples are mixed within a block of them. A channel without the manifest's order (ShuffleConfig)
or with a part of the shards (ShardedByS3Key) can't be read so; see shard_source.py.
"""

import json
import threading
import time
from pathlib import Path
from typing import BinaryIO

from helpers.manifest import NAME, BadManifest, Manifest
from helpers.streaming.tar import BLOCK, is_header

PIECE = 1 << 20
WAIT_S = 60.0
"""For the next pass's pipe, which the platform makes when the one before was read."""


class PipeChannel:
    """One channel's stream, from pass to pass; usable as the folder that the manifest is read from.

    Args:
        path: without the number, such as /opt/ml/input/data/shards.
    """

    def __init__(self, path: str | Path, wait_s: float = WAIT_S) -> None:
        self.path, self._wait_s = str(path), wait_s
        self._number, self._pipe = -1, None
        self._ahead = bytearray()
        """Read of the pipe and not yet used."""
        self._order: list[tuple[str, int]] = []
        """Name and bytes of all shards, as they come."""
        self._next = self._left = 0
        """The coming shard's place in the order; bytes left of the present one."""
        self._lock = threading.Lock()

    def __str__(self) -> str:
        """Return the path."""
        return self.path

    def read(self, key: str, size: int | None = None) -> bytes:
        """Return the manifest, the one object that is known before the stream.

        Raises:
            FileNotFoundError: another key is asked for, or the stream begins with a shard.
            BadManifest: the stream begins with something else.
        """
        with self._lock:
            self._open_next()
            start = self._find_shard()
            text = self._ahead[:start].decode(errors="replace")
            if key != NAME or not text:
                raise FileNotFoundError(f"No {key} at the begin of {self._name()}")
            try:
                _, end = json.JSONDecoder().raw_decode(text)
            except ValueError as error:
                message = f"{self._name()} does not begin with {NAME}: the channel's S3 prefix is"
                raise BadManifest(f"{message} the folder that notebooks/04 wrote") from error
            splits = Manifest.from_json(text[:end]).splits.values()
            self._order = sorted((s.name, s.bytes) for split in splits for s in split.shards)
            return text[:end].encode()

    def open_shard(self, uri: str, start: int, stop: int) -> BinaryIO:
        """Open a shard for reading from its first byte, passing over the bytes before it.

        A shard that went by already begins the next pass. One shard is open at a time.

        Raises:
            EOFError: the stream ends before it.
        """
        self._lock.acquire()
        try:
            self._seek(uri.removeprefix(f"{self.path}/"))
        except BaseException:
            self._lock.release()
            raise
        return ShardInPipe(self)

    def close(self) -> None:
        """Leave the stream where it is."""
        if self._pipe is not None:
            self._pipe.close()

    def close_shard(self) -> None:
        """Let the next one be opened."""
        self._lock.release()

    def take(self, size: int) -> bytes:
        """Return up to `size` bytes of the present shard, b"" at its end."""
        size = min(size, self._left)
        if self._ahead:
            data = bytes(self._ahead[:size])
            del self._ahead[:size]
        else:
            data = self._pipe.read(size) if size else b""
        self._left -= len(data)
        return data

    def _seek(self, name: str) -> None:
        """Go on to where a shard begins."""
        index = [known for known, _ in self._order].index(name)
        self._pass_over()
        if self._pipe is None or index < self._next:
            self._open_next()
        while True:
            self._begin_shard()
            if self._next > index:
                return
            self._pass_over()

    def _begin_shard(self) -> None:
        """Stand at the first byte of the coming shard."""
        start = self._find_shard()
        if start is None:
            raise EOFError(f"{self._name()} ended before {self._order[self._next][0]}")
        del self._ahead[:start]
        self._left = self._order[self._next][1]
        self._next += 1

    def _pass_over(self) -> None:
        """Go on to the end of the present shard."""
        while self._left:
            if not self.take(PIECE):
                raise EOFError(f"{self._name()} ended within {self._order[self._next - 1][0]}")

    def _find_shard(self) -> int | None:
        """Return where in the bytes ahead the next tar header is, None if there is none."""
        looked = 0
        while True:
            mark = self._ahead.find(b"ustar", looked)
            start = mark - 257  # where the format has its magic
            if mark >= 0 and len(self._ahead) >= start + BLOCK:
                if start >= 0 and is_header(bytes(self._ahead[start : start + BLOCK])):
                    return start
                looked = mark + 1
            elif more := self._pipe.read(PIECE):
                looked = mark if mark >= 0 else max(len(self._ahead) - 4, 0)
                self._ahead += more
            else:
                return None

    def _open_next(self) -> None:
        """Read the present pass to its end, as AWS's contract demands, and open the next."""
        if self._pipe is not None:
            while self._pipe.read(PIECE):
                pass
            self._pipe.close()
        self._number += 1
        end = time.monotonic() + self._wait_s
        while not Path(self._name()).exists():
            if time.monotonic() > end:
                raise FileNotFoundError(f"No pipe {self._name()} after {self._wait_s:.0f} s")
            time.sleep(0.005)
        self._pipe = open(self._name(), "rb", buffering=0)
        self._ahead.clear()
        self._next = self._left = 0

    def _name(self) -> str:
        """Return the present pass's pipe."""
        return f"{self.path}_{self._number}"


class ShardInPipe:
    """A shard that is being read."""

    def __init__(self, channel: PipeChannel) -> None:
        self._channel = channel

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes, b"" at the shard's end."""
        return self._channel.take(size)

    def close(self) -> None:
        """Close the channel; unread bytes are passed over."""
        self._channel.close_shard()
