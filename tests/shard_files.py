"""Shards of numbered 8-byte samples on disk, with their manifest, for tests of the stream."""

import hashlib
import io
import json
from collections import Counter
from pathlib import Path

import numpy as np

from helpers.manifest import Manifest, ShardInfo, SplitInfo, class_weights
from helpers.streaming.tar import TarWriter


def decode(data: bytes) -> np.ndarray:
    return np.frombuffer(data, np.uint8).reshape(2, 4)


def shard(numbers: range) -> bytes:
    """Return a shard of samples `s<n>` of label `l<n % 3>` whose first byte is n % 256.

    In every fifth there are l0 and a label that the manifest does not list, too.
    """
    out = io.BytesIO()
    writer = TarWriter(out)
    for n in numbers:
        writer.add(f"s{n:05d}.jpg", n.to_bytes(8, "little"))
        meta = {"label": f"l{n % 3}"} | ({"secondary_labels": ["l0", "x"]} if n % 5 == 0 else {})
        writer.add(f"s{n:05d}.json", json.dumps(meta).encode())
    writer.close()
    return out.getvalue()


def make_split(folder: Path, split: str, counts: list[int]) -> SplitInfo:
    """Write shards of `counts` samples each, numbered through."""
    infos, start = [], 0
    (folder / split).mkdir(parents=True, exist_ok=True)
    for index, count in enumerate(counts):
        data = shard(range(start, start + count))
        name = f"{split}/{split}-{index:06d}.tar"
        (folder / name).write_bytes(data)
        infos.append(ShardInfo(name, count, len(data), hashlib.md5(data).hexdigest()))
        start += count
    labels = Counter(f"l{n % 3}" for n in range(start))
    return SplitInfo(start, sum(info.bytes for info in infos), dict(labels), [], infos)


def make_manifest(folder: Path, counts: list[int]) -> Manifest:
    """Write train and test shards with the same samples; validation is empty."""
    splits = {split: make_split(folder, split, counts) for split in ("train", "test")}
    splits["validation"] = SplitInfo(0, 0, {}, [], [])
    labels = ["l0", "l1", "l2"]
    weights = class_weights(splits["train"].counts)
    return Manifest("birds", "ogg", 0, labels, splits, weights, sources={"count": 0, "etags": {}})
