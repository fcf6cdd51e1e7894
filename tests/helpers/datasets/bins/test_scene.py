"""A photograph shows the units where they lie."""

import numpy as np

from helpers.datasets.bins.catalog import make_item
from helpers.datasets.bins.layout import arrange
from helpers.datasets.bins.scene import photograph


def test_one_more_unit_changes_the_picture_where_it_lies() -> None:
    rng = np.random.default_rng(1)
    cell, units = arrange(rng, [make_item(rng, 0.4) for _ in range(2)])
    with_all, without = (
        np.asarray(photograph(np.random.default_rng(2), cell, some), int)
        for some in (units, units[1:])
    )
    assert with_all.shape == without.shape
    changed = (np.abs(with_all - without).max(2) > 3).mean()
    area = units[0].width * units[0].height / (cell.width * cell.height)
    assert 0.3 * area < changed < 4 * area
