"""Goods lie in their cell so that each can be seen."""

import numpy as np
import pytest

from helpers.datasets.bins.catalog import make_item
from helpers.datasets.bins.layout import VISIBLE, Cell, Unit, arrange, seen


def test_every_unit_can_be_seen_and_none_leaves_its_cell() -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        found = arrange(rng, [make_item(rng, 0.4) for _ in range(3)])
        if found is None:
            continue
        cell, units = found
        assert min(seen(cell, units)) >= VISIBLE
        assert all(u.x >= 0 and u.x + u.width <= cell.width and u.y >= 0 for u in units)


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_a_unit_is_seen_as_far_as_none_stands_before_it(share: float) -> None:
    item, cell = make_item(np.random.default_rng(0)), Cell(12.0, 12.0)
    behind = Unit(item, "face", 2.0, 2.0, 0.0, 4.0, 4.0, 1.0)
    before = Unit(item, "face", 2.0 + 4.0 * share, 2.0, 0.0, 4.0, 4.0, 1.0)
    assert seen(cell, [behind, before]) == pytest.approx([share, 1.0])


def test_what_lies_deeper_is_seen_closer_to_the_middle() -> None:
    cell = Cell(12.0, 10.0)
    assert cell.project(0.0, 0.0, 0.0) == (0.0, 0.0)
    x, y = cell.project(0.0, 0.0, 12.0)
    assert 0 < x < 6.0 and 0 < y < 4.2
