"""Draws are of the law that a threshold needs, and depend on nothing that was asked before."""

import numpy as np
import pytest

from helpers.monitoring.draws import Draws
from helpers.monitoring.observations import RIGHT, Column

RNG = np.random.default_rng(0)
ROUNDS = 1000


def column(values, size=1):
    return Column(list(values), [str(i // size) for i in range(len(values))])


def test_windows_of_objects_that_resemble_each_other_differ_more():
    values = np.repeat(RNG.normal(size=30), 10)
    alone, grouped = (Draws(ROUNDS, 0).null("level", column(values, size), 60) for size in (1, 10))
    assert np.quantile(grouped, 0.95) > 1.5 * np.quantile(alone, 0.95)


def test_a_rare_value_that_came_often_widens_what_chance_shows():
    base = column([1.0] + [0.0] * 299)
    few, many = (column([1.0] * n + [0.0] * (60 - n)) for n in (0, 6))
    assert Draws(ROUNDS, 0).pooled("zeros", base, few).max() < 0.02
    assert Draws(ROUNDS, 0).pooled("zeros", base, many).max() > 0.04


@pytest.mark.parametrize("name, values", [("level", RNG.normal(size=99)), ("label", "abc" * 33),
                                          (RIGHT, [1.0, 1.0, 0.0] * 33)])  # fmt: skip
def test_a_draw_does_not_depend_on_those_before(name, values):
    used, base, now = Draws(ROUNDS, 0), column(values), column(values[:30])
    used.power(name, base, 30, 0.2, 9), used.pooled(name, base, column(values[:40]))
    fresh = Draws(ROUNDS, 0)
    assert (used.null(name, base, 30) == fresh.null(name, base, 30)).all()
    assert (used.pooled(name, base, now) == fresh.pooled(name, base, now)).all()


def test_gaps_are_told_by_their_share():
    base, now = column([None, *[1.0] * 59]), column([None, *[1.0] * 19])
    losses = Draws(ROUNDS, 0).gaps(base, now)
    # With 0, 1 or 2 of the gaps in the window of 20: more than in the other 60, or none.
    assert sorted(set(np.round(losses, 3))) == pytest.approx([0, 0.033, 0.1])
