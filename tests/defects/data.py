"""Defects of the data: numbers that don't fit, samples that vanish, leak, or are made up."""

import json
import random
import threading
from collections.abc import Callable
from unittest.mock import patch

import pyathena.error

from helpers.datasets import load_dataset
from helpers.datasets.bins.dataset import Bins
from helpers.datasets.bins.metadata import DDL, NUMBER
from helpers.datasets.bins.questions import FLAT, ITEMS
from helpers.manifest import load_manifest
from helpers.samples import Record, Sample, Unreadable
from helpers.sharding.splits import split_records
from helpers.storage import LocalFolder
from helpers.stream import make_loader
from tests.defects.bench import Bench, Defect
from tests.local_aws.services.athena.cloud import Cloud
from tests.scripts.test_shard import run
from tests.toy import Toy, make_raw

INCHES = {"empty": [], "one": [7.5], "long": [109.25, 3.0]}
"""Bins by id, with the heights of their items."""


def metadata(heights: list[float]) -> bytes:
    """Return a bin's JSON as the real set has it, pretty-printed."""
    items = {
        f"B{n}": {"asin": f"B{n}", "quantity": 1, "height": {"unit": "IN", "value": height}}
        for n, height in enumerate(heights)
    }
    return json.dumps({"BIN_FCSKU_DATA": items, "EXPECTED_QUANTITY": len(items)}, indent=4).encode()


def asked(bench: Bench, number: str, sql: str) -> list[tuple]:
    """Return what Athena says of the bins, its columns of sizes of this type."""
    cloud = Cloud(bench.folder)
    try:
        cloud.catalog.create_database({"DatabaseInput": {"Name": "birds"}})
        for name, heights in INCHES.items():
            cloud.store.put("lake", f"metadata/{name}.json", metadata(heights))
        place = {"database": "birds", "table": "raw", "location": "s3://lake/metadata/"}
        cloud.run(DDL.format(number=number, **place))
        return cloud.rows(sql)
    except pyathena.error.Error as error:
        raise AssertionError(str(error)) from error
    finally:
        cloud.close()


def a_size_over_100_inches_survives(number: str, bench: Bench) -> None:
    """The longest side is the one in the file."""
    sql = f"WITH bins AS ({FLAT.format(raw='raw')}) SELECT max(height.value) {ITEMS}"
    ((longest,),) = asked(bench, number, sql)
    assert longest is not None and float(longest) == 109.25


def the_flat_table_has_every_bin_once(sql: str, bench: Bench) -> None:
    """A row for each file: bins without items and with several are there, once."""
    rows = asked(bench, NUMBER, f"SELECT id FROM ({sql}) ORDER BY 1")
    assert [name for (name,) in rows] == sorted(INCHES)


UNNESTED = FLAT.replace("FROM {raw}", "FROM {raw} CROSS JOIN UNNEST(bin_fcsku_data) AS t (k, item)")


class Skips(Toy):
    """Says that a sample is unreadable, and goes on without it."""

    def samples(self, record: Record, data: bytes, store: str) -> list[Sample]:
        try:
            return super().samples(record, data, store)
        except Unreadable as error:
            print(error)
            return []


class MakesZeros(Toy):
    """Makes an unreadable sample zeros with the label that its metadata has."""

    def samples(self, record: Record, data: bytes, store: str) -> list[Sample]:
        return super().samples(record, data if len(data) == 8 else bytes(8), store)


def every_object_is_in_a_shard_or_listed(dataset: type[Toy], bench: Bench) -> None:
    """Shards and list of the dropped together are the raw objects; what is cut short is listed."""
    raw, out = make_raw(bench.folder / "raw", 30), bench.folder / "out"
    files = sorted((raw / "media").iterdir())
    cut = {file.stem for file in files[::7]}
    for file in files[::7]:
        file.write_bytes(file.read_bytes()[:5])
    run(raw, out, "--max-dropped", "0.5", dataset=dataset())
    manifest = load_manifest(LocalFolder(out))
    how = {"decode": Toy().decode, "batch_size": 8, "shuffle": False}
    filled = [split for split, about in manifest.splits.items() if about.samples]
    loaders = [make_loader(manifest, split, str(out), **how) for split in filled]
    kept = {key.rpartition("-")[0] for part in loaders for batch in part for key in batch.keys}
    dropped = {drop.source.split("/")[-1].removesuffix(".toy") for drop in manifest.dropped}
    assert dropped == cut
    assert kept == {file.stem for file in files} - cut


