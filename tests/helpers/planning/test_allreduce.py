"""The model of all-reduce finds the constants that made its points, and predicts a third link."""

import pandas as pd
import pytest

from helpers.config import ROOT
from helpers.planning.allreduce import POINTS, AllReduce, fit, hold_back, predicted, sent

TRUTH = AllReduce(step=0.002, copy=0.001, link=1.3)
COLUMNS = ["mbit", "ranks", "megabytes", "seconds"]


def points(mbits, truth=TRUTH):
    rows = [
        (mbit, ranks, size, truth.seconds(ranks, size, mbit))
        for mbit in mbits for ranks in (2, 4) for size in (4, 16)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


def test_the_constants_are_found():
    found = fit(points([100, 400]))
    assert (found.step, found.copy, found.link) == pytest.approx((0.002, 0.001, 1.3))


def test_a_link_that_was_held_back_is_predicted():
    model, held = hold_back(points([100, 200, 400]), 200)
    assert set(held["mbit"]) == {200} and held["error"].abs().max() < 1e-9
    assert model.link == pytest.approx(1.3)


def test_no_constant_is_below_zero():
    noisy = points([100, 400], AllReduce(0.0, 0.0, 1.0)).assign(
        seconds=lambda table: table["seconds"] * (1 - 0.1 * (table["mbit"] == 400))
    )
    found = fit(noisy)
    assert min(found.step, found.copy, found.link) >= 0


def test_one_rank_exchanges_nothing():
    assert TRUTH.seconds(1, 100, 100) == 0
    assert sent(2, 10) == 10 and sent(4, 10) == 15


def test_one_bandwidth_is_refused():
    with pytest.raises(ValueError, match="measure two"):
        fit(points([100]))


def test_the_measured_points_predict_the_bandwidth_held_back():
    table = pd.read_csv(ROOT / POINTS)
    assert table["mbit"].nunique() == 3
    middle = sorted(table["mbit"].unique())[1]
    _, held = hold_back(table, middle)
    assert held["error"].abs().mean() < 0.15


def test_an_error_is_relative():
    table = predicted(TRUTH, points([100]).assign(seconds=lambda rows: rows["seconds"] / 2))
    assert table["error"].tolist() == pytest.approx([1.0] * 4)
