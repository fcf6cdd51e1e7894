"""Records that a feature group lacks are set aside, each by name, up to a share."""

import pytest

from helpers.samples import Record
from helpers.sharding.stored import NotStored, stored

RECORDS = [Record(f"r{n}", f"media/r{n}.jpg", "1", (f"r{n}",)) for n in range(10)]


def test_a_record_that_is_not_known_is_named():
    kept, others = stored(RECORDS, lambda ids: {*ids} - {"r3"}, 0.2)
    assert [record.id for record in kept] == [f"r{n}" for n in range(10) if n != 3]
    assert [(each.source, each.reason) for each in others] == [
        ("media/r3.jpg", "not in the Feature Store")
    ]


def test_of_an_empty_group_it_says_what_to_run():
    with pytest.raises(NotStored, match=r"10 of 10 records .* run scripts_process/features.py"):
        stored(RECORDS, lambda ids: {}, 0.2)


def test_no_records_are_no_error():
    assert stored([], lambda ids: {}, 0.2) == ([], [])
