"""The bins data set: records, what is set aside, samples, decoding."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from helpers.datasets import load_dataset
from helpers.datasets.bins.dataset import DATASET, LABELS
from helpers.datasets.bins.plan import goods, plan
from helpers.datasets.bins.scene import photograph, to_jpeg
from helpers.media.images import orientation
from helpers.samples import Unreadable
from tests.places import REAL_DATA

REAL = REAL_DATA / "bins"
IMAGES, BROKEN = 110, 6


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Draw a small sample once."""
    folder = tmp_path_factory.mktemp("bins")
    DATASET.make_sample(folder, images=IMAGES, broken=BROKEN)
    return folder


def load(folder: Path) -> tuple[list, list]:
    """Return records and drops of a raw folder."""
    keys = [p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()]
    return DATASET.records(keys, lambda key: (folder / key).read_bytes())


def as_row(*quantities: int, total: int | None = None) -> bytes:
    """Return metadata of one item per quantity."""
    items = {f"B{i:09d}": {"name": f"item {i}", "quantity": q} for i, q in enumerate(quantities)}
    count = sum(quantities) if total is None else total
    return json.dumps({"BIN_FCSKU_DATA": items, "EXPECTED_QUANTITY": count}).encode()


def records_of(rows: dict[str, bytes]) -> tuple[list, list]:
    """Return records and drops of metadata files that all have a photo."""
    files = {f"metadata/{i}.json": data for i, data in rows.items()}
    return DATASET.records([*files, *(f"bin-images/{i}.jpg" for i in rows)], files.__getitem__)


def test_the_registry_knows_it() -> None:
    assert load_dataset("bins") is DATASET


def test_every_photo_is_a_record_or_listed_with_a_reason(raw: Path) -> None:
    records, drops = load(raw)
    photos = {p.relative_to(raw).as_posix() for p in (raw / "bin-images").iterdir()}
    seen = [record.media for record in records] + [drop.source for drop in drops]
    assert photos <= set(seen)
    assert len(seen) == len(set(seen))
    assert all(drop.reason for drop in drops)
    assert [record.id for record in records] == sorted(record.id for record in records)


def test_the_label_is_the_number_of_units(raw: Path) -> None:
    records, _ = load(raw)
    assert {record.label for record in records} == set(LABELS)
    for record in records:
        assert sum(item["quantity"] for item in record.meta["items"]) == int(record.label)


def test_bins_above_five_are_set_aside_and_say_how_many(raw: Path) -> None:
    _, drops = load(raw)
    many = [drop for drop in drops if "the classes are 0 to 5" in drop.reason]
    faults = ("no photo", "no metadata", "wrong total")
    planned = [b for b in plan(0, IMAGES, BROKEN) if b.count > 5 and b.fault not in faults]
    assert len(many) == len(planned) > 0


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"{not json", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"[]", "not a JSON object but a list"),
        (b"{}", "EXPECTED_QUANTITY is None"),
        (b'{"EXPECTED_QUANTITY": "3"}', "EXPECTED_QUANTITY is '3'"),
        (b'{"EXPECTED_QUANTITY": true}', "EXPECTED_QUANTITY is True"),
        (b'{"EXPECTED_QUANTITY": 1, "BIN_FCSKU_DATA": [1]}', "does not map ASINs"),
        (b'{"EXPECTED_QUANTITY": 1, "BIN_FCSKU_DATA": {"A": {}}}', "quantity is no whole number"),
        (as_row(2, 1, total=4), "4, but its items add up to 3"),
        (as_row(4, 2), "6 items: the classes are 0 to 5"),
    ],
)
def test_metadata_that_gives_no_label_is_set_aside(data: bytes, reason: str) -> None:
    records, drops = records_of({"00001": data, "00002": as_row(1)})
    assert [record.id for record in records] == ["00002"]
    assert [drop.source for drop in drops] == ["bin-images/00001.jpg"]
    assert reason in drops[0].reason


def test_metadata_with_a_count_alone_is_enough() -> None:
    records, _ = records_of({"a": b'{"EXPECTED_QUANTITY": 3}'})
    assert (records[0].label, records[0].meta["items"]) == ("3", [])


