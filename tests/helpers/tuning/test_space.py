"""The SDK's ranges become Optuna's distributions, and nothing outside of them is tried."""

import pytest
from optuna.distributions import (
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from sagemaker.core.parameter import CategoricalParameter, ContinuousParameter, IntegerParameter

from helpers.tuning.space import checked, ends_of, position, search_space

RATE = ContinuousParameter(1e-4, 1e-1, "Logarithmic")


@pytest.mark.parametrize(
    "parameter, distribution",
    [
        (ContinuousParameter(0, 1), FloatDistribution(0.0, 1.0)),
        (RATE, FloatDistribution(1e-4, 1e-1, log=True)),
        (ContinuousParameter(1e-4, 1e-1, "Linear"), FloatDistribution(1e-4, 1e-1)),
        (ContinuousParameter(1e-4, 1e-1), FloatDistribution(1e-4, 1e-1, log=True)),
        (IntegerParameter(8, 16), IntDistribution(8, 16)),
        (IntegerParameter(1, 100), IntDistribution(1, 100, log=True)),
        (CategoricalParameter(["a", 1]), CategoricalDistribution(["a", "1"])),
    ],
)
def test_a_range_becomes_the_distribution_of_its_kind_and_scale(parameter, distribution):
    assert search_space({"x": parameter}) == {"x": distribution}


@pytest.mark.parametrize(
    "parameter, reason",
    [
        (ContinuousParameter(0, 0.9, "ReverseLogarithmic"), "no ReverseLogarithmic scaling"),
        (ContinuousParameter(0, 1, "Logarithmic"), "low"),
        (IntegerParameter(2, 1), "low"),
    ],
)
def test_a_range_that_cannot_be_searched_is_named(parameter, reason):
    with pytest.raises(ValueError, match=f"The range of x can't be searched: .*{reason}"):
        search_space({"x": parameter})


def test_settings_become_values_of_their_distributions():
    space = search_space({"lr": RATE, "n": IntegerParameter(1, 8), "c": CategoricalParameter([1])})
    assert checked(space, {"lr": "0.01", "n": 4.0, "c": 1, "other": 5}) == {
        "lr": 0.01, "n": 4, "c": "1",
    }  # fmt: skip


@pytest.mark.parametrize(
    "parameter, value", [(RATE, 0.2), (IntegerParameter(1, 8), 9), (CategoricalParameter(["a"]), 1)]
)
def test_a_setting_outside_of_its_range_is_refused(parameter, value):
    with pytest.raises(ValueError, match=f"x={value} lies outside of"):
        checked(search_space({"x": parameter}), {"x": value})


@pytest.mark.parametrize(
    "parameter, value, expected",
    [
        (RATE, 1e-4, 0),
        (RATE, "0.1", 1),
        (IntegerParameter(8, 16), 12, 0.5),
        (CategoricalParameter(["x"]), "x", 0),
        (IntegerParameter(3, 3), 3, 0.5),
    ],
)
def test_values_stand_where_the_scale_of_their_range_puts_them(parameter, value, expected):
    [distribution] = search_space({"x": parameter}).values()
    assert position(distribution, value) == pytest.approx(expected)


def test_a_range_names_its_ends():
    space = search_space({"lr": RATE, "mode": CategoricalParameter(["a", "b", "c"])})
    assert [ends_of(each) for each in space.values()] == [("0.0001", "0.1"), ("a", "c")]
