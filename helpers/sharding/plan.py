"""Plans the shards: splits the records, shuffles and cuts them by a seed; opens no raw object.

The plan depends on ids, labels, groups and etags, so every instance computes the same one.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType

from helpers.samples import Record, Remark, causes
from helpers.sharding.splits import FRACTIONS, SPLITS, split_records
from helpers.storage import Entry, fingerprint

FORMAT = 1
"""Part of every digest: raise it when the same plan gives other bytes."""


@dataclass(frozen=True)
class PlannedShard:
    """The records of one shard, in the order in which they are written."""

    name: str
    """Without suffix, such as `train/train-000000`."""
    split: str
    records: tuple[Record, ...]
    digest: str
    """Hash of everything that the shard's bytes depend on, except the code."""
    twins: Mapping[str, str]
    """{media of a record with the same bytes as another: that record's media}."""

    @property
    def tar(self) -> str:
        """Return the key of the shard."""
        return f"{self.name}.tar"

    @property
    def sidecar(self) -> str:
        """Return the key of the JSON beside the shard, which is written after it."""
        return f"{self.name}.json"


@dataclass(frozen=True)
class Plan:
    """All shards of a data set, and the records set aside before any object is opened."""

    dataset: str
    store: str
    seed: int
    labels: tuple[str, ...]
    shards: tuple[PlannedShard, ...]
    set_aside: tuple[Remark, ...]
    joined: tuple[Remark, ...]
    names: Mapping[str, str]
    """Paths of the user's files, by record id, where their names differ from the ids."""
    label_names: Mapping[str, str]
    """Labels in words."""
    source: str
    """Name of the raw data."""
    fingerprint: str
    """Fingerprint of all objects of the raw data."""
    objects: int
    """Number of raw objects, with and without a record."""
    etags: Mapping[str, str]
    sizes: Mapping[str, int]
    """Bytes of each raw object: with a known size, one request reads it instead of two."""

    def part(self, rank: int, instances: int) -> list[PlannedShard]:
        """Return the shards of one of `instances` instances."""
        return list(self.shards[rank::instances])

    @property
    def size(self) -> int:
        """Return the number of records."""
        return sum(len(shard.records) for shard in self.shards)


def make_plan(
    dataset: str,
    records: Sequence[Record],
    set_aside: Iterable[Remark],
    objects: Iterable[Entry],
    *,
    store: str,
    media_prefix: str = "",
    joined: Iterable[Remark] = (),
    names: Mapping[str, str] | None = None,
    label_names: Mapping[str, str] | None = None,
    source: str = "",
    seed: int = 0,
    labels: Sequence[str] | None = None,
    records_per_shard: int = 256,
    shard_bytes: int = 64 << 20,
    fractions: Mapping[str, float] = FRACTIONS,
    kept: Mapping[str, str] = MappingProxyType({}),
) -> Plan:
    """Split the records, shuffle them by the seed, and cut them into shards of about equal count.

    Args:
        objects: the listing of the raw data, which gives sizes and etags.
        media_prefix: prefix of the raw objects' keys; other keys are metadata.
        joined: near copies, which are kept in one split with their originals, with the reason.
        names: paths of the user's files, by record id, where their names differ from the ids.
        label_names: labels in words.
        source: name of the raw data.
        records_per_shard: largest number of raw objects in a shard.
        shard_bytes: about the largest size of a shard's raw objects, in bytes.
        fractions: shares of train, validation and test.
        kept: splits of groups in an earlier split, which they keep.

    Raises:
        ValueError: there are no records, or the object of a record is not listed.
    """
    objects = list(objects)
    listing = {entry.key: entry for entry in objects}
    lost = [record.media for record in records if record.media not in listing]
    if lost:
        raise ValueError(f"No raw object for {lost[0]} and {len(lost) - 1} more")
    set_aside = tuple(set_aside)
    if not records:
        why = "; ".join(f"{count} x {reason}" for reason, count in causes(set_aside)[:3])
        raise ValueError(f"No records in the raw data ({why or 'it is empty'}): run notebooks/01")
    twins = duplicates(records, listing)
    split_of = split_records(records, fractions, seed, kept)
    shards = []
    for split in SPLITS:
        inside = [record for record in records if split_of[record.id] == split]
        chunks = _chunks(inside, listing, seed, records_per_shard, shard_bytes)
        for index, chunk in enumerate(chunks):
            mine = {r.media: twins[r.media] for r in chunk if r.media in twins}
            digest = _digest(dataset, store, chunk, listing, mine)
            shards.append(PlannedShard(f"{split}/{split}-{index:06d}", split, chunk, digest, mine))
    return Plan(
        dataset=dataset,
        store=store,
        seed=seed,
        labels=tuple(labels or sorted({record.label for record in records})),
        shards=tuple(shards),
        set_aside=set_aside,
        joined=tuple(joined),
        names=names or {},
        label_names=label_names or {},
        source=source,
        fingerprint=fingerprint(objects),
        objects=sum(key.startswith(media_prefix) for key in listing),
        etags={record.media: listing[record.media].etag for record in records},
        sizes={record.media: listing[record.media].size for record in records},
    )


def duplicates(records: Iterable[Record], listing: Mapping[str, Entry]) -> dict[str, str]:
    """Return {media: media of the first record with the same bytes} of exact copies."""
    first, twins = {}, {}
    for record in sorted(records, key=lambda record: record.id):
        entry = listing[record.media]
        original = first.setdefault((entry.size, entry.etag), record)
        if original is not record and entry.etag:
            twins[record.media] = original.media
    return twins


def _chunks(
    records: list[Record], listing: Mapping[str, Entry], seed: int, count: int, size: int
) -> list[tuple[Record, ...]]:
    """Shuffle by the seed and cut evenly, so that no shard exceeds `count` or, about, `size`."""
    if not records:
        return []
    total = sum(listing[record.media].size for record in records)
    pieces = min(len(records), max(-(-len(records) // count), -(-total // size)))
    mixed = sorted(records, key=lambda r: hashlib.sha256(f"{seed}/{r.id}".encode()).digest())
    cuts = [len(mixed) * i // pieces for i in range(pieces + 1)]
    return [tuple(mixed[a:b]) for a, b in zip(cuts, cuts[1:], strict=False)]


def _digest(
    dataset: str,
    store: str,
    records: Sequence[Record],
    listing: Mapping[str, Entry],
    twins: Mapping[str, str],
) -> str:
    """Return a hash of everything that a shard's bytes depend on, except the code."""
    rows = [[asdict(record), listing[record.media].etag] for record in records]
    text = json.dumps([FORMAT, dataset, store, rows, twins], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