def unreadable_media_give_no_sample(dataset_of: Callable, bench: Bench) -> None:
    """A truncated clip or photo raises, in either data set."""
    for name in ("birds", "bins"):
        dataset = dataset_of(name)
        record = Record("a", "a", "0", (), {"items": [], "secondary_labels": []})
        try:
            found = dataset.samples(record, b"OggS\xff\xd8 and no more", dataset.stores[0])
        except Unreadable:
            continue
        raise AssertionError(f"{name} made {len(found)} samples of nothing")


class Zeros(Bins):
    """Returns a sample, whatever the bytes are."""

    def samples(self, record: Record, data: bytes, store: str = "jpg") -> list[Sample]:
        return [Sample(record.id, bytes(100), "jpg", {"label": record.label})]


def windows() -> list[Record]:
    """Return 5 windows of each of 40 recordings, as records."""
    return [
        Record(f"r{n}-{i}", f"r{n}-{i}", f"l{n % 4}", (f"recording:r{n}", f"recordist:{n % 13}"))
        for n in range(40)
        for i in range(5)
    ]


def windows_of_a_recording_stay_together(split: Callable, bench: Bench) -> None:
    """No recording and no recordist is in two splits, and each split has some."""
    records = windows()
    places = split(records)
    for group in {group for record in records for group in record.groups}:
        assert len({places[record.id] for record in records if group in record.groups}) == 1
    assert set(places.values()) == {"train", "validation", "test"}


def split_by_window(records: list[Record]) -> dict[str, str]:
    """Draw each window's split for itself."""
    draw = random.Random(0).choices
    names = ["train", "validation", "test"]
    return {record.id: draw(names, [70, 15, 15])[0] for record in records}


class Watched(LocalFolder):
    """Holds each read until another one has begun, or a while."""

    def __init__(self, root) -> None:
        super().__init__(root)
        self.together, self._met = 0, threading.Barrier(2)

    def read(self, key: str, size: int | None = None) -> bytes:
        try:
            self._met.wait(0.2)
            self.together += 1
        except threading.BrokenBarrierError:
            self._met.reset()
        return super().read(key, size)


def raw_objects_are_read_in_parallel(threads: str, bench: Bench) -> None:
    """While one object is on its way, others are asked for."""
    raw = Watched(make_raw(bench.folder / "raw", 6))
    places = {str(raw.root): raw}
    with patch(
        "scripts_process.shard.open_folder", lambda place, _: places.get(place, LocalFolder(place))
    ):
        run(raw.root, bench.folder / "out", "--threads", threads, dataset=Toy())
    assert raw.together >= 4


DEFECTS = [
    Defect("DECIMAL(20,18) for inches", a_size_over_100_inches_survives, NUMBER,
           "decimal(20,18)"),
    Defect("the flat table loses records", the_flat_table_has_every_bin_once,
           FLAT.format(raw="raw"), UNNESTED.format(raw="raw")),
    Defect("one GET at a time", raw_objects_are_read_in_parallel, "4", "1"),
    Defect("unreadable samples skipped with a print", every_object_is_in_a_shard_or_listed, Toy,
           Skips),
    Defect("zeros with a label, in the shards", every_object_is_in_a_shard_or_listed, Toy,
           MakesZeros),
    Defect("zeros with a label, of a data set", unreadable_media_give_no_sample, load_dataset,
           lambda name: Zeros()),
    Defect("windows of a recording in two splits", windows_of_a_recording_stay_together,
           split_records, split_by_window),
]  # fmt: skip
