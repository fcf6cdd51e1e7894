"""Requests by several clients: each is timed, and an error is an outcome or the end."""

import threading

import pytest

from helpers.request_load import send_all, summary


def test_every_item_is_asked_about_once_and_has_its_row():
    rows = send_all(lambda item: item * 2, range(20), clients=4)
    assert rows["answer"].tolist() == [2 * item for item in range(20)]
    assert (rows["error"] == "").all() and (rows["seconds"] >= 0).all()


def test_as_many_requests_as_clients_are_under_way_at_once():
    barrier = threading.Barrier(4)
    rows = send_all(lambda item: barrier.wait(timeout=10), range(8), clients=4)
    assert sorted(rows["answer"]) == [0, 0, 1, 1, 2, 2, 3, 3]


def ask(item):
    if item % 3 == 0:
        raise KeyError(item)
    return item


def test_a_refused_request_is_an_outcome():
    rows = send_all(ask, range(6), clients=2, refused=KeyError)
    assert rows["error"].tolist() == ["0", "", "", "3", "", ""]
    assert summary(rows)["errors"] == 2


def test_any_other_error_ends_the_test():
    with pytest.raises(KeyError):
        send_all(ask, range(6), clients=2, refused=ValueError)


def test_the_summary_has_the_rate_over_the_whole_time():
    rows = send_all(lambda item: item, range(3), clients=1)
    rows["start"], rows["seconds"] = [0.0, 1.0, 2.0], [0.1, 0.2, 2.0]
    assert summary(rows) == pytest.approx(
        {"seconds": 4, "requests/s": 0.75, "p50 ms": 200, "p99 ms": 1964, "errors": 0}
    )
