"""Records and samples, the types that all data sets share; knows no data set and no file."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

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
class Remark:
    """A raw object with the reason why it gives no sample, or why it is kept nevertheless."""

    source: str
    """Key of the object, or path in the user's folder."""
    reason: str


def causes(remarks: Iterable[Remark | dict]) -> list[tuple[str, int]]:
    """Return the kinds of reason with their numbers, the most frequent first.

    A reason's kind is what stands before its colon.
    """
    kinds: Counter[str] = Counter()
    for remark in remarks:
        reason = remark["reason"] if isinstance(remark, dict) else remark.reason
        kinds[reason.split(":")[0]] += 1
    return sorted(kinds.items(), key=lambda item: (-item[1], item[0]))


@dataclass(frozen=True)
class Relation:
    """A pair of records of which one repeats the other, by their contents."""

    id: str
    other: str
    reason: str
    dropped: bool
    """True where `id` adds nothing to `other`; else both are kept, in one split."""


@dataclass(frozen=True)
class Sample:
    """One sample, as it is stored in a shard."""

    key: str
    """Unique in the data set, without dots: `<record id>-<start in ms>` or `<record id>`."""
    media: bytes
    extension: str
    """Without a dot: ogg, flac, jpg."""
    meta: dict
    """Travels as JSON beside the media; holds at least `label` and `source`, and `start` (seconds)
    where a raw object is cut into several."""


@dataclass(frozen=True)
class Inputs:
    """One raw object as a network takes it: nothing of it is stored."""

    arrays: list[np.ndarray]
    """What `decode` would give for each of its samples."""
    spans: list[tuple[float, float | None]] | None = None
    """Start and end of each in seconds of the raw object; None where it is not cut."""
    measures: dict = field(default_factory=dict)
    """What was measured of the raw object, such as its `seconds`."""
