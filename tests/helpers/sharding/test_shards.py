"""The plan of shards, shards as bytes, and the manifest made of their sidecars."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.samples import Record, Remark, Sample, causes
from helpers.sharding.plan import make_plan
from helpers.sharding.shards import ShardWriter, build_manifest
from helpers.sharding.splits import split_records
from helpers.storage import Entry
from helpers.streaming.shard_reader import find_samples


def records(count: int) -> list[Record]:
    return [
        Record(f"r{n:03d}", f"media/r{n:03d}.jpg", "ab"[n % 2], (f"g{n // 2}",))
        for n in range(count)
    ]


def listing(rows: list[Record], size: int = 100) -> list[Entry]:
    return [Entry(row.media, size, f"etag-{row.id}") for row in rows]


def plan_of(rows: list[Record], **options):
    return make_plan("toy", rows, [], listing(rows), **{"store": "jpg"} | options)


def write(plan, shard, path, outcome=None) -> dict:
    """Write a shard in which each record gives one sample, or what `outcome` says."""
    with ShardWriter(shard, path) as writer:
        for row in shard.records:
            sample = Sample(row.id, b"media", "jpg", {"label": row.label, "source": row.media})
            writer.add((outcome or {}).get(row.id, [sample]))
        return writer.close()


@given(st.integers(1, 80), st.integers(1, 20), st.integers(50, 2000), st.integers(1, 7))
def test_instances_make_every_shard_once(count, per_shard, size, instances):
    plan = plan_of(records(count), records_per_shard=per_shard, shard_bytes=size)
    parts = [shard for rank in range(instances) for shard in plan.part(rank, instances)]
    assert sorted(shard.name for shard in parts) == sorted(shard.name for shard in plan.shards)


@given(st.integers(1, 80), st.integers(1, 20))
def test_every_record_is_in_one_shard_of_its_split(count, per_shard):
    rows = records(count)
    plan, split_of = plan_of(rows, records_per_shard=per_shard), split_records(rows)
    placed = {row.id: shard.split for shard in plan.shards for row in shard.records}
    assert placed == split_of
    assert plan.size == count
    assert all(1 <= len(shard.records) <= per_shard for shard in plan.shards)


def test_shards_are_as_large_as_asked_and_even():
    rows = records(200)
    plan = plan_of(rows, shard_bytes=1500)
    sizes = [len(shard.records) for shard in plan.shards if shard.split == "train"]
    assert max(sizes) <= 15 and max(sizes) - min(sizes) <= 1


def test_the_plan_depends_on_the_seed_and_not_on_the_order_of_keys():
    rows = records(50)
    assert plan_of(rows) == plan_of(rows[::-1]) != plan_of(rows, seed=1)


@pytest.mark.parametrize("change", ["etag", "store", "dataset"])
def test_a_digest_changes_with_all_that_the_bytes_depend_on(change):
    rows = records(10)
    entries = [Entry(e.key, e.size, e.etag + "x" * (change == "etag")) for e in listing(rows)]
    other = make_plan(
        "other" if change == "dataset" else "toy",
        rows,
        [],
        entries,
        store="flac" if change == "store" else "jpg",
    )
    pairs = zip(plan_of(rows).shards, other.shards, strict=True)
    assert all(a.digest != b.digest for a, b in pairs)


@pytest.mark.parametrize(
    "rows, drops, problem",
    [
        (records(3), [], "No raw object for media/r000.jpg and 2 more"),
        ([], [], "it is empty"),
        ([], [Remark("a", "no photo"), Remark("b", "no photo")], "2 x no photo.: run notebooks/01"),
    ],
)
def test_no_records_or_no_object_is_an_error(rows, drops, problem):
    with pytest.raises(ValueError, match=problem):
        make_plan("toy", rows, drops, [], store="jpg")


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


def test_causes_are_grouped_and_the_most_frequent_first():
    drops = [
        Remark("a", "truncated: 3 bytes"),
        Remark("b", "empty file"),
        Remark("c", "truncated: 4"),
    ]
    assert causes(drops) == [("truncated", 2), ("empty file", 1)]
    assert causes([{"source": "a", "reason": "x"}]) == [("x", 1)]


def test_meta_lies_beside_the_media_as_json(tmp_path):
    plan = plan_of(records(3))
    write(plan, plan.shards[0], tmp_path / "a")
    data = (tmp_path / "a").read_bytes()
    place = find_samples(data, "a")[0]
    meta = json.loads(data[place.meta : place.meta + place.meta_size])
    assert set(meta) == {"label", "source"}
