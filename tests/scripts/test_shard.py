"""The sharding job: any number of instances, killed, resumed, fed with dirt; on disk and in S3."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from helpers.datasets import load_dataset
from helpers.manifest import Manifest, load_manifest
from helpers.s3 import upload_folder
from helpers.sharding.instance import TooManyDropped
from helpers.storage import LocalFolder
from helpers.stream import make_loader
from scripts_process import shard
from tests.places import ROOT
from tests.s3_server import serve
from tests.toy import Toy, make_raw


def arguments(raw, output, *more: str) -> list[str]:
    return [
        *("--dataset", "birds", "--raw", str(raw), "--output", str(output)),
        *("--records-per-shard", "10", "--threads", "4", "--processes", "2", *more),
    ]


def run(raw, output, *more: str, dataset=None) -> dict[str, float]:
    return shard.main(shard.parse_args(arguments(raw, output, *more)), dataset or Toy(2))


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def raw(tmp_path):
    return make_raw(tmp_path / "raw", 100)


def resources(folder: Path, rank: int, count: int) -> str:
    hosts = [f"algo-{n + 1}" for n in range(count)]
    path = folder / f"resources-{rank}.json"
    path.write_text(json.dumps({"current_host": hosts[rank], "hosts": hosts[::-1]}))
    return str(path)


def test_what_is_made_is_streamed(raw, tmp_path):
    metrics = run(raw, tmp_path / "out")
    manifest = load_manifest(LocalFolder(tmp_path / "out"))
    assert metrics["samples"] == metrics["total_samples"] == 200
    keys = set()
    for split in ("train", "validation", "test"):
        loader = make_loader(
            manifest, split, tmp_path / "out", decode=Toy().decode, batch_size=7, shuffle=False
        )
        for batch in loader:
            keys.update(batch.keys)
            numbers = [int(key.split("-")[2]) for key in batch.keys]
            assert batch.data[:, 0, 0].tolist() == numbers
            assert batch.target.tolist() == [n % 3 for n in numbers]
    assert len(keys) == 200


@pytest.mark.parametrize("count", [2, 3, 7])
def test_any_number_of_instances_makes_the_same_bytes(raw, tmp_path, count):
    run(raw, tmp_path / "one")
    for rank in reversed(range(count)):
        run(raw, tmp_path / "many", "--resources", resources(tmp_path, rank, count))
    assert tree(tmp_path / "many") == tree(tmp_path / "one")


def test_a_second_run_makes_nothing_again(raw, tmp_path):
    run(raw, tmp_path / "out")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*.tar")}
    assert run(raw, tmp_path / "out")["shards"] == 0
    assert before == {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*.tar")}


@pytest.mark.parametrize("lost", ["train/train-000002.json", "train/train-000002.tar"])
def test_a_shard_without_its_sidecar_or_itself_is_made_again(raw, tmp_path, lost):
    run(raw, tmp_path / "out")
    whole = tree(tmp_path / "out")
    (tmp_path / "out" / lost).unlink()
    assert run(raw, tmp_path / "out")["shards"] == 1
    assert tree(tmp_path / "out") == whole


def test_a_changed_source_is_sharded_again_and_only_its_shard(raw, tmp_path):
    run(raw, tmp_path / "out")
    sources = sorted((raw / "media").iterdir())
    sources[5].write_bytes(b"8 bytes!")
    assert run(raw, tmp_path / "out")["shards"] == 1


def test_shards_of_an_earlier_plan_are_removed_and_other_files_left(raw, tmp_path):
    run(raw, tmp_path / "out", "--records-per-shard", "3")
    (tmp_path / "out" / "notes.txt").write_text("mine")
    run(raw, tmp_path / "out")
    run(raw, tmp_path / "fresh")
    left = tree(tmp_path / "out")
    assert left.pop("notes.txt") == b"mine"
    assert left == tree(tmp_path / "fresh")


SLOW = """
import sys, time
sys.path.insert(0, "tests")
from scripts_process import shard
from toy import Toy

class Slow(Toy):
    def samples(self, record, data, store):
        time.sleep(0.03)
        return super().samples(record, data, store)

