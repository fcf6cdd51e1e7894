"""Records that a feature group lacks are set aside, each by name, up to a share."""

import pytest

from helpers.samples import Record
from helpers.sharding.stored import NotStored, stored

RECORDS = [Record(f"r{n}", f"media/r{n}.jpg", "1", (f"r{n}",)) for n in range(10)]


def test_a_record_that_is_not_known_is_named():
    kept, others, late = stored(RECORDS, lambda ids: {*ids} - {"r3"}, 0.2)
    assert [record.id for record in kept] == [f"r{n}" for n in range(10) if n != 3]
    assert [(each.source, each.reason) for each in others] == [
        ("media/r3.jpg", "not in the Feature Store")
    ]
    assert not late


def test_what_came_after_the_stores_writer_is_left_for_the_next_run():
    listed = {f"r{n}" for n in range(8)}
    kept, others, late = stored(RECORDS, lambda ids: {*ids} - {"r3"}, 0.2, listed)
    assert [record.id for record in kept] == ["r0", "r1", "r2", "r4", "r5", "r6", "r7"]
    assert [each.source for each in others] == ["media/r3.jpg"]
    assert late == {"media/r8.jpg", "media/r9.jpg"}


def test_of_an_empty_group_it_says_what_to_run():
    with pytest.raises(NotStored, match=r"10 of 10 records .* run scripts_process/features.py"):
        stored(RECORDS, lambda ids: {}, 0.2)


def test_no_records_are_no_error():
    assert stored([], lambda ids: {}, 0.2) == ([], [], set())
