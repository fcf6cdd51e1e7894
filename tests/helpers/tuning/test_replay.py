"""Replayed searches draw measured trials alone, and strategies are told apart where they differ."""

from itertools import product

import pandas as pd
import pytest

from helpers.tuning.replay import Measured, replay, spread, verdict


def grid(objective, repeats=(0.0,)):
    """Return a table of all combinations of two hyperparameters."""
    values = product(range(8), range(8), repeats)
    return pd.DataFrame(
        [(a, b, objective(a, b) + noise) for a, b, noise in values],
        columns=["lr", "batch-size", "objective"],
    )


def hill(a, b):
    return 1 - ((a - 6) ** 2 + (b - 1) ** 2) / 100


def test_bayesian_beats_random_on_a_hill_and_no_one_wins_on_a_plain():
    results = replay(Measured(grid(hill)), trials=30, seeds=40)
    assert "Bayesian is better on average" in verdict(results, 30)
    flat = replay(Measured(grid(lambda a, b: 0.5, repeats=(-0.1, 0.1))), trials=6, seeds=20)
    assert "can't tell them apart" in verdict(flat, 6)


def test_a_lucky_measurement_is_not_what_was_found():
    measured = Measured(grid(hill, repeats=(-0.2, 0.2)))
    results = replay(measured, trials=10, seeds=5)
    assert measured.best == pytest.approx(1) and results["found"].max() <= measured.best
    assert set(results["found"]) <= set(measured.means.values())


def test_the_same_seed_gives_the_same_search_and_its_first_trials_need_no_longer_one():
    measured = Measured(grid(hill))
    long, short = (replay(measured, trials=trials, seeds=3) for trials in (8, 5))
    assert long[long["trial"] <= 5].reset_index(drop=True).equals(short)


def test_the_spread_has_a_row_for_each_strategy():
    table = spread(replay(Measured(grid(hill)), trials=6, seeds=10), 6)
    assert list(table.index) == ["Random", "Bayesian"] and set(table["seeds"]) == {10}
    assert (table["10 %"] <= table["90 %"]).all()
    error = table["spread over seeds"] / 10**0.5
    assert table["standard error"].tolist() == pytest.approx(error.tolist())


def test_a_combination_that_was_not_measured_is_named():
    with pytest.raises(ValueError, match=r"Not measured: \[\(0, 0\)\]"):
        Measured(grid(hill).iloc[1:])
