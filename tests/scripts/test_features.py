"""Metadata becomes records: once, again when it changes, never after somebody has deleted it."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from helpers import feature_groups
from helpers.batches import raw_prefix
from helpers.datasets import load_dataset
from helpers.exploration import new_records
from helpers.manifest import load_manifest
from helpers.roles import make_role
from helpers.sharding import snapshot
from helpers.storage import LocalFolder
from scripts_process import features, shard
from tests.helpers.automation.world import bins, upload


@pytest.fixture
def config(config):
    """Return the settings of a course that has made its group."""
    config = config.__class__(**{**vars(config), "dataset": "bins"})
    make_role(config)
    feature_groups.make_group(config)
    return config


def run(config, output, **more):
    flags = {"dataset": "bins", "raw": config.uri("raw"), "message": "none", "output": output}
    flags |= {"group": feature_groups.group_name(config), **more}
    words = [part for name, value in flags.items() for part in (f"--{name}", str(value))]
    return features.main(features.parse_args(words))


def test_a_record_is_written_once_and_again_when_it_changes(aws, config, tmp_path):
    upload(aws, config, bins(0, 5))
    assert run(config, tmp_path) == {"records": 5, "set_aside": 0, "sent_again": 0}
    assert run(config, tmp_path)["records"] == 0
    time.sleep(1.1)  # S3's times have seconds
    upload(aws, config, {"metadata/00003.json": b'{"EXPECTED_QUANTITY": 7}'})
    assert run(config, tmp_path)["records"] == 1
    assert list(feature_groups.online(config, ["00003"])["expected_quantity"]) == ["7"]


def test_a_record_that_somebody_has_deleted_stays_so_and_is_not_learned(aws, config, tmp_path):
    upload(aws, config, bins(0, 30))
    run(config, tmp_path)
    feature_groups.delete_record(config, "00003", datetime.now(UTC) + timedelta(seconds=1))
    run(config, tmp_path)
    assert feature_groups.online(config, ["00003"]).empty
    out = tmp_path / "shards"
    shard.main(
        shard.parse_args([
            *("--dataset", "bins", "--raw", config.uri("raw"), "--output", str(out)),
            *("--group", feature_groups.group_name(config), "--processes", "1"),
        ])
    )  # fmt: skip
    aside = json.loads((out / "manifest.json").read_text())["dropped"]
    assert {"source": "bin-images/00003.jpg", "reason": "not in the Feature Store"} in aside


def test_what_comes_after_explore_has_looked_is_new_to_the_next_run(aws, config, tmp_path):
    upload(aws, config, bins(0, 30))
    raw = raw_prefix(config)
    (tmp_path / snapshot.NAME).write_text(snapshot.take(raw.list()))
    # A whole record, the photo of one whose metadata is on its way, and another label of a known.
    (photo, body), _ = bins(31, 1).items()
    relabeled = {"metadata/00003.json": b'{"EXPECTED_QUANTITY": 2}'}
    upload(aws, config, {**bins(30, 1), photo: body, **relabeled})
    assert run(config, tmp_path, within=tmp_path)["records"] == 29
    out = tmp_path / "shards"
    shard.main(
        shard.parse_args([
            *("--dataset", "bins", "--raw", config.uri("raw"), "--output", str(out)),
            *("--group", feature_groups.group_name(config), "--processes", "1"),
            *("--within", str(tmp_path)),
        ])
    )  # fmt: skip
    manifest = load_manifest(LocalFolder(out))
    assert {each.source for each in manifest.dropped} <= {"bin-images/00003.jpg"}
    objects = list(raw.list())
    records, _ = load_dataset("bins").records([each.key for each in objects], raw.read)
    new = {each.id for each in new_records(records, objects, manifest)}
    assert "00030" in new and "00031" not in {each.id for each in records}
    upload(aws, config, bins(31, 1))
    objects = list(raw.list())
    records, _ = load_dataset("bins").records([each.key for each in objects], raw.read)
    assert {"00030", "00031"} <= {each.id for each in new_records(records, objects, manifest)}


def test_metadata_that_is_none_is_counted_and_named(aws, config, tmp_path):
    upload(aws, config, {**bins(0, 9), "metadata/odd.json": b"{"})
    assert run(config, tmp_path) == {"records": 9, "set_aside": 1, "sent_again": 0}
    (odd,) = json.loads((tmp_path / features.REPORT).read_text())["set_aside"]
    assert odd["source"] == "metadata/odd.json" and odd["reason"].startswith("not JSON")
    upload(aws, config, {f"metadata/odd{n}.json": b"[]" for n in range(9)})
    with pytest.raises(ValueError, match="10 of 19 records are unusable: "):
        run(config, tmp_path)
