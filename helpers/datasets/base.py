"""What a data set of the course is; it knows shapes and names, and nothing of S3 or torch."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np


class Unreadable(ValueError):
    """A raw object that can't be used; the message is the reason listed in the manifest."""


@dataclass(frozen=True)
class Record:
    """One raw object (a recording, a photo) with its row of metadata."""

    id: str
    """Unique in the data set, without dots and slashes: it becomes part of a shard's sample key."""
    media: str
    """Key of the raw object below the raw prefix, such as `train_audio/<label>/<id>.ogg`."""
    label: str
    groups: tuple[str, ...]
    """Names of all groups it belongs to; records that share one stay in one split."""
    meta: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Drop:
    """A raw object that gives no sample, and why."""

    source: str
    reason: str


def causes(drops: Iterable[Drop | dict]) -> list[tuple[str, int]]:
    """Return (kind of reason, count), the most frequent first; numbers in reasons don't matter."""
    kinds: Counter[str] = Counter()
    for drop in drops:
        reason = drop["reason"] if isinstance(drop, dict) else drop.reason
        kinds[reason.split(":")[0]] += 1
    return sorted(kinds.items(), key=lambda item: (-item[1], item[0]))


@dataclass(frozen=True)
class Relation:
    """Two records of which one repeats the other, as their contents say."""

    id: str
    other: str
    reason: str
    dropped: bool
    """True where `id` adds nothing to `other`; else both stay, in one split."""


@dataclass(frozen=True)
class Sample:
    """One training sample, as it lies in a shard."""

    key: str
    """Unique in the data set, without dots: `<record id>-<start in ms>` or `<record id>`."""
    media: bytes
    extension: str
    """Without a dot: ogg, flac, jpg."""
    meta: dict
    """Travels as JSON beside the media; holds at least `label` and `source`."""


class Dataset(Protocol):
    """One interface for both data sets, so that every notebook and job is written once.

    A data set in which copies hide behind other bytes has two methods more,
    for sharding/survey.py:
    `survey(data: bytes) -> bytes`, what to remember of one raw object, and
    `relate(records, findings: dict[str, bytes]) -> list[Relation]`, with findings by record id.
    """

    name: str
    title: str
    """For headings and figures, such as 'Bird song'."""
    media_prefix: str
    """Folder of the raw media below the raw prefix: `train_audio`, `bin-images`."""
    content_types: tuple[str, ...]
    """What an endpoint for this data set accepts."""
    stores: tuple[str, ...]
    """Ways a sample can lie in a shard; the first is the default."""

    def make_sample(self, folder: Path, *, seed: int = 0, **sizes: int) -> None:
        """Write a small, deterministic, believable raw data set below `folder`."""

    def ingest(self, source: Path, folder: Path) -> list[Drop]:
        """Lay out a folder of the user's own files below `folder` as this data set has them."""

    def ddl(self, database: str, table: str, location: str) -> str:
        """Return the Hive DDL of an external table over the metadata JSON files."""

    def records(
        self, keys: Iterable[str], read: Callable[[str], bytes]
    ) -> tuple[list[Record], list[Drop]]:
        """Return all records, sorted by id, and what is set aside.

        `keys` are the keys below the raw prefix, `read` returns one of them as bytes.
        """

    def samples(self, record: Record, data: bytes, store: str) -> list[Sample]:
        """Clean one raw object and cut it into samples.

        Raises:
            Unreadable: the object gives no sample; the message says why.
        """

    def decode(self, data: bytes) -> np.ndarray:
        """Return a stored sample's media as an array of one fixed shape and integer dtype."""