shard.main(shard.parse_args(sys.argv[1:]), Slow(2))
"""


def test_a_killed_run_goes_on_to_the_same_manifest(raw, tmp_path):
    run(raw, tmp_path / "undisturbed")
    out = tmp_path / "killed"
    command = [sys.executable, "-c", SLOW, *arguments(raw, out)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while len(list(out.rglob("*.json"))) < 3 and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    cleaners = psutil.Process(process.pid).children()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert len(cleaners) == 2 and not psutil.wait_procs(cleaners, timeout=10)[1]
    done = len(list(out.rglob("*.json")))
    assert 3 <= done < 13 and not (out / "manifest.json").exists()
    assert 0 < run(raw, out)["shards"] <= 13 - done
    files = tree(out)
    assert {k: v for k, v in files.items() if ".part-" not in k} == tree(tmp_path / "undisturbed")


def spoil(raw: Path, count: int) -> set[str]:
    """Truncate, empty or replace the first `count` objects; return their keys."""
    spoilt = sorted((raw / "media").glob("*.toy"))[:count]
    for n, path in enumerate(spoilt):
        path.write_bytes([b"123", b"", b"<html>no such file</html>"][n % 3])
    return {path.relative_to(raw).as_posix() for path in spoilt}


def test_a_few_spoilt_objects_are_listed_exactly(raw, tmp_path):
    spoilt = spoil(raw, 5)
    (raw / "media" / "notes.txt").write_text("x")
    run(raw, tmp_path / "out")
    manifest = load_manifest(LocalFolder(tmp_path / "out"))
    assert {drop.source for drop in manifest.dropped} == spoilt | {"media/notes.txt"}
    reasons = {drop.reason for drop in manifest.dropped}
    assert reasons == {"not a toy"} | {f"truncated: {n} of 8 bytes" for n in (0, 3, 25)}
    assert sum(split.samples for split in manifest.splits.values()) == 190


def test_too_many_spoilt_objects_fail_the_job_with_the_cause(raw, tmp_path):
    spoil(raw, 60)
    with pytest.raises(TooManyDropped, match="60 of 100 .* more than 20%: 60 x truncated"):
        run(raw, tmp_path / "out")
    assert not (tmp_path / "out" / "manifest.json").exists()
    run(raw, tmp_path / "out", "--max-dropped", "0.6")
    assert len(load_manifest(LocalFolder(tmp_path / "out")).dropped) == 60


def test_an_instance_that_never_comes_is_named(raw, tmp_path):
    first = ("--resources", resources(tmp_path, 0, 2), "--wait", "0.3")
    with pytest.raises(TimeoutError, match="train-000001.json and [0-9] more"):
        run(raw, tmp_path / "out", *first)


def test_a_failure_is_the_last_line_and_the_message(tmp_path):
    (tmp_path / "raw").mkdir()
    command = [sys.executable, "scripts_process/shard.py", *arguments(tmp_path / "raw", "out")]
    command += ["--message", str(tmp_path / "message")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    reason = "FileNotFoundError: No train_metadata.csv below the raw prefix: run notebook 01"
    assert done.stderr.splitlines()[-1] == (tmp_path / "message").read_text() == reason


def test_s3_gives_the_same_bytes_as_a_folder(raw, tmp_path, monkeypatch):
    run(raw, tmp_path / "out")
    with serve(tmp_path, "birds") as server:
        monkeypatch.setattr(shard, "job_client", lambda service: server.client())
        upload_folder(server.client(), raw, "s3://birds/raw/birds")
        run("s3://birds/raw/birds", "s3://birds/shards/birds")
        assert tree(tmp_path / "s3" / "birds" / "shards" / "birds") == tree(tmp_path / "out")
        assert run("s3://birds/raw/birds", "s3://birds/shards/birds")["shards"] == 0


def test_metrics_are_printed_as_name_and_value(tmp_path):
    load_dataset("birds").make_sample(tmp_path / "raw", recordings=24, recordists=8, species=3)
    command = [sys.executable, "scripts_process/shard.py", *arguments(tmp_path / "raw", tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    metrics = dict(re.findall(r"(\w+)=([\d.]+);", done.stdout))
    manifest = Manifest.from_json((tmp_path / "manifest.json").read_bytes())
    assert int(metrics["total_samples"]) == sum(s.samples for s in manifest.splits.values()) > 20
    assert len(manifest.labels) == 3


def test_earlier_groups_keep_their_splits_and_their_test_stays_a_test(raw, tmp_path):
    run(raw, tmp_path / "old")
    old = load_manifest(LocalFolder(tmp_path / "old")).split_of_groups
    for n in range(100, 140):
        (raw / "media" / f"l{n % 3}-g{n % 14}-{n:05d}.toy").write_bytes(n.to_bytes(8, "little"))
    run(raw, tmp_path / "new", "--keep", str(tmp_path / "old"), "--seed", "7")
    new = load_manifest(LocalFolder(tmp_path / "new")).split_of_groups
    assert {group: new[group] for group in old} == old
    assert new.keys() - old.keys() == {f"owner:g{n}" for n in range(10, 14)}
