"""Bytes and seconds of each store are those of the samples made in it."""

import pytest

from helpers.samples import Record
from helpers.sharding.stores import at_scale, measure_stores, some_records
from helpers.storage import LocalFolder
from tests.toy import Toy, make_raw


class Two(Toy):
    """Toys that can be stored doubled."""

    stores = ("plain", "double")

    def samples(self, record, data, store):
        made = super().samples(record, data, store)
        for sample in made if store == "double" else ():
            object.__setattr__(sample, "media", 2 * data)
        return made

    def decode(self, data):
        return super().decode(data[:8])


RAW = [(Record(f"{n}", f"media/{n}", "l", ()), n.to_bytes(8)) for n in range(5)]


def test_every_store_has_the_same_samples_and_its_own_bytes():
    table = measure_stores(Two(3), [*RAW, (RAW[0][0], b"cut")])
    assert list(table.index) == ["plain", "double"] and set(table["samples"]) == {15}
    assert dict(table["kB"]) == {"plain": 0.008, "double": 0.016}
    assert (table[["ms to make", "ms to decode"]] > 0).all(axis=None)


def test_nothing_readable_is_no_division_by_nothing():
    assert list(measure_stores(Two(), [(RAW[0][0], b"cut")])["samples"]) == [0, 0]


def test_a_million_samples_take_a_million_times_one():
    table = at_scale(measure_stores(Two(), RAW), 1_000_000)
    assert dict(table["GB"]) == pytest.approx({"plain": 0.008, "double": 0.016})
    assert table["dollars a month"]["double"] == pytest.approx(0.016 * 0.023)


@pytest.mark.parametrize("count, found", [(5, 5), (30, 30), (100, 50)])
def test_some_records_are_spread_over_all_and_come_with_their_bytes(tmp_path, count, found):
    raw = LocalFolder(make_raw(tmp_path, 50))
    some = some_records(Toy(), raw, count)
    assert len({record.id for record, _ in some}) == found
    assert {record.label for record, _ in some} == {"l0", "l1", "l2"}
    assert all(data == raw.read(record.media) for record, data in some)
