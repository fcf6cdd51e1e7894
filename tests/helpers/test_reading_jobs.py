"""Readings are compared by what their jobs printed, and by the bytes that each mode brings."""

from datetime import datetime, timedelta

import pytest

from helpers.jobs import Job
from helpers.manifest import NAME
from helpers.reading_jobs import (
    Reading,
    compared,
    reading_code,
    requests_compared,
)
from helpers.s3 import list_objects
from helpers.session import client
from tests.made_shards import make_shards

START = datetime(2026, 11, 1)
STAGES = [
    {"Status": name, "StartTime": START, "EndTime": START + timedelta(seconds=seconds)}
    for name, seconds in (("Starting", 9), ("Downloading", 2.5), ("Training", 4))
]
METRICS = {
    "first_batch_s": 0.5,
    "samples_per_second": 200.0,
    "disk_bytes": 3e6,
    "network_bytes": 5e6,
}


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shards")
    return folder, make_shards(folder, train=25, validation=15, test=5)


def reading(mode="File"):
    about = {"SecondaryStatusTransitions": STAGES}
    job = Job("TrainingJob", "read", "Completed", 36.0, "ml.g4dn.xlarge", 1, about, METRICS)
    return Reading(mode, job)


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


def test_the_code_has_what_its_requirements_name(aws, config):
    code = reading_code(config)
    keys = [entry.key for entry in list_objects(client(config, "s3"), code.source_dir)]
    assert {key.partition("/")[0] for key in keys} == {
        "helpers",
        "read_shards.py",
        "requirements.txt",
        "requirements_reading.txt",
    }
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
