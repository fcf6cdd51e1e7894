"""A data set of 8-byte 'photos' that satisfies the interface, for tests of what surrounds it."""

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from helpers.datasets.base import Dataset
from helpers.samples import Record, Relation, Remark, Sample, Unreadable


class Toy(Dataset):
    """`media/<label>-<group>-<n>.toy` holds 8 bytes, made into `windows` samples of them."""

    name = title = "toy"
    media_prefix = "media"
    stores = ("toy",)

    # What shards are made of and read by has no need of these.
    make_sample = ingest = ddl = questions = draw = player = None

    def __init__(self, windows: int = 1) -> None:
        self.windows = windows

    def records(
        self, keys: Iterable[str], read: Callable[[str], bytes]
    ) -> tuple[list[Record], list[Remark]]:
        records, drops = [], []
        for key in sorted(keys):
            id = Path(key).stem
            if not key.endswith(".toy"):
                drops.append(Remark(key, "not a toy"))
                continue
            label, group, _ = id.split("-")
            records.append(Record(id, key, label, (f"owner:{group}",)))
        return records, drops

    def samples(self, record: Record, data: bytes, store: str) -> list[Sample]:
        if len(data) != 8:
            raise Unreadable(f"truncated: {len(data)} of 8 bytes")
        meta = {"label": record.label, "source": record.media}
        return [Sample(f"{record.id}-{i}", data, store, meta) for i in range(self.windows)]

    def decode(self, data: bytes) -> np.ndarray:
        return np.frombuffer(data, np.uint8).reshape(2, 4)


class Twins(Toy):
    """Toys 0 and 1, 2 and 3, 4 and 5 are near copies; the copies 1 and 5 add nothing."""

    seeks_copies = True

    def survey(self, data: bytes) -> bytes:
        if len(data) != 8:
            raise Unreadable(f"truncated: {len(data)} of 8 bytes")
        return data if data[0] >= 6 else bytes([data[0] // 2])

    def relate(self, records: list[Record], findings: dict[str, bytes]) -> list[Relation]:
        first, found = {}, []
        for id in sorted(findings, key=lambda id: id.split("-")[2]):
            other = first.setdefault(findings[id], id)
            if findings[id] and other != id:
                found.append(Relation(id, other, f"near copy: {other}", id.endswith(("1", "5"))))
        return found


def make_raw(folder: Path, count: int, *, labels: int = 3, groups: int = 10) -> Path:
    """Write `count` toys below `folder`, each with bytes of its own."""
    (folder / "media").mkdir(parents=True)
    for n in range(count):
        name = f"l{n % labels}-g{n % groups}-{n:05d}.toy"
        (folder / "media" / name).write_bytes(n.to_bytes(8, "little"))
    return folder
