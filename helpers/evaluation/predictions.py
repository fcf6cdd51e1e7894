"""A model's predictions for all samples of a split; knows shards and JSON lines, no network."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from helpers.datasets import Dataset
from helpers.manifest import Manifest, ShardInfo
from helpers.storage import Folder
from helpers.streaming.shard_reader import CorruptShard, find_samples

DIGITS = 6
"""Significant digits that are stored: real differences are far larger."""


class Model(Protocol):
    """The members of predict.py's Predictor that are used here."""

    dataset: Dataset

    def probabilities(self, samples: list[np.ndarray]) -> np.ndarray:
        """Return float64 (n, classes) for decoded samples."""


@dataclass(frozen=True)
class Predictions:
    """The predictions for a split's samples, each once, in the order of their shards."""

    labels: list[str]
    keys: list[str]
    sources: list[str]
    """The key of each sample's raw object."""
    shards: list[str]
    """The name of each sample's shard."""
    targets: np.ndarray
    """int64 (samples,), positions in `labels`."""
    probabilities: np.ndarray
    """float64 (samples, classes)."""

    def __len__(self) -> int:
        """Return the number of samples."""
        return len(self.keys)

    def __repr__(self) -> str:
        """Describe their number and their accuracy."""
        recordings = len(set(self.sources))
        right = f"{100 * self.accuracy:.1f} % right"
        return f"<Predictions: {len(self)} samples of {recordings} sources, {right}>"

    @property
    def accuracy(self) -> float:
        """Return the share of correct predictions."""
        return float((self.probabilities.argmax(1) == self.targets).mean())

    def worst(self, count: int) -> list[int]:
        """Return the samples with the lowest probability of the true class, worst first."""
        truth = self.probabilities[np.arange(len(self)), self.targets]
        return np.argsort(truth, kind="stable")[:count].tolist()

    def take(self, chosen: Sequence[int]) -> "Predictions":
        """Return the predictions for some samples, in the order of `chosen`."""
        keys, sources, shards = (
            [each[i] for i in chosen] for each in (self.keys, self.sources, self.shards)
        )
        rows = list(chosen)
        return Predictions(
            self.labels, keys, sources, shards, self.targets[rows], self.probabilities[rows]
        )

    def title(self, index: int) -> str:
        """Describe one prediction, such as `said hoopoe (0.91), true wlwwar (0.02)`."""
        row, truth = self.probabilities[index], int(self.targets[index])
        answer = int(row.argmax())
        right = "right" if answer == truth else f"true {self.labels[truth]} ({row[truth]:.2f})"
        return f"said {self.labels[answer]} ({row[answer]:.2f}), {right}"

    def lines(self) -> Iterator[str]:
        """Yield one JSON line for each sample."""
        rows = zip(self.keys, self.sources, self.shards, self.targets.tolist(), strict=True)
        for (key, source, shard, target), row in zip(rows, self.probabilities, strict=True):
            chances = dict(zip(self.labels, row.tolist(), strict=True))
            record = {"key": key, "source": source, "shard": shard, "target": self.labels[target]}
            yield json.dumps({**record, "probabilities": chances}, ensure_ascii=False)

    @classmethod
    def from_lines(cls, text: str | bytes) -> "Predictions":
        """Read the lines of `lines`.

        Raises:
            ValueError: the text has no line.
        """
        text = text if isinstance(text, str) else text.decode()
        # Not splitlines: it also cuts at U+2028 and the like, which a label may hold.
        rows = [json.loads(line) for line in text.split("\n") if line.strip()]
        if not rows:
            raise ValueError("No predictions: run notebooks/07 again")
        labels = list(rows[0]["probabilities"])
        return cls(
            labels,
            [row["key"] for row in rows],
            [row["source"] for row in rows],
            [row["shard"] for row in rows],
            np.array([labels.index(row["target"]) for row in rows]),
            np.array([[row["probabilities"][label] for label in labels] for row in rows]),
        )


def predict_split(
    model: Model,
    folder: Folder,
    manifest: Manifest,
    split: str,
    *,
    threads: int = 4,
    batch: int = 32,
    on_shard: Callable[[ShardInfo], object] = lambda info: None,
) -> Predictions:
    """Predict every sample of a split, shard after shard.

    Args:
        on_shard: called with each shard when it is done.

    Raises:
        CorruptShard: the shards differ from the manifest, or a key comes twice.
    """
    rows, parts = [], [np.zeros((0, len(manifest.labels)))]
    with ThreadPoolExecutor(threads) as pool:
        for info in manifest.split(split).shards:
            samples = read_shard(folder.read(info.name, info.bytes), info)
            rows += [(meta, info.name, key) for key, meta, _ in samples]
            for start in range(0, len(samples), batch):
                media = [data for _, _, data in samples[start : start + batch]]
                parts.append(model.probabilities(list(pool.map(model.dataset.decode, media))))
            on_shard(info)
    keys = [key for _, _, key in rows]
    check_counts([meta["label"] for meta, _, _ in rows], keys, manifest, split)
    return Predictions(
        list(manifest.labels),
        keys,
        [meta["source"] for meta, _, _ in rows],
        [shard for _, shard, _ in rows],
        np.array([manifest.labels.index(meta["label"]) for meta, _, _ in rows]),
        rounded(np.concatenate(parts)),
    )


def check_counts(labels: list[str], keys: list[str], manifest: Manifest, split: str) -> None:
    """Check the number of samples of each label against the manifest.

    Raises:
        CorruptShard: the numbers differ, or a sample came twice.
    """
    seen, listed = Counter(labels), Counter(manifest.split(split).counts)
    if twice := len(keys) - len(set(keys)):
        raise CorruptShard(f"{twice} samples of {split} come twice: run notebooks/04 again")
    if seen != listed:
        raise CorruptShard(f"{split} holds {dict(seen)}, its manifest lists {dict(listed)}")


def rounded(values: np.ndarray) -> np.ndarray:
    """Return numbers rounded as in the file, so that both give the same scores."""
    flat = [float(f"{value:.{DIGITS}g}") for value in values.ravel().tolist()]
    return np.array(flat).reshape(values.shape)


def read_shard(data: bytes, info: ShardInfo) -> list[tuple[str, dict, bytes]]:
    """Return (key, metadata, media) of each sample of a shard.

    Raises:
        CorruptShard: its MD5 differs from the manifest's.
    """
    if hashlib.md5(data).hexdigest() != info.md5:
        raise CorruptShard(f"{info.name} differs from the manifest's MD5: run notebooks/04 again")
    return [
        (
            position.key,
            json.loads(data[position.meta : position.meta + position.meta_size]),
            data[position.media : position.media + position.media_size],
        )
        for position in find_samples(data, info.name)
    ]


def media_of(
    predictions: Predictions, chosen: Sequence[int], folder: Folder, manifest: Manifest
) -> list[bytes]:
    """Return the stored media of some samples, which were the model's input."""
    infos = {info.name: info for split in manifest.splits.values() for info in split.shards}
    media: dict[str, bytes] = {}
    for name in {predictions.shards[index] for index in chosen}:
        samples = read_shard(folder.read(name, infos[name].bytes), infos[name])
        media |= {key: data for key, _, data in samples}
    return [media[predictions.keys[index]] for index in chosen]
