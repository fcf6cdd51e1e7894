"""The split by group, over any records."""

from collections import Counter, defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.samples import Record
from helpers.sharding.splits import (
    FRACTIONS,
    SPLITS,
    components,
    oversized,
    split_counts,
    split_records,
)


def record(n: int, label: str, *groups: str) -> Record:
    return Record(f"id{n:04d}", f"media/id{n:04d}.jpg", label, groups)


@st.composite
def record_lists(draw) -> list[Record]:
    """Any labels, with zero to three groups each out of a few."""
    rows = draw(
        st.lists(
            st.tuples(
                st.sampled_from("abcde"), st.lists(st.integers(0, 40), max_size=3, unique=True)
            ),
            min_size=1,
            max_size=120,
        )
    )
    return [record(n, label, *(f"g{g}" for g in groups)) for n, (label, groups) in enumerate(rows)]


@given(record_lists(), st.integers(0, 5))
def test_no_group_is_in_two_splits(records, seed):
    split_of = split_records(records, seed=seed)
    found = defaultdict(set)
    for one in records:
        for group in one.groups:
            found[group].add(split_of[one.id])
    assert all(len(splits) == 1 for splits in found.values())


@given(record_lists(), st.randoms(use_true_random=False))
def test_the_order_of_records_does_not_matter(records, random):
    mixed = list(records)
    random.shuffle(mixed)
    assert split_records(mixed, seed=3) == split_records(records, seed=3)


@given(record_lists())
def test_every_record_is_in_one_of_the_splits(records):
    split_of = split_records(records)
    assert split_of.keys() == {one.id for one in records}
    assert set(split_of.values()) <= set(SPLITS)


@given(record_lists(), st.integers(0, 5))
def test_every_label_is_in_train(records, seed):
    split_of = split_records(records, seed=seed)
    in_train = {one.label for one in records if split_of[one.id] == "train"}
    assert in_train == {one.label for one in records}


@given(record_lists())
def test_a_label_with_groups_of_its_own_reaches_test_too(records):
    lone = [record(9000 + n, "lone") for n in range(2)]
    split_of = split_records(records + lone)
    assert {split_of[one.id] for one in lone} == {"train", "test"}


@pytest.mark.parametrize(
    "count, expected",
    [(1, (1, 0, 0)), (2, (1, 0, 1)), (3, (1, 1, 1)), (4, (2, 1, 1)), (20, (14, 3, 3))],
)
def test_small_labels_fill_train_then_test_then_validation(count, expected):
    records = [record(100 * k + n, label) for k, label in enumerate("abc") for n in range(count)]
    counts = split_counts(records, split_records(records))
    for label in "abc":
        assert tuple(counts[split].get(label, 0) for split in SPLITS) == expected


def test_shares_are_kept_within_a_percent_on_a_large_set():
    records = [record(n, "ab"[n % 7 == 0], f"owner{n // 5}") for n in range(5_000)]
    counts = split_counts(records, split_records(records, seed=1))
    for label in "ab":
        total = sum(counts[split][label] for split in SPLITS)
        for split, share in zip(SPLITS, (0.7, 0.15, 0.15), strict=True):
            assert abs(counts[split][label] / total - share) < 0.01


def test_the_seed_changes_the_split():
    records = [record(n, "a") for n in range(100)]
    assert split_records(records, seed=0) != split_records(records, seed=1)
    assert split_records(records, seed=0) == split_records(records, seed=0)


def test_records_joined_through_others_are_one_component():
    chain = [record(n, "a", f"g{n}", f"g{n + 1}") for n in range(50)]
    assert [part.size for part in components(chain)] == [50]
    assert Counter(split_records(chain).values()) == {"train": 50}


def test_a_group_too_large_to_balance_is_reported():
    records = [record(n, "a", "big" if n < 40 else f"g{n}") for n in range(100)]
    (large,) = oversized(records)
    assert (large.size, large.groups) == (40, ("big",))
    assert oversized([record(n, "a") for n in range(100)]) == []


@pytest.mark.parametrize(
    "fractions",
    [
        {"train": 0.5, "validation": 0.2, "test": 0.2},
        {"train": 0.7, "test": 0.3},
        {"train": 0.0, "validation": 0.5, "test": 0.5},
        {"train": 1.2, "validation": -0.1, "test": -0.1},
    ],
)
def test_fractions_that_make_no_sense_are_refused(fractions):
    with pytest.raises(ValueError):
        split_records([record(0, "a")], fractions)


def test_a_split_without_a_share_stays_empty():
    records = [record(n, "a") for n in range(50)]
    fractions = {"train": 0.8, "validation": 0.2, "test": 0.0}
    assert Counter(split_records(records, fractions).values()) == {"train": 40, "validation": 10}


@pytest.mark.parametrize("seed", range(4))
def test_busy_recordists_leave_the_shares_near_their_fractions(seed):
    busy = [62, 38, 27, 24, 20, 20, 17, 14, 12, 12, *range(11, 0, -1), *[2] * 20, *[1] * 20]
    records = [
        record(1000 * who + n, "abcdefgh"[(3 * who + n % 3 * 5 + n // 7) % 8], f"person {who}")
        for who, size in enumerate(busy)
        for n in range(size)
    ]
    counts = split_counts(records, split_records(records, seed=seed))
    shares = {split: sum(found.values()) / len(records) for split, found in counts.items()}
    assert shares == pytest.approx(FRACTIONS, abs=0.015)


@given(record_lists(), record_lists(), st.integers(0, 5))
def test_groups_keep_their_splits_when_records_come(before, new, seed):
    fresh = [
        record(n, one.label, *(f"new-{group}" for group in one.groups))
        for n, one in enumerate(new, start=1000)
    ]
    old = split_records(before, seed=seed)
    kept = {group: old[one.id] for one in before for group in one.groups}
    again = split_records([*before, *fresh], seed=seed, kept=kept)
    assert all(again[one.id] == old[one.id] for one in before if one.groups)


@given(record_lists(), record_lists(), st.integers(0, 5))
def test_nothing_that_an_earlier_model_has_seen_comes_into_the_test(before, new, seed):
    joined = [record(n, one.label, *one.groups) for n, one in enumerate(new, start=1000)]
    old = split_records(before, seed=seed)
    kept = {group: old[one.id] for one in before for group in one.groups}
    again = split_records([*before, *joined], seed=seed, kept=kept)
    seen = {one.id for one in before if one.groups and old[one.id] != "test"}
    assert not [id for id in seen if again[id] == "test"]
    assert again == split_records([*before, *joined][::-1], seed=seed, kept=kept)
