"""Tables of trials: what is summed and what is not known."""

import math

import pytest

from helpers.tuning.trials import Trial, compare, table, words

TIMES = {"begin": "2026-11-22T10:00:00+00:00", "end": "2026-11-22T10:00:20+00:00"}


def trial(number, **about):
    return Trial(number, {"lr": 0.01}, f"job-{number}", "Completed", **{**TIMES, **about})


def test_a_comparison_keeps_the_first_start_apart_from_the_others():
    trials = [
        trial(0, value=0.5, start_seconds=9.0, billable_seconds=20, cost=0.1),
        trial(1, value=0.7, start_seconds=1.0, billable_seconds=10, cost=0.1),
        trial(2, start_seconds=3.0, billable_seconds=10, cost=0.1, end="2026-11-22T10:01:00+00:00"),
    ]
    column = compare({"pool": trials})["pool"]
    assert column["s to start, first trial"] == 9
    assert column["s to start, median of the others"] == 2
    assert column["billable s, all"] == 40 and column["dollars"] == pytest.approx(0.3)
    assert column["s of wall time"] == 60
    assert column["best objective"] == 0.7


def test_a_price_that_is_not_known_makes_no_sum():
    column = compare({"a": [trial(0, cost=None), trial(1, cost=1.0)]})["a"]
    assert math.isnan(column["dollars"])


def test_the_least_is_best_where_it_is_asked_for():
    trials = [trial(0, value=0.5), trial(1, value=float("nan")), trial(2, value=0.2)]
    assert compare({"a": trials}, maximize=False)["a"]["best objective"] == 0.2


def test_a_table_has_a_row_for_each_trial_and_a_column_for_each_hyperparameter():
    rows = table([trial(0, value=0.5), trial(1)])
    assert list(rows.index) == [0, 1]
    assert list(rows.columns[:2]) == ["lr", "objective"]


def test_hyperparameters_are_worded_shortly():
    assert words({"lr": 0.0031622, "width": "16", "kind": "a"}) == "lr=0.00316, width=16, kind=a"


def test_a_record_of_a_later_version_is_read():
    assert Trial.read({"number": 1, "params": {}, "job": "j", "mood": "fine"}).job == "j"
