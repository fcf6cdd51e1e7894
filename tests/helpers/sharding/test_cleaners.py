"""Processes clean and survey; threads read ahead, in order and not too far."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from helpers.samples import Record, Remark
from helpers.sharding.cleaners import Cleaners, in_order
from tests.toy import Twins

RECORD = Record("l0-g0-1", "media/l0-g0-1.toy", "l0", ())


@pytest.fixture
def cleaners():
    with Cleaners(Twins(2), "toy", 1) as made:
        yield made


def test_a_readable_object_becomes_its_samples(cleaners):
    assert [sample.media for sample in cleaners.clean(RECORD, b"12345678")] == [b"12345678"] * 2


def test_an_unreadable_object_becomes_its_reason_and_no_finding(cleaners):
    assert cleaners.clean(RECORD, b"123") == Remark(RECORD.media, "truncated: 3 of 8 bytes")
    assert cleaners.survey(b"123") == b""


def test_any_other_error_ends_the_job(cleaners):
    with pytest.raises(TypeError):
        cleaners.clean(RECORD, None)


def test_results_come_in_order_whoever_is_ready_first():
    gates = {n: threading.Event() for n in range(4)}

    def work(n: int) -> int:
        gates[n].wait(10)
        gates[n - 1 if n else 0].set()  # the last one lets the first ones go
        return n

    gates[3].set()
    with ThreadPoolExecutor(4) as pool:
        assert list(in_order(pool, work, range(4), ahead=4)) == [0, 1, 2, 3]


def test_no_more_is_begun_than_may_wait():
    begun = []
    with ThreadPoolExecutor(8) as pool:
        results = in_order(pool, begun.append, range(100), ahead=3)
        for taken in range(5):
            next(results)
            assert len(begun) <= taken + 3
        results.close()
