"""The ledger of a soak tells what is in order from what is not, and loses no request."""

import json
import time

import pytest

from benchmarks import soak_ledger
from benchmarks.soak_ledger import Ledger
from benchmarks.soak_model import _offline, request


def answer(number, version):
    """Return the offline answer of a version."""
    names, model = _offline(version)
    return names["predict_fn"](json.loads(request(number)), model)


@pytest.fixture
def ledger(monkeypatch):
    monkeypatch.setattr(soak_ledger, "GRACE", 0.0)
    return Ledger()


def verdict(ledger, capsys, requests=1):
    """Return whether all is in order, and what is printed."""
    is_in_order = ledger.report(requests, 1.0)
    return is_in_order, capsys.readouterr().out


def test_right_answers_are_counted_by_version(ledger, capsys):
    with ledger.window(1, 2):
        for number, version in enumerate((1, 2, 2)):
            ledger.answered(number, time.monotonic(), answer(number, version))
    is_in_order, text = verdict(ledger, capsys, 3)
    assert is_in_order
    assert "1  answered right by version 1" in text and "2  answered right by version 2" in text


@pytest.mark.parametrize("change", [{"scores": [0, 0, 0, 0]}, {"number": 5}, {"version": 2}])
def test_a_wrong_answer_is_not_in_order(ledger, capsys, change):
    with ledger.window(1, 2):
        ledger.answered(0, time.monotonic(), answer(0, 1) | change)
    is_in_order, text = verdict(ledger, capsys)
    assert not is_in_order and "WRONG by version" in text


def test_an_answer_of_a_version_that_is_gone_is_not_in_order(ledger, capsys):
    with ledger.window(1):
        pass
    with ledger.window(2):
        ledger.answered(0, time.monotonic(), answer(0, 1))
    is_in_order, text = verdict(ledger, capsys)
    assert not is_in_order and "version 1, which is gone" in text


def test_what_was_asked_before_an_event_may_be_answered_after_it(ledger, capsys):
    with ledger.window(1):
        began = time.monotonic()
    with ledger.window(2):
        ledger.answered(0, began, answer(0, 1))
    assert verdict(ledger, capsys)[0]


def test_an_error_needs_a_cause(ledger, capsys):
    with ledger.window(1, **{"hung up": "the killed server"}):
        ledger.failed(0, time.monotonic(), "ModelError", "the server hung up")
        assert verdict(ledger, capsys)[0]
        ledger.failed(1, time.monotonic(), "ModelError", "out of memory")
    is_in_order, text = verdict(ledger, capsys, 2)
    assert not is_in_order and "1  ModelError: the killed server" in text
    assert "ModelError without a cause: out of memory" in text


def test_a_request_without_an_outcome_or_with_two_is_not_in_order(ledger, capsys):
    with ledger.window(1):
        ledger.answered(0, time.monotonic(), answer(0, 1))
        assert "1  without an outcome" in verdict(ledger, capsys, 2)[1]
        assert not verdict(ledger, capsys, 2)[0]
        ledger.answered(0, time.monotonic(), answer(0, 1))
    assert not verdict(ledger, capsys)[0]
