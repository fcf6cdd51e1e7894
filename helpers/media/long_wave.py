"""Keeps a wave that is appended block by block, a long one in a file; knows samples, no format."""

import tempfile

import numpy as np

IN_MEMORY = 32 << 20
"""Bytes, four minutes at 32 kHz: a longer wave lies in a temporary file without a name."""
_ITEM = 4


class LongWave:
    """Float32 samples; `len` and slices without a step, which are copies, as with an array."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(IN_MEMORY)
        self._length = 0

    def __del__(self) -> None:
        self._file.close()

    def append(self, block: np.ndarray) -> None:
        """Add samples at the end."""
        self._file.seek(self._length * _ITEM)
        self._file.write(np.ascontiguousarray(block, np.float32))
        self._length += len(block)

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, part: slice) -> np.ndarray:
        start, stop, _ = part.indices(self._length)
        self._file.seek(start * _ITEM)
        return np.frombuffer(self._file.read(max(0, stop - start) * _ITEM), np.float32)

    def __array__(self, dtype: object = None, copy: bool | None = None) -> np.ndarray:
        return self[:].astype(dtype or np.float32)


Wave = np.ndarray | LongWave
"""What has a length and slices: a function that reads by slices takes both."""
