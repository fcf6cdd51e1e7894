"""Caches decoded samples from epoch to epoch; knows bytes and arrays, no shards, no batches."""

from collections.abc import Callable
from hashlib import blake2b

import numpy as np


class DecodeCache:
    """A `decode` with a cache, up to a limit, for media that come again every epoch.

    No array is evicted: in a random order, every cached sample saves as much as another. Once the
    cache is full, other samples are decoded each time. The arrays are read-only.

    Args:
        decode: turns the bytes of a sample's media into an array.
        limit: bytes of arrays to cache, in each process that decodes.
    """

    def __init__(self, decode: Callable[[bytes], np.ndarray], limit: int):
        self.decode, self.left = decode, limit
        self.known: dict[bytes, np.ndarray] = {}

    def __call__(self, data: bytes) -> np.ndarray:
        """Return the array of a sample's media, from the cache if it is there."""
        key = blake2b(data, digest_size=16).digest()
        array = self.known.get(key)
        if array is None:
            array = self.decode(data)
            if array.nbytes <= self.left:
                self.left -= array.nbytes
                array.flags.writeable = False
                self.known[key] = array
        return array
