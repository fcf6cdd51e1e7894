"""Where the lines of two engines cross is computed from measured seconds and AWS's prices."""

import matplotlib
import pandas as pd
import pytest

from helpers.costs import athena_cost, glue_cost
from helpers.engines_compared import (
    Comparison,
    break_even_rate,
    crossing_at_twice,
    crossings,
    dollars_at,
    draw,
)

matplotlib.use("agg")


def comparison(athena=0.1, spark=0.002, start=10.0):
    """Return times that grow by so many seconds a MB."""
    sizes = pd.Series([1.0, 10.0, 100.0])
    rows = pd.DataFrame({"copies": [1, 10, 100], "rows": [5, 50, 500], "MB": sizes})
    rows["athena_s"], rows["spark_s"] = 0.5 + athena * sizes, 0.2 + spark * sizes
    return Comparison(rows, start, units=2.0, same=True)


def test_the_lines_are_those_of_the_measured_points():
    made = comparison()
    assert made.line("athena") == pytest.approx((0.5, 0.1))
    assert made.seconds("spark", 1000) == pytest.approx(10 + 0.2 + 2)


def test_the_seconds_cross_where_sparks_start_is_made_up_for():
    made = comparison()
    size = made.crossing("seconds")
    assert made.seconds("spark", size) == pytest.approx(made.seconds("athena", size))
    assert size == pytest.approx((10 + 0.2 - 0.5) / (0.1 - 0.002))


def test_the_dollars_cross_only_if_spark_reads_faster_than_the_break_even_rate():
    rate = break_even_rate(2)
    assert glue_cost(2, 3600 * 1e3) == pytest.approx(athena_cost(int(rate * 3.6e9 * 1e3)))
    faster, slower = comparison(spark=0.5 / rate), comparison(spark=2 / rate)
    size = faster.crossing("dollars")
    assert faster.dollars("spark", size) == pytest.approx(faster.dollars("athena", size))
    assert slower.crossing("dollars") is None


def test_at_twice_the_break_even_rate_a_job_makes_up_for_its_minute():
    size = crossing_at_twice(2)
    cost = dollars_at(2 * break_even_rate(2), 2, size)
    assert cost == pytest.approx(athena_cost(int(size * 1e6)))
    assert size == pytest.approx(2 * 60 * break_even_rate(2))


def test_no_crossing_is_told_as_such():
    text = crossings(comparison(athena=0.001, spark=1.0))
    assert text.count("at no size") == 2


def test_the_axes_of_seconds_begin_at_zero_and_a_log_axis_says_so():
    left, right = draw(comparison()).axes
    assert left.get_ylim()[0] == 0 and left.get_xscale() == "linear"
    assert right.get_yscale() == "log" and "log scale" in right.get_ylabel()
