"""Measures the size and the CPU time of each store of a data set's samples; writes no shard."""

import time
from collections.abc import Sequence
from pathlib import PurePosixPath

import pandas as pd

from helpers.costs import S3_GB_MONTH
from helpers.datasets.base import Dataset
from helpers.samples import Record, Sample, Unreadable
from helpers.storage import Folder


def some_records(dataset: Dataset, raw: Folder, count: int) -> list[tuple[Record, bytes]]:
    """Return about `count` records, evenly spread over a raw folder, with their bytes."""
    entries = list(raw.list(etags=False))
    media = [e.key for e in entries if e.key.startswith(f"{dataset.media_prefix}/")]
    count = min(count, len(media))
    chosen = {PurePosixPath(media[i * len(media) // count]).stem for i in range(count)}
    keys = [e.key for e in entries if "/" not in e.key or PurePosixPath(e.key).stem in chosen]
    records, _ = dataset.records(keys, raw.read)
    return [(record, raw.read(record.media)) for record in records]


def measure_stores(dataset: Dataset, raw: Sequence[tuple[Record, bytes]]) -> pd.DataFrame:
    """Make the samples of some raw objects in every store, and decode them again.

    Returns:
        A row per store: `samples`, `kB` a sample, `ms to make` one (cleaning included) and
        `ms to decode` one. Unreadable objects are left out.
    """
    rows = []
    for store in dataset.stores:
        for sample in _made(dataset, *raw[0], store):  # loads imports and models
            dataset.decode(sample.media)
        began = time.process_time()
        samples = [sample for record, data in raw for sample in _made(dataset, record, data, store)]
        made = time.process_time()
        for sample in samples:
            dataset.decode(sample.media)
        decoded = time.process_time()
        count = max(len(samples), 1)
        size = sum(len(sample.media) for sample in samples)
        per_sample = (size / 1e3, (made - began) * 1e3, (decoded - made) * 1e3)
        rows.append((store, len(samples), *(value / count for value in per_sample)))
    columns = ["store", "samples", "kB", "ms to make", "ms to decode"]
    return pd.DataFrame(rows, columns=columns).set_index("store")


def at_scale(stores: pd.DataFrame, samples: int) -> pd.DataFrame:
    """Extrapolate the measurements to `samples` samples.

    Returns:
        A row per store: `GB`, `dollars a month` in S3, and `core minutes an epoch` of decoding.
    """
    table = pd.DataFrame({"GB": stores["kB"] * samples / 1e6})
    table["dollars a month"] = table["GB"] * S3_GB_MONTH
    table["core minutes an epoch"] = stores["ms to decode"] * samples / 60e3
    return table


def _made(dataset: Dataset, record: Record, data: bytes, store: str) -> list[Sample]:
    try:
        return dataset.samples(record, data, store)
    except Unreadable:
        return []
