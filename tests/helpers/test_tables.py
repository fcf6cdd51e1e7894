"""A table shows long names and many rows whole, and says where it has no row."""

import pandas as pd

from helpers.tables import whole

LONG = "birds-and-bins-birds-evaluation-2026-11-26-04-50-43-574845-with-a-word"
FRAME = pd.DataFrame({"name": [f"{LONG}-{number}" for number in range(100)], "price": "$1 or $2"})


def test_long_names_are_whole_in_both_forms():
    for text in (repr(whole(FRAME)), whole(FRAME)._repr_html_()):
        assert all(name in text for name in FRAME["name"]) and "..." not in text


def test_a_table_without_rows_says_so():
    assert "none" in repr(whole(FRAME[:0])) and "none" in whole(FRAME[:0])._repr_html_()
