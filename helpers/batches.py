"""Batches of new raw data for rehearsals: good ones, and three that are wrong; starts nothing.

A batch is a small sample made with another seed, under ids of its own. It can be taken back: then
the raw data is as before.
"""

import io
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from PIL import Image

from helpers.config import Config
from helpers.datasets import Dataset, load_dataset
from helpers.manifest import Manifest
from helpers.media import audio
from helpers.s3 import S3Prefix
from helpers.samples import Record
from helpers.session import client
from helpers.storage import LocalFolder

SIZES = {"birds": {"recordings": 36, "recordists": 3}, "bins": {"images": 36, "broken": 0}}
SEED = 20_26
DRIFT = {"birds": "rain", "bins": "blurred"}
"""The change of each data set's `shifts` in which the live model can still check labels."""


@dataclass(frozen=True)
class Batch:
    """The objects of a batch, below the raw prefix."""

    name: str
    files: Mapping[str, bytes] = field(repr=False)
    before: Mapping[str, bytes] = field(repr=False)
    """The objects that it replaces: a table of all records."""

    def __repr__(self) -> str:
        size = sum(map(len, self.files.values())) / 1e6
        return f"<Batch {self.name}: {len(self.files)} objects, {size:.1f} MB>"


def raw_prefix(config: Config) -> S3Prefix:
    """Return the folder of the raw data."""
    return S3Prefix(client(config, "s3"), config.uri("raw"))


def good_batch(config: Config, name: str = "new", seed: int = SEED) -> Batch:
    """Make records of new recordists or shelves, as good as those of the sample."""
    dataset, raw = load_dataset(config.dataset), raw_prefix(config)
    with tempfile.TemporaryDirectory() as folder:
        dataset.make_sample(Path(folder) / "raw", seed=seed, **SIZES.get(dataset.name, {}))
        made = LocalFolder(Path(folder) / "raw")
        files = {entry.key: made.read(entry.key) for entry in made.list(etags=False)}
    files = dataset.as_batch(files, name, raw.read)
    there = {entry.key for entry in raw.list()}
    return Batch(name, files, {key: raw.read(key) for key in files if key in there})


def wrong_labels(dataset: Dataset, batch: Batch) -> Batch:
    """Return a batch in which each record has the object of one with another label."""
    records = _records(dataset, batch)
    by_label = sorted(records, key=lambda record: record.label)
    half = len(by_label) // 2
    turned = [*by_label[half:], *by_label[:half]]
    pairs = zip(by_label, turned, strict=True)
    return _changed(batch, "wrong labels", {
        record.media: batch.files[other.media] for record, other in pairs
    })  # fmt: skip


def leaked_copies(
    dataset: Dataset, batch: Batch, manifest: Manifest, read: Callable[[str], bytes]
) -> Batch:
    """Return a batch whose objects are copies of known ones.

    Args:
        manifest: of the known ones.
        read: returns the bytes of a known one.
    """
    known = sorted(manifest.sources["etags"])
    records = _records(dataset, batch)
    copied = {record.media: read(known[n % len(known)]) for n, record in enumerate(records)}
    return _changed(batch, "copies", copied)


def empty_objects(dataset: Dataset, batch: Batch) -> Batch:
    """Return a batch of silence, or of black photos."""
    data = _empty(dataset)
    return _changed(batch, "empty", {each.media: data for each in _records(dataset, batch)})


def drifted(dataset: Dataset, batch: Batch) -> Batch:
    """Return a batch that was recorded under a change of the traffic, with its right labels."""
    shifts = dataset.shifts()
    name = DRIFT.get(dataset.name, next(iter(shifts)))
    return _changed(batch, name, {
        record.media: shifts[name](batch.files[record.media], np.random.default_rng(number))
        for number, record in enumerate(_records(dataset, batch))
    })  # fmt: skip


def _empty(dataset: Dataset) -> bytes:
    if dataset.content_types[0].startswith("audio/"):
        return audio.encode(np.zeros(10 * audio.SAMPLE_RATE, np.float32), "ogg")
    out = io.BytesIO()
    Image.new("RGB", (300, 300)).save(out, "JPEG")
    return out.getvalue()


def _records(dataset: Dataset, batch: Batch) -> list[Record]:
    """Return the records whose objects are in the batch."""
    records, _ = dataset.records(batch.files.keys(), batch.files.__getitem__)
    return records


def _changed(batch: Batch, words: str, files: Mapping[str, bytes]) -> Batch:
    return replace(batch, name=f"{batch.name}, {words}", files={**batch.files, **files})


def bring(config: Config, batch: Batch) -> None:
    """Upload a batch: media first, so that no metadata is without its object."""
    raw, media = raw_prefix(config), f"{load_dataset(config.dataset).media_prefix}/"
    for key in sorted(batch.files, key=lambda key: (not key.startswith(media), key)):
        raw.write(key, batch.files[key])


def take_back(config: Config, batch: Batch) -> None:
    """Delete a batch's objects, and bring back what they replaced."""
    raw = raw_prefix(config)
    for key in batch.files.keys() - batch.before.keys():
        raw.delete(key)
    for key, data in batch.before.items():
        raw.write(key, data)
