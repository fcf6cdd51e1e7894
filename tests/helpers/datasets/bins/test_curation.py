"""A bin's curated row has its items by ASIN, and a bin that does not add up has none."""

import json

import pytest

from helpers.datasets.bins.curation import CURATION
from helpers.samples import Unreadable


def data(count, **quantities):
    items = {a: {"asin": a, "name": f" {a}  mug", "quantity": n} for a, n in quantities.items()}
    return json.dumps({"BIN_FCSKU_DATA": items, "EXPECTED_QUANTITY": count}).encode()


def test_a_row_has_all_columns_and_its_items_in_order():
    row = CURATION.read("1", data(3, B=1, A=2))
    assert row.keys() == CURATION.columns.keys() and row["expected_quantity"] == 3
    assert row["items"] == [
        {"asin": "A", "name": "A mug", "quantity": 2},
        {"asin": "B", "name": "B mug", "quantity": 1},
    ]


@pytest.mark.parametrize("bad", [b"{", data(2, A=1), data(-1), b"[]"])
def test_a_file_that_does_not_add_up_gives_a_reason(bad):
    with pytest.raises(Unreadable, match="."):
        CURATION.read("1", bad)
