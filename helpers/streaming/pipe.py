"""Reads shards from a Pipe channel, one named pipe after another; decodes nothing.

SageMaker streams all objects of a channel, one right after the other in the order of their keys,
through `<channel>_0`, and all of them again through `<channel>_1`, and so on: each pipe is a pass.
The stream has no names: the manifest, which comes first, lists the shards that follow and their
sizes. Other objects between them (sidecars) are skipped: a shard begins at the next tar header.

An instance has one stream, so one process of each instance reads it and skips the shards of other
ranks and splits. Every sample still comes once an epoch over all ranks, as from a folder. Only the
order differs: a rank's shards come in the order of their keys, and samples are mixed within a block
of them. A channel in another order (ShuffleConfig), or with a part of the shards (ShardedByS3Key),
can't be read; see shard_source.py.
"""

import json
import threading
import time
from pathlib import Path
from typing import BinaryIO

from helpers.manifest import NAME, BadManifest, Manifest
from helpers.streaming.received import Received
from helpers.streaming.tar import BLOCK, is_header

PIECE = 1 << 20
WAIT_S = 60.0
"""Seconds to wait for the next pipe, which SageMaker makes once the previous one is read."""


class PipeChannel:
    """One channel's stream over all passes; also the `Folder` of the manifest.

    Args:
        path: the channel without a pipe's number, such as /opt/ml/input/data/shards.
    """

    def __init__(self, path: str | Path, wait_s: float = WAIT_S) -> None:
        self.path, self._wait_s = str(path), wait_s
        self._number, self._pipe = -1, None
        self.received = Received()
        self._ahead = bytearray()
        """Bytes read from the pipe and not yet used."""
        self._order: list[tuple[str, int]] = []
        """Name and size in bytes of all shards, in the stream's order."""
        self._next = self._left = 0
        """The next shard's position in the order; bytes left of the current one."""
        self._lock = threading.Lock()

    def __str__(self) -> str:
        """Return the path."""
        return self.path

    def read(self, key: str, size: int | None = None) -> bytes:
        """Return the manifest, the first object of the stream.

        Raises:
            FileNotFoundError: the key is not the manifest's, or the stream begins with a shard.
            BadManifest: the stream does not begin with a manifest.
        """
        with self._lock:
            self._open_next()
            start = self._find_shard()
            text = self._ahead[:start].decode(errors="replace")
            if key != NAME or not text:
                raise FileNotFoundError(f"No {key} at the beginning of {self._name()}")
            try:
                _, end = json.JSONDecoder().raw_decode(text)
            except ValueError as error:
                message = f"{self._name()} does not begin with {NAME}: the channel's S3 prefix is"
                raise BadManifest(f"{message} the folder that notebooks/04 wrote") from error
            splits = Manifest.from_json(text[:end]).splits.values()
            self._order = sorted((s.name, s.bytes) for split in splits for s in split.shards)
            return text[:end].encode()

    def open_shard(self, uri: str, start: int, stop: int) -> BinaryIO:
        """Open a shard for reading from its first byte; skip the bytes before it.

        A shard that lies behind the current position is read from the next pass. One shard is open
        at a time.

        Raises:
            EOFError: the stream ends before the shard.
        """
        self._lock.acquire()
        try:
            self._seek(uri.removeprefix(f"{self.path}/"))
        except BaseException:
            self._lock.release()
            raise
        return ShardInPipe(self)

    def close(self) -> None:
        """Close the current pipe at its present position."""
        if self._pipe is not None:
            self._pipe.close()

    def close_shard(self) -> None:
        """Release the channel, so that the next shard can be opened."""
        self._lock.release()

    def take(self, size: int) -> bytes:
        """Return up to `size` bytes of the current shard, b"" at its end."""
        size = min(size, self._left)
        if self._ahead:
            data = bytes(self._ahead[:size])
            del self._ahead[:size]
        else:
            data = self._receive(size) if size else b""
        self._left -= len(data)
        return data

    def _seek(self, name: str) -> None:
        """Skip to the beginning of a shard."""
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
        """Skip to the first byte of the next shard."""
        start = self._find_shard()
        if start is None:
            raise EOFError(f"{self._name()} ended before {self._order[self._next][0]}")
        del self._ahead[:start]
        self._left = self._order[self._next][1]
        self._next += 1

    def _pass_over(self) -> None:
        """Skip to the end of the current shard."""
        while self._left:
            if not self.take(PIECE):
                raise EOFError(f"{self._name()} ended within {self._order[self._next - 1][0]}")

    def _find_shard(self) -> int | None:
        """Return the offset of the next tar header in the bytes ahead; None at the stream's end."""
        looked = 0
        while True:
            mark = self._ahead.find(b"ustar", looked)
            start = mark - 257  # the magic's offset in a header
            if mark >= 0 and len(self._ahead) >= start + BLOCK:
                if start >= 0 and is_header(bytes(self._ahead[start : start + BLOCK])):
                    return start
                looked = mark + 1
            elif more := self._receive(PIECE):
                looked = mark if mark >= 0 else max(len(self._ahead) - 4, 0)
                self._ahead += more
            else:
                return None

    def _open_next(self) -> None:
        """Read the current pipe to its end, as SageMaker requires, and open the next."""
        if self._pipe is not None:
            while self._receive(PIECE):
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

    def _receive(self, size: int) -> bytes:
        """Return up to `size` bytes of the current pipe."""
        data = self._pipe.read(size)
        self.received.add(len(data))
        return data

    def _name(self) -> str:
        """Return the path of the current pipe."""
        return f"{self.path}_{self._number}"


class ShardInPipe:
    """A shard that is being read."""

    def __init__(self, channel: PipeChannel) -> None:
        self._channel = channel

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes, b"" at the shard's end."""
        return self._channel.take(size)

    def close(self) -> None:
        """Close the shard; its unread bytes are skipped."""
        self._channel.close_shard()
