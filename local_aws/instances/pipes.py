"""A channel as named pipes, one for each pass over its objects; knows files, and nothing of jobs.

Contract: Pipe input mode, https://docs.aws.amazon.com/sagemaker/latest/dg/model-access-training-data.html
and the CreateTrainingJob reference. `<channel>_0` is there before the job begins; when it was read,
or its reader let go of it, it is removed and `<channel>_1` appears, until the job ends. Left out:
RecordIO wrapping, augmented manifest files.
"""

import fcntl
import gzip
import logging
import os
import random
import threading
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from shutil import copyfileobj

from local_aws.state import paths

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.02
"""Between two looks whether somebody has opened a pipe."""
PIECE = 1 << 20


class ChannelPipes(threading.Thread):
    """Feeds one channel to one instance until it is told to end.

    Args:
        files: the objects' files in the order of their keys.
        seed: of ShuffleConfig; None leaves the order of the keys.
        unzip: CompressionType Gzip: the job reads what is in the objects.
    """

    def __init__(
        self,
        folder: Path,
        channel: str,
        files: Sequence[Path],
        seed: int | None = None,
        unzip: bool = False,
    ):
        super().__init__(name=f"pipe-{channel}", daemon=True)
        self._path = lambda epoch: paths.below(folder, f"{channel}_{epoch}")
        self._files, self._seed, self._unzip = files, seed, unzip
        self._over = threading.Event()
        os.mkfifo(self._path(0))

    def end(self) -> None:
        """Make no further pipe; the one that is open ends with its reader."""
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
        """Make the next pipe, on a full disk as soon as there is room; False at the job's end."""
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
        """Return the pipe's open end once it has a reader, or None at the job's end."""
        while not self._over.is_set():
            try:
                # A plain open would wait for ever for a job that never reads this channel.
                descriptor = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
            except OSError:  # ENXIO: nobody reads yet; ENOENT: the disk is gone
                self._over.wait(LOOK_SECONDS)
                continue
            os.set_blocking(descriptor, True)
            if hasattr(fcntl, "F_SETPIPE_SZ"):
                with suppress(OSError):  # more than a user may have: it stays at 64 KiB
                    fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, PIECE)
            return descriptor
        return None

    def _fill(self, descriptor: int, epoch: int) -> None:
        """Write all objects, one right after the other; a reader may have enough before."""
        with open(descriptor, "wb", buffering=0) as pipe:
            try:
                for file in self._order(epoch):
                    with gzip.open(file) if self._unzip else file.open("rb", buffering=0) as source:
                        copyfileobj(source, pipe, PIECE)
            except BrokenPipeError:
                pass  # it was closed early, or its process has ended
            except (OSError, EOFError, zlib.error):
                # An object was deleted while the job runs, or is no gzip: its pipe ends short.
                log.exception("pipe %s", self._path(epoch))

    def _order(self, epoch: int) -> Iterator[Path]:
        """Yield the files of one pass."""
        files = list(self._files)
        if self._seed is not None:
            random.Random(f"{self._seed}/{epoch}").shuffle(files)
        yield from files
