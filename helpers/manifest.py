"""The manifest of a sharded data set: the contents of its shards; it reads no shard itself."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Protocol

from helpers.paths import fault
from helpers.samples import Remark

VERSION = 1
NAME = "manifest.json"


class BadManifest(ValueError):
    """There is no manifest, or it contradicts itself; the message says what to do."""


class Folder(Protocol):
    """The folder of a manifest: a local one or an S3 prefix (see storage.py)."""

    def read(self, key: str) -> bytes:
        """Return one object; FileNotFoundError if there is none."""


@dataclass(frozen=True)
class ShardInfo:
    """One shard file."""

    name: str
    """Below the manifest's folder, such as `train/train-000000.tar`."""
    samples: int
    bytes: int
    md5: str
    """Hex digest of the file."""


@dataclass(frozen=True)
class SplitInfo:
    """One split's totals and its shards."""

    samples: int
    bytes: int
    counts: dict[str, int]
    """Samples of each label."""
    groups: list[str]
    shards: list[ShardInfo]


@dataclass(frozen=True)
class Account:
    """The account of the raw objects (recordings, photos): all are either `used` or `unused`."""

    used: int
    """Objects that gave one sample or more."""
    unused: int
    """Objects that gave no sample; each is listed in `dropped`."""
    rows: int
    """The other entries of `dropped`: rows of the metadata without an object."""

    @property
    def objects(self) -> int:
        """Return the number of raw objects."""
        return self.used + self.unused

    def __str__(self) -> str:
        text = (
            f"{self.used:,} of {self.objects:,} raw objects gave samples,"
            f" {self.unused:,} gave none, each listed with its reason"
        )
        if self.rows:
            entries = "entry" if self.rows == 1 else "entries"
            text += f", beside {self.rows:,} {entries} of the metadata without an object"
        return text


@dataclass(frozen=True)
class Manifest:
    """The manifest that notebooks/04 writes and all later notebooks read."""

    dataset: str
    store: str
    seed: int
    labels: list[str]
    """A label's index is its position."""
    splits: dict[str, SplitInfo]
    class_weights: dict[str, float]
    """By label, from the train split; mean 1 over its samples."""
    dropped: list[Remark] = field(default_factory=list)
    joined: list[Remark] = field(default_factory=list)
    """Near copies that are kept, in one split with their originals, with the reason."""
    names: dict[str, str] = field(default_factory=dict)
    """By record id, the path of the user's own file, where its name differs from the id."""
    label_names: dict[str, str] = field(default_factory=dict)
    """Labels in words, such as `Barn Swallow (barswa)`, where a label alone tells too little."""
    sources: dict = field(default_factory=dict)
    """The raw data: its `name`, the `fingerprint` of all its objects, the `count` of objects, the
    number `used`, and the `etags` of the objects read, by key."""
    version: int = VERSION

    def __repr__(self) -> str:
        """Describe its contents in one line."""
        splits = ", ".join(
            f"{name} {split.samples:,} in {len(split.shards)} shards"
            for name, split in self.splits.items()
        )
        name = self.sources.get("name", "")
        of = f" of {name}" if name else ""
        used = f"{self.account.used:,} of {self.account.objects:,} raw objects used"
        return f"<Manifest {self.dataset}{of}: {len(self.labels)} labels; {splits}; {used}>"

    def to_json(self) -> str:
        """Return the manifest as JSON text; the same manifest gives the same text."""
        first = {"version": self.version}
        return json.dumps(first | asdict(self), indent=1, ensure_ascii=False) + "\n"

    @property
    def account(self) -> Account:
        """Return the account of the raw objects."""
        used, count = self.sources.get("used", 0), self.sources.get("count", 0)
        return Account(used, count - used, len(self.dropped) - (count - used))

    @classmethod
    def from_json(cls, text: str | bytes) -> "Manifest":
        """Parse and check a manifest.

        Raises:
            BadManifest: not JSON, another version, fields missing, or totals that don't agree.
        """
        try:
            raw = json.loads(text)
            manifest = cls(**raw | _parts(raw))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise BadManifest(f"This is no manifest ({error!r}): run notebooks/04 again") from error
        manifest.check()
        return manifest

    def check(self) -> None:
        """Check that the parts agree with each other.

        Raises:
            BadManifest: they contradict each other; the message says where.
        """
        _require(self.version == VERSION, f"it is of version {self.version}, not {VERSION}")
        _require(len(set(self.labels)) == len(self.labels), "a label is listed twice")
        account = self.account
        _require(
            0 <= account.unused <= len(self.dropped),
            f"it uses {account.used} of {account.objects} raw objects, drops {len(self.dropped)}",
        )
        names = [shard.name for split in self.splits.values() for shard in split.shards]
        _require(len(set(names)) == len(names), "a shard is listed twice")
        for name in names:
            _require(not fault(name), f"{name!r} is no shard's name: {fault(name)}")
        _require(set(self.class_weights) <= set(self.labels), "a class weight has no label")
        for name, split in self.splits.items():
            samples = sum(shard.samples for shard in split.shards)
            _require(split.samples == samples, f"{name} has {samples} samples in its shards")
            _require(sum(split.counts.values()) == samples, f"counts of {name} don't add up")
            _require(set(split.counts) <= set(self.labels), f"{name} counts an unlisted label")

    @property
    def split_of_groups(self) -> dict[str, str]:
        """Return the split of each group."""
        return {group: name for name, split in self.splits.items() for group in split.groups}

    def split(self, name: str) -> SplitInfo:
        """Return one split.

        Raises:
            BadManifest: no such split, or it is empty.
        """
        if name not in self.splits or not self.splits[name].samples:
            full = [key for key, split in self.splits.items() if split.samples]
            raise BadManifest(f"No samples in split {name!r} of {self.dataset}, only in {full}")
        return self.splits[name]


def _parts(raw: dict) -> dict:
    """Turn the nested JSON objects into dataclasses."""
    splits = {
        name: SplitInfo(**split | {"shards": [ShardInfo(**shard) for shard in split["shards"]]})
        for name, split in raw["splits"].items()
    }
    drops = {name: [Remark(**drop) for drop in raw.get(name, ())] for name in ("dropped", "joined")}
    return {"splits": splits, **drops}


def _require(fine: bool, problem: str) -> None:
    """Raise BadManifest about `problem` unless it is fine."""
    if not fine:
        raise BadManifest(f"The manifest contradicts itself: {problem}. Run notebooks/04 again")


def class_weights(counts: Mapping[str, int]) -> dict[str, float]:
    """Return weights inverse to the counts whose mean over all samples is 1.

    A label without a sample weighs 0.
    """
    present = [label for label, count in counts.items() if count]
    total = sum(counts.values())
    return {
        label: round(total / (len(present) * count), 6) if count else 0.0
        for label, count in counts.items()
    }


def load_manifest(folder: Folder) -> Manifest:
    """Read and check the manifest of a folder of shards.

    Raises:
        BadManifest: the folder has no manifest, or a damaged one.
    """
    try:
        text = folder.read(NAME)
    except FileNotFoundError:
        raise BadManifest(f"No {NAME} in {folder}: run notebooks/04 first") from None
    return Manifest.from_json(text)
