"""What raw objects and samples are, before there is a data set; it knows shapes and names alone."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field


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
    """Why a raw object gives no sample, or why it stays where one might expect otherwise."""

    source: str
    """Key of the object, or path in the user's folder."""
    reason: str


def causes(remarks: Iterable[Remark | dict]) -> list[tuple[str, int]]:
    """Return (kind of reason, count), the most frequent first; numbers in reasons don't matter."""
    kinds: Counter[str] = Counter()
    for remark in remarks:
        reason = remark["reason"] if isinstance(remark, dict) else remark.reason
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
    """Travels as JSON beside the media; holds at least `label` and `source`, and `start` (seconds)
    where a raw object is cut into several."""
