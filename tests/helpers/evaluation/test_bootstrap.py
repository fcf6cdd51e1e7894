"""Intervals hold the value, know dependence, and have a width where all samples agree."""

import math

import numpy as np
import pytest
from scipy.stats import binomtest

from helpers.evaluation.bootstrap import bootstrap_intervals, wilson


def share(values):
    return lambda chosen: {"share": values[chosen].mean()}


def test_the_interval_holds_the_value_and_grows_when_groups_are_drawn_whole():
    right = np.repeat(np.random.default_rng(0).random(40) < 0.7, 5)
    alone = bootstrap_intervals(share(right), np.arange(200), rounds=300)["share"]
    whole = bootstrap_intervals(share(right), np.arange(200) // 5, rounds=300)["share"]
    assert alone.low < right.mean() < alone.high
    assert whole.high - whole.low > 1.5 * (alone.high - alone.low)


def test_a_recordings_windows_are_drawn_together():
    groups = ["b", "a", "b", "c"]

    def both(chosen):
        counts = np.bincount(chosen, minlength=4)
        return {"apart": float(counts[0] != counts[2]), "size": len(chosen)}

    found = bootstrap_intervals(both, groups, rounds=50)
    assert found["apart"] == (0, 0) and found["size"].high > 4


def test_the_same_seed_gives_the_same_interval():
    values = np.arange(10.0)
    first, second = (bootstrap_intervals(share(values), range(10), rounds=50) for _ in range(2))
    assert first == second
    assert bootstrap_intervals(share(values), range(10), rounds=50, seed=1) != first


def test_draws_without_a_score_take_no_part_and_no_score_at_all_is_nan():
    nan = float("nan")

    def score(chosen):
        return {"some": 1.0 if 0 in chosen else nan, "none": nan}

    found = bootstrap_intervals(score, range(3), rounds=50)
    assert found["some"] == (1, 1) and all(map(math.isnan, found["none"]))


@pytest.mark.parametrize("right, count", [(0, 5), (5, 5), (3, 7), (90, 100)])
def test_a_shares_interval_is_wilsons(right, count):
    expected = binomtest(right, count).proportion_ci(method="wilson")
    assert wilson(right / count, count) == pytest.approx((expected.low, expected.high), abs=1e-4)


def test_of_nothing_nothing_is_known():
    assert all(map(math.isnan, wilson(0.5, 0)))
