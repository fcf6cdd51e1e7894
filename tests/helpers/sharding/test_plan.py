"""The plan of shards: every record once, the same on every instance."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.samples import Remark
from helpers.sharding.plan import make_plan
from helpers.sharding.splits import split_records
from helpers.storage import Entry
from tests.plans import listing, plan_of, records


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
