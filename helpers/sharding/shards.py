"""What goes into which shard, and how a shard and its sidecar are written; it opens no raw data.

The plan follows from names, labels, groups and etags, so every instance computes the same one.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from helpers.datasets.base import Drop, Record, Sample
from helpers.manifest import Manifest, ShardInfo, SplitInfo, class_weights
from helpers.sharding.splits import FRACTIONS, SPLITS, split_records
from helpers.storage import Entry
from helpers.streaming.tar import TarWriter

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
    """Changes whenever anything changes that the shard's bytes depend on."""
    twins: Mapping[str, str]
    """Media of records that repeat another's bytes, and that other's media."""

    @property
    def tar(self) -> str:
        """Return the key of the shard."""
        return f"{self.name}.tar"

    @property
    def sidecar(self) -> str:
        """Return the key of the note beside the shard, which is written last."""
        return f"{self.name}.json"


@dataclass(frozen=True)
class Plan:
    """All shards of a data set, and what is set aside before any object is opened."""

    dataset: str
    store: str
    seed: int
    labels: tuple[str, ...]
    shards: tuple[PlannedShard, ...]
    set_aside: tuple[Drop, ...]
    joined: tuple[Drop, ...]
    objects: int
    """How many raw objects there are: those of the records, and those set aside."""
    etags: Mapping[str, str]
    sizes: Mapping[str, int]
    """Bytes of each raw object: known ones are read with one request, not two."""

    def part(self, rank: int, instances: int) -> list[PlannedShard]:
        """Return the shards that one of `instances` makes."""
        return list(self.shards[rank::instances])

    @property
    def size(self) -> int:
        """Return the number of records that are read."""
        return sum(len(shard.records) for shard in self.shards)


def make_plan(
    dataset: str,
    records: Sequence[Record],
    set_aside: Iterable[Drop],
    objects: Iterable[Entry],
    *,
    store: str,
    media_prefix: str = "",
    joined: Iterable[Drop] = (),
    seed: int = 0,
    labels: Sequence[str] | None = None,
    records_per_shard: int = 256,
    shard_bytes: int = 64 << 20,
    fractions: Mapping[str, float] = FRACTIONS,
) -> Plan:
    """Split the records, shuffle them by the seed, and cut them into shards of about equal count.

    Args:
        objects: the listing of the raw data, which gives sizes and etags.
        media_prefix: below which the raw objects lie; beside them is metadata.
        joined: raw objects that stay, but in one split with what they resemble, and why.
        records_per_shard: at most so many raw objects in a shard.
        shard_bytes: at most about so many bytes of raw objects in a shard.
        fractions: shares of train, validation and test.

    Raises:
        ValueError: there are no records, or one whose object is not listed.
    """
    listing = {entry.key: entry for entry in objects}
    lost = [record.media for record in records if record.media not in listing]
    if lost:
        raise ValueError(f"No raw object for {lost[0]} and {len(lost) - 1} more")
    set_aside = tuple(set_aside)
    if not records:
        why = "; ".join(f"{count} x {reason}" for reason, count in causes(set_aside)[:3])
        raise ValueError(f"No records in the raw data ({why or 'it is empty'}): run notebooks/01")
    twins = duplicates(records, listing)
    split_of = split_records(records, fractions, seed)
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
        objects=sum(key.startswith(media_prefix) for key in listing),
        etags={record.media: listing[record.media].etag for record in records},
        sizes={record.media: listing[record.media].size for record in records},
    )


