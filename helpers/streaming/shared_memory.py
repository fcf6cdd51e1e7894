"""Memory shared by processes through file descriptors, without names; knows no samples."""

import mmap
import os
import tempfile
import weakref
from collections import deque
from itertools import count
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle, send_handle

import numpy as np

_numbers = count()


class SharedBuffer:
    """A block of shared memory without a name, freed with the last process that maps it.

    So a kill -9 leaks no memory, and a container's small /dev/shm does not matter.
    """

    def __init__(self, size: int) -> None:
        self.number, self.size = next(_numbers), size
        self._file = _anonymous_file(size)
        self.map = mmap.mmap(self._file, max(size, 1))

    def view(self, size: int) -> memoryview:
        """Return its first `size` bytes, writable."""
        return memoryview(self.map)[:size]

    def send(self, connection: Connection, pid: int) -> None:
        """Send it to a process that calls `receive` on the other end."""
        send_handle(connection, self._file, pid)

    def __del__(self) -> None:
        """Close the descriptor; processes that still map the memory keep it."""
        os.close(self._file)


class BatchBuffers:
    """Buffers of batches; a buffer is reused once its batch is no longer referenced."""

    def __init__(self, most: int) -> None:
        self._free: deque[SharedBuffer] = deque()
        self._made, self._most = 0, most

    def take(self, size: int) -> SharedBuffer:
        """Return a free buffer of at least `size` bytes."""
        if self._free and self._free[0].size >= size:
            return self._free.popleft()
        self._made += 1
        return SharedBuffer(size)

    def lend(self, buffer: SharedBuffer, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
        """Return an array in the buffer; once it is no longer used, the buffer is free again."""
        array = np.frombuffer(buffer.map, dtype, count=int(np.prod(shape)))
        weakref.finalize(array, self._free.append, buffer).atexit = False
        return array.reshape(shape)

    def keep(self, array: np.ndarray) -> np.ndarray:
        """Return an array that a caller may keep: a copy if too many buffers are in use."""
        return array if self._free or self._made <= self._most else array.copy()


def receive(connection: Connection) -> mmap.mmap:
    """Map the buffer that another process sends."""
    file = recv_handle(connection)
    try:
        return mmap.mmap(file, os.fstat(file).st_size)
    finally:
        os.close(file)


def _anonymous_file(size: int) -> int:
    """Return a descriptor of memory, or of an unlinked file on systems without memfd (macOS)."""
    if hasattr(os, "memfd_create"):
        file = os.memfd_create("stream")
    else:
        with tempfile.TemporaryFile() as temporary:
            file = os.dup(temporary.fileno())
    os.ftruncate(file, max(size, 1))
    return file
