"""Feeds a channel to a job through named pipes, one for each pass over the objects; knows no job.

Contract: Pipe input mode,
https://docs.aws.amazon.com/sagemaker/latest/dg/model-access-training-data.html and the
CreateTrainingJob reference. `<channel>_0` exists before the job begins; when its reader has closed
it, it is removed and `<channel>_1` is made, and so on until the job ends.
Left out: RecordIO wrapping, augmented manifest files.
"""

import fcntl
import gzip
import logging
import os
import random
import threading
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import BinaryIO

from local_aws.state import paths

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.02
"""Seconds between two checks whether a reader has opened a pipe."""
PIECE = 1 << 20


class ChannelPipes(threading.Thread):
    """Feeds one channel to one instance until `end` is called.

    Args:
        files: the objects' files in the order of their keys.
        seed: ShuffleConfig's seed; None keeps the order of the keys.
        unzip: CompressionType Gzip: the job reads the objects decompressed.
        delay: returns the seconds to wait before some bytes go on, the first ones of an object or
            others.
    """

    def __init__(
        self,
        folder: Path,
        channel: str,
        files: Sequence[Path],
        seed: int | None = None,
        unzip: bool = False,
        delay: Callable[[int, bool], float] = lambda size, first: 0.0,
    ):
        super().__init__(name=f"pipe-{channel}", daemon=True)
        self._path = lambda epoch: paths.below(folder, f"{channel}_{epoch}")
        self._files, self._seed, self._unzip = files, seed, unzip
        self._delay, self._over = delay, threading.Event()
        os.mkfifo(self._path(0))

    def end(self) -> None:
        """Make no further pipe; an open one ends with its reader."""
        self._over.set()

    def run(self) -> None:
        """Fill one pipe after the other."""
        for epoch in count():
            descriptor = self._wait_for_reader(self._path(epoch))
            if descriptor is None:
                return
            self._fill(descriptor, epoch)
            self._path(epoch).unlink(missing_ok=True)
            if self._over.is_set():
                return
            if not self._make(self._path(epoch + 1)):
                return

    def _make(self, path: Path) -> bool:
        """Make the next pipe, on a full disk once there is room; return False at the job's end."""
        while True:
            try:
                os.mkfifo(path)
                return True
            except FileNotFoundError:
                return False  # the instance's disk is gone, and so is the job
            except OSError:
                if self._over.wait(LOOK_SECONDS):
                    return False

    def _wait_for_reader(self, path: Path) -> int | None:
        """Open the pipe once it has a reader; return None at the job's end."""
        while not self._over.is_set():
            try:
                # A blocking open would wait for ever if the job never reads this channel.
                descriptor = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
            except OSError:  # ENXIO: no reader yet; ENOENT: the disk is gone
                self._over.wait(LOOK_SECONDS)
                continue
            os.set_blocking(descriptor, True)
            if hasattr(fcntl, "F_SETPIPE_SZ"):
                with suppress(OSError):  # over the user's limit: it stays at 64 KiB
                    fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, PIECE)
            return descriptor
        return None

    def _fill(self, descriptor: int, epoch: int) -> None:
        """Write all objects, one after the other, until the reader closes the pipe."""
        with open(descriptor, "wb", buffering=0) as pipe:
            try:
                for file in self._order(epoch):
                    with gzip.open(file) if self._unzip else file.open("rb", buffering=0) as source:
                        self._copy(source, pipe)
            except BrokenPipeError:
                pass  # the reader closed it early, or its process has ended
            except (OSError, EOFError, zlib.error):
                # An object was deleted while the job runs, or is not gzip: the pipe ends early.
                log.exception("pipe %s", self._path(epoch))

    def _copy(self, source: BinaryIO, pipe: BinaryIO) -> None:
        """Write an object's bytes, as late as a slow S3 sends them."""
        is_first = True
        while piece := source.read(PIECE):
            if seconds := self._delay(len(piece), is_first):
                self._over.wait(seconds)
            pipe.write(piece)
            is_first = False

    def _order(self, epoch: int) -> Iterator[Path]:
        """Yield the files of one pass in their order."""
        files = list(self._files)
        if self._seed is not None:
            random.Random(f"{self._seed}/{epoch}").shuffle(files)
        yield from files
