"""The exploration tells new records from those of a manifest, and its checks are a result."""

import json

import pytest

from helpers.sharding import snapshot
from helpers.storage import LocalFolder
from scripts_process import explore, shard
from tests.helpers.automation.world import bins
from tests.made_model import make_served


@pytest.fixture
def place(tmp_path):
    """Return a folder with raw data, its shards, and an untrained model."""
    write(tmp_path / "raw", bins(0, 30))
    places = ("--raw", str(tmp_path / "raw"), "--output", str(tmp_path / "shards"))
    shard.main(shard.parse_args(["--dataset", "bins", *places, "--processes", "1"]))
    make_served(tmp_path / "model", "bins")
    return tmp_path


def write(folder, files):
    for key, data in files.items():
        path = folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def run(place):
    names = ("raw", "shards", "model", "output")
    flags = [part for name in names for part in (f"--{name}", str(place / name))]
    metrics = explore.main(explore.parse_args(["--dataset", "bins", *flags]))
    return metrics, json.loads((place / "output" / explore.CHECKS).read_text())


def test_without_new_records_there_is_nothing_to_learn(place):
    metrics, checks = run(place)
    assert metrics == {"records": 0, "passed": 0.0}
    assert checks["reason"] == "records: 0 new records"


def test_the_new_records_alone_are_judged(place):
    write(place / "raw", bins(30, 6, seed=1))
    _, checks = run(place)
    assert checks["records"] == 6
    by_name = {check["name"]: check for check in checks["checks"]}
    assert by_name["copies"]["passed"] and by_name["empty"]["passed"]
    assert "6 new records" in (place / "output" / explore.REPORT).read_text()
    raw = LocalFolder(place / "raw")
    assert snapshot.within(raw.list(), snapshot.read(LocalFolder(place / "output"))) == [
        *raw.list()
    ]


def test_known_objects_under_new_ids_are_copies(place):
    files = bins(0, 6)
    again = {key.replace("/0000", "/9000"): data for key, data in files.items()}
    write(place / "raw", again)
    _, checks = run(place)
    assert not checks["passed"]
    assert "copies: 6 of 6 have the bytes of others" in checks["reason"]


def test_an_object_that_gives_no_record_is_listed_with_its_reason(place):
    files = bins(30, 2, seed=1)
    write(place / "raw", {**files, "metadata/00030.json": b'{"EXPECTED_'})
    _, checks = run(place)
    assert checks["records"] == 1
    [aside] = checks["set_aside"]
    assert aside["source"] == "bin-images/00030.jpg" and aside["reason"]
