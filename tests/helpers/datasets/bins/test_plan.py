"""A plan has the published proportions, the stated dirt, and goods that fit."""

from collections import Counter

import pytest

from helpers.datasets.bins.plan import COUNTS, DIRT, goods, plan


def test_the_classes_have_the_published_proportions() -> None:
    bins = plan(0, 5000, 0)
    counts = Counter(b.count for b in bins if b.fault not in ("copy", "again"))
    total = sum(COUNTS.values())
    for count, share in COUNTS.items():
        assert counts[count] / 5000 == pytest.approx(share / total, abs=0.01)


def test_the_stated_dirt_is_there() -> None:
    faults = Counter(b.fault for b in plan(0, 2000, 40))
    for fault, share in DIRT.items():
        assert faults[fault] == round(2000 * share)
    assert sum(faults[f] for f in ("truncated", "png", "html", "empty")) == 40
    with pytest.raises(ValueError, match="11 of 10"):
        plan(0, 10, 11)


def test_a_unit_is_drawn_as_large_as_its_metadata_says() -> None:
    for bin_ in plan(5, 60, 0):
        items, _, units = goods(5, 60, bin_)
        assert len(units) == bin_.count == len(items)
        for unit in units:
            assert sorted((unit.width, unit.height, unit.depth)) == sorted(unit.item.sides)
