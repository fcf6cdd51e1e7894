"""The size of shards against time, requests and memory; sums over given rates, reads no shard."""

from collections.abc import Sequence

import pandas as pd

from helpers.planning.quantities import S3_READ
from helpers.planning.stores import S3, Store

SIZES_MB = (0.06, 1, 8, 64, 256, 1024)
BLOCKS = 2
"""Blocks of shards in memory at once: one is used while the next is read (stream.py)."""
BLOCK_MB = 64.0
"""Bytes of shards whose samples are mixed, as the stream's `block_bytes`, in megabytes."""
REQUEST_MB = 8.0


def shard_sizes(
    gigabytes: float,
    sizes_mb: Sequence[float] = SIZES_MB,
    *,
    connections: int = 8,
    store: Store = S3,
) -> pd.DataFrame:
    """Return for each size of object: count, seconds for one pass, dollars, memory, shortest pass.

    Args:
        gigabytes: of the data set.
        sizes_mb: of one object; the smallest may be a single sample.
        connections: at a time, on one instance; an object is read in requests of 8 MB.
    """
    return pd.DataFrame([_row(gigabytes, size, connections, store) for size in sizes_mb])


def _row(gigabytes: float, size: float, connections: int, store: Store) -> dict:
    request = min(size, REQUEST_MB)
    rate = connections * request / (store.latency + request / store.connection)
    requests = gigabytes * 1000 / request
    return {
        "object MB": size,
        "objects": round(gigabytes * 1000 / size),
        "MB/s": rate,
        "hours a pass": gigabytes * 1000 / rate / 3600,
        "requests $ a pass": requests * store.request,
        "memory MB": BLOCKS * max(size, BLOCK_MB),
        "to first batch s": store.latency + request / store.connection,
    }


def dollars_for_gets(gigabytes: float, object_mb: float) -> float:
    """Return the dollars of S3's GETs for one pass over objects of one size, a GET for each."""
    return gigabytes * 1000 / object_mb * S3_READ.value
