"""Groups of bins by item overlap."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from helpers.datasets.bins.groups import LARGEST, SMALL, group_bins

BINS = st.dictionaries(
    st.integers(0, 400).map("{:05d}".format),
    st.sets(st.sampled_from([f"B{i}" for i in range(40)]), max_size=4),
    max_size=80,
)


def test_a_shared_item_ties_two_bins() -> None:
    groups = group_bins({"2": ["A", "B"], "1": ["B", "C"], "3": ["D"]})
    assert groups == {"1": "1", "2": "1", "3": "3"}


def test_ties_chain() -> None:
    assert set(group_bins({"1": "AB", "2": "BC", "3": "CD"}).values()) == {"1"}


def test_empty_bins_are_groups_of_their_own() -> None:
    assert group_bins({"1": [], "2": []}) == {"1": "1", "2": "2"}


def test_a_popular_item_does_not_join_everything() -> None:
    bins = {f"{i:04d}": [f"own{i}", "popular"] for i in range(1000)}
    assert len(set(group_bins(bins).values())) == 1000


def test_a_popular_item_leaves_the_rare_ones_their_ties() -> None:
    bins = {f"{i:04d}": [f"own{i // 2}", f"other{i}", "popular"] for i in range(1000)}
    groups = group_bins(bins)
    assert all(groups[f"{i:04d}"] == groups[f"{i + 1:04d}"] for i in range(0, 1000, 2))
    assert len(set(groups.values())) == 500


def test_bins_with_the_same_items_stay_together_however_many() -> None:
    bins = {f"{i:04d}": ["A", f"own{i}"] for i in range(500)}
    bins |= {f"same{i}": ["A"] for i in range(100)} | {f"pair{i}": "AB" for i in range(100)}
    groups = group_bins(bins)
    assert len({groups[f"same{i}"] for i in range(100)}) == 1
    assert len({groups[f"pair{i}"] for i in range(100)}) == 1
    assert len({groups[f"{i:04d}"] for i in range(500)}) == 500


@given(BINS)
def test_equal_contents_and_two_shared_items_never_part(bins: dict) -> None:
    groups = group_bins(bins)
    assert groups.keys() == bins.keys()
    for one, items in bins.items():
        for other, others in bins.items():
            if (items and items == others) or len(items & others) >= 2:
                assert groups[one] == groups[other]


@given(BINS)
def test_a_group_is_named_after_its_first_bin_in_any_order(bins: dict) -> None:
    groups = group_bins(bins)
    assert groups == group_bins(dict(reversed(bins.items())))
    assert all(groups[name] == name <= bin_id for bin_id, name in groups.items())


def test_groups_stay_small_where_the_strong_ties_allow_it() -> None:
    bins = {f"{i:04d}": [f"x{i}", f"x{i + 1}"] for i in range(2000)}  # one chain through all
    largest = max(Counter(group_bins(bins).values()).values())
    assert largest <= max(SMALL, LARGEST * len(bins))