def test_stray_keys_are_listed_not_ignored() -> None:
    keys = ["bin-images/a.jpg", "metadata/b.json", "bin-images/c.png", "bin-images/d.e.jpg"]
    records, drops = DATASET.records([*keys, "README"], lambda key: b"")
    assert records == []
    assert {drop.source for drop in drops} == set(keys)


def test_exactly_the_broken_photos_are_unreadable(raw: Path) -> None:
    records, _ = load(raw)
    refused = {}
    for record in records:
        try:
            DATASET.samples(record, (raw / record.media).read_bytes(), "jpg")
        except Unreadable as error:
            refused[record.id] = str(error)
    unusable = ("truncated", "png", "html", "empty", "tiny", "strip")
    planned = {b.id for b in plan(0, IMAGES, BROKEN) if b.fault in unusable and b.count <= 5}
    assert set(refused) == planned
    assert all(refused.values())


@pytest.mark.parametrize("store", DATASET.stores)
def test_a_sample_decodes_to_the_set_size_in_every_store(raw: Path, store: str) -> None:
    records, _ = load(raw)
    record = next(r for r in records if r.label == "3")
    data = (raw / record.media).read_bytes()
    (sample,) = DATASET.samples(record, data, store)
    assert (sample.key, sample.extension) == (record.id, "jpg")
    assert sample.meta["label"] == "3"
    assert sample.meta["source"] == record.media
    json.dumps(sample.meta)
    assert DATASET.decode(sample.media).shape == (3, 64, 64)
    assert (sample.media == data) == (store == "jpg")
    assert DATASET.resized(224).decode(sample.media).shape == (3, 224, 224)


def test_a_requests_photo_is_what_the_sharding_makes_of_it(raw: Path) -> None:
    path = next(iter(sorted((raw / DATASET.media_prefix).glob("*.jpg"))))
    (record,) = [r for r in load(raw)[0] if r.id == path.stem]
    for store, most in (("jpg", 0), ("jpg64", 4), ("jpg224", 4)):
        (sample,) = DATASET.samples(record, path.read_bytes(), store)
        (array,) = DATASET.inputs(path.read_bytes(), store).arrays
        decoded = DATASET.decode(sample.media)
        assert (array.dtype, array.shape) == (decoded.dtype, decoded.shape)
        assert np.abs(array.astype(int) - decoded).mean() <= most


def test_an_unknown_store_is_refused(raw: Path) -> None:
    records, _ = load(raw)
    with pytest.raises(ValueError, match="No store 'png': it is one of jpg"):
        DATASET.samples(records[0], b"", "png")


def test_a_turned_photo_decodes_like_the_upright_one(raw: Path) -> None:
    turned = [b for b in plan(0, IMAGES, BROKEN) if b.fault == "turned"]
    assert turned
    for bin_ in turned:
        _, cell, units = goods(0, IMAGES, bin_)
        upright = photograph(np.random.default_rng([0, bin_.contents, 2]), cell, units)
        data = (raw / f"bin-images/{bin_.id}.jpg").read_bytes()
        assert orientation(data) in (3, 6, 8)
        apart = DATASET.decode(data).astype(int) - DATASET.decode(to_jpeg(upright))
        assert np.abs(apart).mean() < 4


@pytest.mark.skipif(not REAL.is_dir(), reason="../shared/real/bins is absent")
def test_the_real_photos_give_75_samples_of_the_six_classes(tmp_path: Path) -> None:
    drops = DATASET.ingest(REAL, tmp_path)
    assert [drop.source for drop in drops] == ["file_list_10441.json"]
    records, drops = load(tmp_path)
    counts = Counter(record.label for record in records)
    assert counts == {"0": 1, "1": 7, "2": 12, "3": 17, "4": 20, "5": 18}
    assert len(drops) == 42
    assert len({record.groups for record in records}) == 75  # no two share an item
    for record in records:
        (sample,) = DATASET.samples(record, (tmp_path / record.media).read_bytes(), "jpg64")
        assert DATASET.decode(sample.media).shape == (3, 64, 64)


def test_a_count_has_a_name_with_its_unit():
    names = load_dataset("bins").label_names([])
    assert (names["0"], names["1"], names["5"]) == ("0 items", "1 item", "5 items")
