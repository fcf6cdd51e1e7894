"""Keeps decoded samples from epoch to epoch; it knows bytes and arrays, no shards, no batches."""

from collections.abc import Callable
from hashlib import blake2b

import numpy as np


class DecodeCache:
    """A `decode` that keeps its answers, up to a limit, for media that come again every epoch.

    Nothing is thrown out: in a random order every kept sample saves as much as another, and what
    finds no room is decoded each time. The arrays are read-only.

    Args:
        decode: bytes of a sample's media to an array.
        limit: bytes of arrays to keep, in each process that decodes.
    """

    def __init__(self, decode: Callable[[bytes], np.ndarray], limit: int):
        self.decode, self.left = decode, limit
        self.known: dict[bytes, np.ndarray] = {}

    def __call__(self, data: bytes) -> np.ndarray:
        """Return the array of these media."""
        key = blake2b(data, digest_size=16).digest()
        array = self.known.get(key)
        if array is None:
            array = self.decode(data)
            if array.nbytes <= self.left:
                self.left -= array.nbytes
                array.flags.writeable = False
                self.known[key] = array
        return array
