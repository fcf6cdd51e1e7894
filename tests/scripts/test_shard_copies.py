"""Recordings planted twice among raw birds: found by any number of instances, never split."""

import json
import multiprocessing
from pathlib import Path

import pytest

from helpers.datasets import load_dataset
from helpers.datasets.birds.metadata import CSV_KEY, read_table, write_table
from helpers.manifest import Manifest, load_manifest
from helpers.media.audio import read_audio
from helpers.storage import LocalFolder
from scripts_process import shard
from tests.sounds import file_of


@pytest.fixture(scope="module")
def raw(tmp_path_factory) -> tuple[LocalFolder, dict[str, str]]:
    """Raw birds with three copies of other quality by another recordist: {copy: original}."""
    folder = LocalFolder(tmp_path_factory.mktemp("raw"))
    load_dataset("birds").make_sample(folder.root, recordings=24, recordists=8, species=3)
    rows = read_table(folder.read(CSV_KEY))
    planted = {}
    for number, row in enumerate(rows[::9][:3]):
        wave, _ = read_audio(folder.read(f"train_audio/{row['filename']}"))
        label = rows[-1]["primary_label"] if number == 0 else row["primary_label"]
        name = f"{label}/ZZ{number}.ogg"
        poor = file_of(wave * 0.6, "OGG", subtype="VORBIS", compression_level=0.9)
        folder.write(f"train_audio/{name}", poor)
        rows.append({**row, "primary_label": label, "author": "Nobody Else", "filename": name})
        planted[f"train_audio/{name}"] = f"train_audio/{row['filename']}"
    folder.write(CSV_KEY, write_table(rows))
    return folder, planted


def run(raw: LocalFolder, out: Path, rank: int, instances: int) -> None:
    hosts = [f"algo-{n + 1}" for n in range(instances)]
    place = out.parent / f"{out.name}-{rank}.json"
    place.write_text(json.dumps({"current_host": hosts[rank], "hosts": hosts}))
    arguments = ["--dataset", "birds", "--raw", str(raw.root), "--output", str(out)]
    arguments += ["--records-per-shard", "8", "--processes", "1", "--resources", str(place)]
    shard.main(shard.parse_args(arguments))


def sharded(raw: LocalFolder, out: Path, instances: int) -> Manifest:
    """Run all instances of the job at once and return its manifest."""
    fork = multiprocessing.get_context("fork")
    jobs = [fork.Process(target=run, args=(raw, out, n, instances)) for n in range(instances)]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join(120)
    assert [job.exitcode for job in jobs] == [0] * instances
    return load_manifest(LocalFolder(out))


def test_planted_copies_are_dropped_or_joined_and_any_number_of_instances_agrees(raw, tmp_path):
    folder, planted = raw
    manifest = sharded(folder, tmp_path / "one", 1)
    found = {drop.source: drop.reason for drop in [*manifest.dropped, *manifest.joined]}
    for copy, original in planted.items():
        source = copy if copy in found else original  # the longer one of the two stays
        assert found[source].startswith("near copy: ")
        assert {copy, original} - {source} == {
            part.rstrip(",") for part in found[source].split() if part.startswith("train_audio/")
        }
    (joined,) = manifest.joined
    assert "labeled" in joined.reason
    groups = [group for split in manifest.splits.values() for group in split.groups]
    assert len(groups) == len(set(groups)) and sum(g.startswith("copies:") for g in groups) == 1
    sharded(folder, tmp_path / "three", 3)
    one, three = (tmp_path / name / "manifest.json" for name in ("one", "three"))
    assert one.read_bytes() == three.read_bytes()
