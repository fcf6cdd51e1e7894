"""Shards as bytes, and the manifest made of their sidecars."""

import json

import pytest

from helpers.samples import Remark, Sample
from helpers.sharding.plan import make_plan
from helpers.sharding.shards import ShardWriter, build_manifest
from helpers.storage import Entry
from helpers.streaming.shard_reader import find_samples
from tests.plans import listing, plan_of, records


def write(plan, shard, path, outcome=None) -> dict:
    """Write a shard in which each record gives one sample, or what `outcome` says."""
    with ShardWriter(shard, path) as writer:
        for row in shard.records:
            sample = Sample(row.id, b"media", "jpg", {"label": row.label, "source": row.media})
            writer.add((outcome or {}).get(row.id, [sample]))
        return writer.close()


def test_the_same_samples_give_the_same_bytes(tmp_path):
    plan = plan_of(records(10))
    first = write(plan, plan.shards[0], tmp_path / "a")
    assert write(plan, plan.shards[0], tmp_path / "b") == first
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert len(find_samples((tmp_path / "a").read_bytes(), "a")) == first["samples"]


@pytest.mark.parametrize("key", ["", "a.b", "a/b", "twice"])
def test_a_key_that_would_not_come_back_is_refused(tmp_path, key):
    plan = plan_of(records(10))
    sample = Sample(key, b"", "jpg", {"label": "a"})
    with pytest.raises(ValueError, match="unique, without dots or slashes"):
        write(plan, plan.shards[0], tmp_path / "a", {plan.shards[0].records[0].id: [sample] * 2})


def test_the_manifest_counts_what_is_there_and_lists_what_is_not(tmp_path):
    rows = records(40)
    aside = [Remark("media/x.txt", "not a jpg")]
    plan = make_plan("toy", rows, aside, listing(rows), store="jpg", records_per_shard=4)
    empty, broken = plan.shards[0], plan.shards[1].records[0]
    lost = {row.id: Remark(row.media, "truncated: 3 bytes") for row in (*empty.records, broken)}
    notes = {s.name: write(plan, s, tmp_path / "s", lost) for s in plan.shards}
    manifest = build_manifest(plan, notes)
    manifest.check()
    assert sum(split.samples for split in manifest.splits.values()) == 40 - len(lost)
    assert {drop.source for drop in manifest.dropped} == {d.source for d in lost.values()} | {
        "media/x.txt"
    }
    names = [shard.name for split in manifest.splits.values() for shard in split.shards]
    assert empty.tar not in names and len(names) == len(plan.shards) - 1
    assert manifest.sources["etags"][rows[0].media] == "etag-r000"


def test_the_manifest_has_the_names_of_the_labels(tmp_path):
    rows, names = records(8), {"a": "Aardvark (a)"}
    plan = make_plan("toy", rows, [], listing(rows), store="jpg", label_names=names)
    notes = {s.name: write(plan, s, tmp_path / "s") for s in plan.shards}
    manifest = build_manifest(plan, notes)
    assert manifest.label_names == names
    assert type(manifest).from_json(manifest.to_json()) == manifest


def test_a_repeated_recording_is_dropped_and_a_repeated_wreck_is_broken(tmp_path):
    rows = records(4)
    entries = [Entry(row.media, 100, "ab"[n // 2]) for n, row in enumerate(rows)]
    plan = make_plan("toy", rows, [], entries, store="jpg")
    wrecks = {row.id: Remark(row.media, "not a jpg") for row in rows[2:]}
    notes = {s.name: write(plan, s, tmp_path / "s", wrecks) for s in plan.shards}
    reasons = {drop.source: drop.reason for drop in build_manifest(plan, notes).dropped}
    assert reasons == {
        rows[1].media: f"the same bytes as {rows[0].media}",
        rows[2].media: "not a jpg",
        rows[3].media: "not a jpg",
    }
    assert sum(note["unreadable"] for note in notes.values()) == 2


def test_meta_lies_beside_the_media_as_json(tmp_path):
    plan = plan_of(records(3))
    write(plan, plan.shards[0], tmp_path / "a")
    data = (tmp_path / "a").read_bytes()
    place = find_samples(data, "a")[0]
    meta = json.loads(data[place.meta : place.meta + place.meta_size])
    assert set(meta) == {"label", "source"}
