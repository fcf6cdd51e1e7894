"""A recording's curated row is normalized, and one that can't be is refused with the reason."""

import json

import pytest

from helpers.datasets.birds.curation import CURATION
from helpers.samples import Unreadable

ROW = {
    "id": "XC1", "primary_label": " eubeat1 ", "filename": "eubeat1/XC1.ogg", "rating": 4,
    "secondary_labels": ["wren", "eubeat1", "wren"], "type": ["song", ""], "latitude": None,
    "author": "Jose\u0301", "url": "",
}  # fmt: skip


def data(**change):
    return json.dumps({**ROW, **change}).encode()


def test_a_row_has_all_columns_in_their_types_and_one_spelling():
    row = CURATION.read("XC1", data())
    assert row.keys() == CURATION.columns.keys()
    assert (row["primary_label"], row["author"], row["url"]) == ("eubeat1", "Jos\u00e9", None)
    assert (row["secondary_labels"], row["type"]) == (["wren"], ["song"])
    assert (row["rating"], row["latitude"], row["seconds"]) == (4.0, None, None)


@pytest.mark.parametrize(
    "change, reason",
    [
        ({"primary_label": " "}, "no value: primary_label"),
        ({"latitude": 91}, "latitude is out of range: 91"),
        ({"rating": "five"}, "rating is no number"),
        ({"type": "song"}, "type is no list"),
        ({"author": 7}, "author is no text"),
    ],
)
def test_a_row_that_can_not_be_is_refused_with_the_reason(change, reason):
    with pytest.raises(Unreadable, match=reason):
        CURATION.read("XC1", data(**change))


@pytest.mark.parametrize("bad", [b"{", b"[]", b"\xff"])
def test_what_is_no_json_object_is_refused(bad):
    with pytest.raises(Unreadable, match="JSON"):
        CURATION.read("XC1", bad)
