"""The reading script reads every sample of the training split once, with either loader."""

import subprocess
import sys

import pytest

from helpers.metrics import read_metric_lines
from tests.made_shards import make_shards
from tests.places import ROOT

SCRIPT = ROOT / "scripts_train/read_shards.py"


def run(*arguments):
    command = [sys.executable, str(SCRIPT), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shards")
    make_shards(folder, train=25, validation=3, test=3)
    return folder


@pytest.mark.parametrize("loader", ["ours", "webdataset"])
def test_it_reads_each_sample_once_and_says_how_fast(shards, loader):
    done = run("--data", shards, "--loader", loader, "--batch-size", 10)
    assert done.returncode == 0, done.stderr
    (row,) = read_metric_lines(done.stdout.splitlines())
    assert row["samples"] == 25 and row["batches"] == 3
    assert 0 < row["first_batch_s"] <= row["seconds"]
    assert row["samples_per_second"] == pytest.approx(25 / row["seconds"], rel=1e-3)
    files = sum(path.stat().st_size for path in shards.rglob("*") if path.is_file())
    assert row["disk_bytes"] == files


@pytest.mark.parametrize("loader", ["ours", "webdataset"])
def test_a_shard_that_is_not_there_ends_it_with_its_name(tmp_path, loader):
    make_shards(tmp_path, train=25, validation=3, test=3)
    (tmp_path / "train/train-000001.tar").unlink()
    done = run("--data", tmp_path, "--loader", loader)
    assert done.returncode and "train-000001.tar" in done.stderr


def test_its_pins_are_those_of_the_project():
    def lines(name):
        return {line for line in (ROOT / name).read_text().splitlines() if "==" in line}

    own = lines("scripts_train/requirements_reading.txt")
    assert len(own) == 2 and own <= lines("requirements.txt") | lines("constraints.txt")
