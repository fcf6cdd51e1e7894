"""Readings are compared by what their jobs printed, and by the bytes that each mode brings."""

from datetime import datetime, timedelta

import pytest

from helpers.jobs import Job
from helpers.manifest import NAME
from helpers.reading_jobs import (
    MODES,
    Reading,
    compared,
    network_bytes,
    reading_code,
    requests_compared,
)
from helpers.session import client
from tests.made_shards import make_shards

START = datetime(2026, 11, 1)
STAGES = [
    {"Status": name, "StartTime": START, "EndTime": START + timedelta(seconds=seconds)}
    for name, seconds in (("Starting", 9), ("Downloading", 2.5), ("Training", 4))
]
METRICS = {"first_batch_s": 0.5, "samples_per_second": 200.0, "disk_bytes": 3e6}


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shards")
    return folder, make_shards(folder, train=25, validation=15, test=5)


def reading(mode="File", size=5_000_000):
    about = {"SecondaryStatusTransitions": STAGES}
    job = Job("TrainingJob", "read", "Completed", 36.0, "ml.g4dn.xlarge", 1, about, METRICS)
    return Reading(mode, job, size)


def test_the_first_batch_waits_for_the_download():
    assert reading().first_batch == 3.0
    assert repr(reading()) == "<Reading File: first batch after 3.00 s, 200 samples a second>"


def test_a_row_for_each_network_and_mode():
    table = compared({"near": [reading(), reading("Pipe")], "far": [reading()]})
    assert table[["network", "mode"]].values.tolist() == [
        ["near", "File"], ["near", "Pipe"], ["far", "File"],
    ]  # fmt: skip
    row = table.iloc[0]
    assert (row["downloading s"], row["MB on disk"], row["MB on the network"]) == (2.5, 3, 5)
    assert row["$"] == pytest.approx(0.736 / 100)


def test_each_mode_brings_the_shards_that_it_must(shards):
    folder, manifest = shards
    sizes = {split: sum(s.bytes for s in about.shards) for split, about in manifest.splits.items()}
    brought = {mode: network_bytes(mode, manifest) for mode in MODES}
    assert brought["File"] == sum(sizes.values())
    assert brought["Pipe"] == sizes["test"] + sizes["train"]  # validation comes after them
    assert brought["FastFile"] == brought["our stream"] == brought["WebDataset"] == sizes["train"]


def test_the_code_has_what_its_requirements_name():
    code = reading_code()
    from pathlib import Path

    names = {path.name for path in Path(code.source_dir).iterdir()}
    assert names == {"helpers", "read_shards.py", "requirements.txt", "requirements_reading.txt"}
    assert code.requirements == "requirements_reading.txt"


def test_a_request_for_each_sample_or_one_for_all(aws, config, shards):
    folder, manifest = shards
    s3 = client(config, "s3")
    s3.create_bucket(Bucket=config.bucket)
    for path in [*folder.rglob("*.tar"), folder / NAME]:
        key = config.uri("shards", path.relative_to(folder).as_posix()).split("/", 3)[3]
        s3.upload_file(str(path), config.bucket, key)
    table = requests_compared(config, manifest, samples=7)
    assert table["requests"].tolist() == [7, 1]
    assert table["MB"].iloc[1] > table["MB"].iloc[0] > 0  # headers of the tar lie between
