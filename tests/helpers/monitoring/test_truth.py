"""The accuracy has Wilson's interval, which is SciPy's too."""

import pytest
from scipy.stats import binomtest

from helpers.monitoring.observations import Column, Observations
from helpers.monitoring.truth import accuracy


def of(values):
    return accuracy(Observations({"right": Column(values, ["g"] * len(values))}))


@pytest.mark.parametrize("right, wrong", [(9, 1), (30, 30), (12, 0)])
def test_the_interval_is_the_one_that_scipy_computes(right, wrong):
    found = of([1.0] * right + [0.0] * wrong + [None] * 5)
    low, high = binomtest(right, right + wrong).proportion_ci(method="wilson")
    assert found.interval == pytest.approx((low, high), abs=1e-4)
    assert found.labeled == right + wrong and found.objects == right + wrong + 5


def test_without_a_label_it_says_so():
    assert str(accuracy(Observations({"level": Column([1.0], ["g"])}))) == (
        "no label yet for 1 objects"
    )
    assert "10 of 10 objects have a label" in str(of([1.0] * 10))
