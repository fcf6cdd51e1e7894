"""The reading script reads every sample of the training split once, with either loader."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.metrics import read_metric_lines
from helpers.s3 import upload_folder
from tests.helpers.test_shard_source import platform
from tests.made_shards import make_shards
from tests.places import ROOT
from tests.s3_server import serve

SCRIPT = ROOT / "scripts_train/read_shards.py"


def run(*arguments, **variables):
    command = [sys.executable, str(SCRIPT), *map(str, arguments)]
    env = os.environ | variables
    return subprocess.run(command, capture_output=True, text=True, check=False, env=env)


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


def sizes(folder):
    """Return the bytes of all files of a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("mode, all_of_it", [("File", True), ("FastFile", False)])
def test_a_channels_bytes_are_those_copied_or_those_read(tmp_path, mode, all_of_it):
    channel = platform(tmp_path, mode)
    make_shards(Path(channel), train=25, validation=3, test=3)
    (row,) = read_metric_lines(run("--data", channel).stdout.splitlines())
    assert row["network_bytes"] == sizes(Path(channel) if all_of_it else Path(channel, "train"))


@pytest.mark.parametrize("loader", ["ours", "webdataset"])
def test_the_bytes_of_s3s_answers_are_counted(shards, tmp_path, loader):
    with serve(tmp_path, "course") as server:
        upload_folder(server.client(), shards, "s3://course/shards")
        keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
        env = {**keys, "AWS_ENDPOINT_URL": server.url, "AWS_DEFAULT_REGION": "us-east-1"}
        done = run("--data", "s3://course/shards", "--loader", loader, **env)
    (row,) = read_metric_lines(done.stdout.splitlines())
    most = sizes(shards / "train") + (shards / "manifest.json").stat().st_size
    ends = 1024 * len(list((shards / "train").glob("*.tar")))  # WebDataset leaves out a tar's end
    assert most - ends <= row["network_bytes"] <= most and not row["disk_bytes"]


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
