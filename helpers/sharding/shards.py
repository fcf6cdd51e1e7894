"""Writes a shard with its sidecar, and builds the manifest from sidecars; plans nothing."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from helpers.manifest import Manifest, ShardInfo, SplitInfo, class_weights
from helpers.samples import Remark, Sample
from helpers.sharding.plan import Plan, PlannedShard
from helpers.sharding.splits import SPLITS
from helpers.streaming.tar import TarWriter


class ShardWriter:
    """Writes one shard to a local file, record by record, and returns its sidecar."""

    def __init__(self, shard: PlannedShard, path: Path) -> None:
        self.shard, self.path = shard, path
        self._file = open(path, "w+b")
        self._tar = TarWriter(self._file)
        self._keys: set[str] = set()
        self._counts: Counter[str] = Counter()
        self._dropped: list[Remark] = []
        self._records = iter(shard.records)
        self._unreadable = 0

    def add(self, outcome: list[Sample] | Remark) -> None:
        """Append the outcome of the next record; an exact copy of another is dropped.

        Raises:
            ValueError: a sample's key is used twice or has a dot or slash.
        """
        media = next(self._records).media
        if isinstance(outcome, Remark):
            self._dropped.append(outcome)
            self._unreadable += 1
            return
        if media in self.shard.twins:
            self._dropped.append(Remark(media, f"the same bytes as {self.shard.twins[media]}"))
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
        """Return the writer."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close the file, finished or not."""
        self._file.close()

    def close(self) -> dict:
        """Finish the file and return the sidecar: counts, MD5 and drops of the shard."""
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
    """Build the manifest from the sidecars (by shard name), without shards that have no samples."""
    splits = {split: _split_info(plan, split, sidecars) for split in SPLITS}
    dropped = [Remark(**drop) for note in sidecars.values() for drop in note["dropped"]]
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
        names=dict(sorted(plan.names.items())),
        label_names=dict(sorted(plan.label_names.items())),
        sources={
            "name": plan.source,
            "fingerprint": plan.fingerprint,
            "count": plan.objects,
            "used": len(plan.etags) - len(dropped),  # each record has at most one drop
            "etags": dict(sorted(plan.etags.items())),
        },
    )


def _split_info(plan: Plan, split: str, sidecars: Mapping[str, dict]) -> SplitInfo:
    """Sum up one split's shards."""
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