def duplicates(records: Iterable[Record], listing: Mapping[str, Entry]) -> dict[str, str]:
    """Return the media of all but the first of records with the very same bytes: {it: first}."""
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
    """Return a hash of all that a shard's bytes follow from, short of the code."""
    rows = [[asdict(record), listing[record.media].etag] for record in records]
    text = json.dumps([FORMAT, dataset, store, rows, twins], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


class ShardWriter:
    """Writes one shard to a local file, record by record, and then knows its sidecar."""

    def __init__(self, shard: PlannedShard, path: Path) -> None:
        self.shard, self.path = shard, path
        self._file = open(path, "w+b")
        self._tar = TarWriter(self._file)
        self._keys: set[str] = set()
        self._counts: Counter[str] = Counter()
        self._dropped: list[Drop] = []
        self._records = iter(shard.records)
        self._unreadable = 0

    def add(self, outcome: list[Sample] | Drop) -> None:
        """Append what became of the next record; a readable twin is dropped for being one.

        Raises:
            ValueError: a sample's key is used twice or has a dot or slash.
        """
        media = next(self._records).media
        if isinstance(outcome, Drop):
            self._dropped.append(outcome)
            self._unreadable += 1
            return
        if media in self.shard.twins:
            self._dropped.append(Drop(media, f"the same bytes as {self.shard.twins[media]}"))
            return
        for sample in outcome:
            if sample.key in self._keys or not sample.key or set("./") & set(sample.key):
                raise ValueError(
                    f"A sample's key is unique, without dots or slashes: {sample.key!r}"
                )
            self._keys.add(sample.key)
            self._counts[sample.meta["label"]] += 1
            meta = json.dumps(sample.meta, sort_keys=True, ensure_ascii=False).encode()
            self._tar.add(f"{sample.key}.{sample.extension}", sample.media)
            self._tar.add(f"{sample.key}.json", meta)

    def __enter__(self) -> "ShardWriter":
        """Return itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close the file, finished or not."""
        self._file.close()

    def close(self) -> dict:
        """Finish the file and return the sidecar: what is in the shard, and what is not."""
        self._tar.close()
        self._file.seek(0)
        md5 = hashlib.file_digest(self._file, "md5").hexdigest()
        size = self._file.tell()
        self._file.close()
        return {
            "digest": self.shard.digest,
            "records": len(self.shard.records),
            "samples": len(self._keys),
            "bytes": size,
            "md5": md5,
            "counts": dict(sorted(self._counts.items())),
            "dropped": [asdict(drop) for drop in self._dropped],
            "unreadable": self._unreadable,
        }


def build_manifest(plan: Plan, sidecars: Mapping[str, dict]) -> Manifest:
    """Put the sidecars (by shard name) together; shards without samples are left out."""
    splits = {split: _split_info(plan, split, sidecars) for split in SPLITS}
    dropped = [Drop(**drop) for note in sidecars.values() for drop in note["dropped"]]
    gone = {drop.source for drop in dropped}
    return Manifest(
        dataset=plan.dataset,
        store=plan.store,
        seed=plan.seed,
        labels=list(plan.labels),
        splits=splits,
        class_weights=class_weights(splits["train"].counts),
        dropped=sorted([*plan.set_aside, *dropped], key=lambda drop: (drop.source, drop.reason)),
        joined=sorted(
            (drop for drop in plan.joined if drop.source not in gone), key=lambda drop: drop.source
        ),
        sources={
            "count": plan.objects,
            "used": len(plan.etags) - len(dropped),  # of a record's object, at most one is listed
            "etags": dict(sorted(plan.etags.items())),
        },
    )


def _split_info(plan: Plan, split: str, sidecars: Mapping[str, dict]) -> SplitInfo:
    """Sum one split's shards up."""
    counts: dict[str, int] = dict.fromkeys(plan.labels, 0)
    inside = [shard for shard in plan.shards if shard.split == split]
    infos, groups = [], set()
    for shard in inside:
        note = sidecars[shard.name]
        groups.update(group for record in shard.records for group in record.groups)
        for label, count in note["counts"].items():
            counts[label] += count
        if note["samples"]:
            infos.append(ShardInfo(shard.tar, note["samples"], note["bytes"], note["md5"]))
    return SplitInfo(
        samples=sum(info.samples for info in infos),
        bytes=sum(info.bytes for info in infos),
        counts=counts,
        groups=sorted(groups),
        shards=infos,
    )


def causes(drops: Iterable[Drop | dict]) -> list[tuple[str, int]]:
    """Return (kind of reason, count), the most frequent first; numbers in reasons don't matter."""
    kinds: dict[str, int] = defaultdict(int)
    for drop in drops:
        reason = drop["reason"] if isinstance(drop, dict) else drop.reason
        kinds[reason.split(":")[0]] += 1
    return sorted(kinds.items(), key=lambda item: (-item[1], item[0]))
