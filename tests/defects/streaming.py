"""Defects of how samples reach the ranks: counted often, drawn by several ranks, left out."""

import random
from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import Path
from unittest.mock import patch

import numpy as np

from helpers.manifest import NAME, Manifest, ShardInfo, SplitInfo, load_manifest
from helpers.storage import LocalFolder
from helpers.stream import make_loader
from helpers.streaming.plan import EpochPlan
from helpers.streaming.workers import BadSample
from tests.defects.bench import Bench, Defect
from tests.made_shards import LABELS, write_shard
from tests.shard_files import decode, make_manifest

COUNTS = [12, 12, 12, 12, 12, 12, 12, 3]
WORLD, WORKERS, BATCH = 2, 4, 8
EVERYTHING = Counter(f"s{n:05d}" for n in range(sum(COUNTS)))


def loader(folder: Path, split: str, rank: int, workers: int = WORKERS, **options):
    """Return one rank's batches of a split."""
    shares = {"rank": rank, "world_size": WORLD, "workers": workers, "batch_size": BATCH}
    options = {"decode": decode, "shuffle": split == "train", **shares, **options}
    return make_loader(load_manifest(LocalFolder(folder)), split, str(folder), **options)


def shards(bench: Bench) -> Path:
    """Write shards; return their folder."""
    manifest = make_manifest(bench.folder, COUNTS)
    (bench.folder / NAME).write_text(manifest.to_json())
    return bench.folder


def batches_of(folder: Path, split: str, rank: int, epoch: int = 0, **options) -> list:
    """Return the batches of one epoch, the loader closed."""
    found = loader(folder, split, rank, **options)
    found.set_epoch(epoch)
    try:
        return list(found)
    finally:
        found.close()


def keys(batches: list) -> Counter:
    """Count the samples."""
    return Counter(key for batch in batches for key in batch.keys)


def evaluates_each_sample_once(evaluate, bench: Bench) -> None:
    """2 ranks with 4 workers each see the split once, its tail included."""
    folder = shards(bench)
    seen = sum((keys(evaluate(folder, "test", rank)) for rank in range(WORLD)), Counter())
    assert seen == EVERYTHING


def every_worker_reads_all(folder: Path, split: str, rank: int) -> list:
    """Lack split_by_worker: each of the loader's workers gives the rank's whole share."""
    return [b for _ in range(WORKERS) for b in batches_of(folder, split, rank, workers=0)]


def tail_dropped(folder: Path, split: str, rank: int) -> list:
    """Leave the last batch out, as drop_last does."""
    return [batch for batch in batches_of(folder, split, rank) if len(batch) == BATCH]


class ClockSeeded(EpochPlan):
    """Shuffles the shards by a seed of each rank's own, then takes the rank's part of them."""

    def slices(self):
        clock = random.Random(f"{self.rank}/{self.epoch}")
        order = clock.sample(range(len(self.counts)), len(self.counts))
        shuffled = [self.counts[shard] for shard in order]
        plain = EpochPlan(shuffled, self.sizes, self.batch_size, self.rank, self.world_size)
        return [replace(part, shard=order[part.shard]) for part in plain.slices()]


def ranks_train_on_disjoint_sets(plan: type[EpochPlan], bench: Bench) -> None:
    """Both ranks together see every training sample once, in each of three epochs."""
    folder = shards(bench)
    with patch("helpers.stream.EpochPlan", plan):
        for epoch in range(3):
            share = partial(batches_of, folder, "train", epoch=epoch, workers=0)
            assert keys(share(0)) + keys(share(1)) == EVERYTHING


def bad(data: bytes) -> np.ndarray:
    """Decode all samples but two."""
    if data[0] in (5, 50):
        raise ValueError("truncated")
    return decode(data)


def zeros_instead(data: bytes) -> np.ndarray:
    """Make zeros of what can't be decoded."""
    try:
        return bad(data)
    except ValueError:
        return np.zeros((2, 4), np.uint8)


def no_unreadable_sample_becomes_zeros(decoder, bench: Bench) -> None:
    """A sample that can't be decoded ends the epoch by its name; none is a label's zeros."""
    folder = shards(bench)
    try:
        batches_of(folder, "test", 0, workers=0, decode=decoder)
    except BadSample as error:
        assert "s00005" in str(error) and "truncated" in str(error)
    else:
        raise AssertionError("the unreadable sample was trained on")


def sparse_manifest(bench: Bench) -> Manifest:
    """Write a training split of labels 0, 1, 2 and a validation split that lacks 0."""
    splits = {}
    for split, targets in {"train": [0, 1, 2] * 3, "validation": [2, 1, 2]}.items():
        part = [(f"{split}{i}-{target}", target) for i, target in enumerate(targets)]
        info: ShardInfo = write_shard(bench.folder, f"{split}/a.tar", part, lambda t: b"x", "jpg")
        counts = {label: targets.count(i) for i, label in enumerate(LABELS)}
        splits[split] = SplitInfo(len(part), info.bytes, counts, [], [info])
    return Manifest("bins", "jpg", 0, LABELS, splits, dict.fromkeys(LABELS, 1.0))


def labels_have_one_index(manifest_of, bench: Bench) -> None:
    """A label is the same number in every split, one that lacks some labels too."""
    manifest = sparse_manifest(bench)
    how = {"decode": lambda data: np.zeros(1, np.uint8), "batch_size": 9, "shuffle": False}
    for split in manifest.splits:
        for batch in make_loader(manifest_of(manifest, split), split, str(bench.folder), **how):
            assert batch.target.tolist() == [int(key[-1]) for key in batch.keys]


def own_index(manifest: Manifest, split: str) -> Manifest:
    """Number the labels that a split has, as a validation set with an index of its own does."""
    own = [label for label, count in manifest.splits[split].counts.items() if count]
    return replace(manifest, labels=own)


DEFECTS = [
    Defect(
        "no split_by_worker: samples evaluated 4 times",
        evaluates_each_sample_once, batches_of, every_worker_reads_all,
    ),
    Defect("tail batch dropped", evaluates_each_sample_once, batches_of, tail_dropped),
    Defect("shards shuffled by the clock", ranks_train_on_disjoint_sets, EpochPlan, ClockSeeded),
    Defect("zeros with a label, in the stream", no_unreadable_sample_becomes_zeros, bad,
           zeros_instead),
    Defect("validation has its own label index", labels_have_one_index, lambda m, split: m,
           own_index),
]  # fmt: skip
