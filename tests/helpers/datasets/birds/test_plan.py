"""The plan of the sample: imbalance, dirt and people, all from the seed."""

from collections import Counter

import pytest

from helpers.datasets.birds.plan import DIRT, dirt, plan

PLAN = plan(0, 480, 8, 60)


def test_the_same_seed_gives_the_same_plan_and_another_seed_another():
    assert plan(0, 480, 8, 60) == PLAN
    assert plan(1, 480, 8, 60) != PLAN


def test_species_are_unequal_and_each_has_enough_recordists_to_be_split():
    counts = Counter(item.species.label for item in PLAN)
    assert len(PLAN) == 480 and len(counts) == 8
    assert 3 < max(counts.values()) / min(counts.values()) < 6
    for label in counts:
        assert len({p.recordist.name for p in PLAN if p.species.label == label}) >= 8


def test_there_is_a_stated_amount_of_every_dirt_and_each_recording_has_one_at_most():
    found = dirt(PLAN)
    assert {kind: len(ids) for kind, ids in found.items()} == {
        kind: max(1, round(share * 480)) for kind, share in DIRT.items()
    }
    everything = [id for ids in found.values() for id in ids]
    assert len(everything) == len(set(everything)) < 0.1 * len(PLAN)


def test_a_copy_repeats_a_clean_recording_under_another_id():
    copies = [item for item in PLAN if item.original]
    assert len(copies) == 8
    for copy in copies:
        assert copy.original.dirt == "" and copy.id != copy.original.id
        assert copy.species == copy.original.species


def test_the_metadata_has_the_real_sets_gaps():
    assert 0 < sum(item.coordinates is None for item in PLAN) < 30
    assert 0 < sum(item.recorded_at is None for item in PLAN) < 60
    assert {item.rating for item in PLAN} >= {0.0, 3.5, 4.0}
    assert any(item.kind == [""] for item in PLAN)
    listed = [item.listed for item in PLAN if item.background]
    assert len(listed) > 20 and True in listed and False in listed


def test_recordings_last_five_to_twenty_seconds():
    assert all(5 <= item.seconds <= 20 for item in PLAN)


@pytest.mark.parametrize(
    "sizes", [{"species": 1}, {"species": 99}, {"recordings": 5}, {"recordists": 1}]
)
def test_sizes_out_of_range_are_refused(sizes):
    with pytest.raises(ValueError, match="choose|need"):
        plan(**{"seed": 0, "recordings": 100, "species": 4, "recordists": 10} | sizes)
