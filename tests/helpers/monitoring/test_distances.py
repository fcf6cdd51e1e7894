"""The distances are SciPy's, ties and all; those of many windows are those of each."""

import numpy as np
import pytest
from scipy.stats import ks_2samp

from helpers.monitoring import distances

RNG = np.random.default_rng(0)
VALUES = {
    "normal": RNG.normal(size=200),
    "ties": RNG.integers(0, 6, 200).astype(float),
    "mostly zero": RNG.exponential(size=200) * (RNG.random(200) < 0.1),
}
MEMBERS = np.argsort(RNG.random((20, 200)), axis=1) < 40


@pytest.mark.parametrize("name", VALUES)
def test_the_distance_of_numbers_is_kolmogorovs_and_smirnovs(name):
    values = VALUES[name]
    one, other = values[:50], values[50:] + 0.3
    assert distances.of_numbers(one, other) == pytest.approx(ks_2samp(one, other).statistic)
    assert distances.of_numbers(one, one) == 0


@pytest.mark.parametrize("name", VALUES)
def test_many_windows_have_the_distance_of_each(name):
    values = VALUES[name]
    each = [ks_2samp(values[inside], values[~inside]).statistic for inside in MEMBERS]
    assert distances.of_windows(values, MEMBERS) == pytest.approx(each)


def test_the_distance_of_categories_is_the_largest_difference_of_shares():
    assert distances.of_counts(np.array([5, 5, 0]), np.array([1, 1, 2])) == pytest.approx(0.5)
    codes = RNG.integers(0, 4, 200)
    counts = [[np.bincount(codes[part], minlength=4) for part in (i, ~i)] for i in MEMBERS]
    each = [distances.of_counts(*pair) for pair in counts]
    assert distances.of_category_windows(codes, MEMBERS) == pytest.approx(each)


def test_a_window_without_a_loss_has_none_and_the_others_their_own():
    right = (RNG.random(200) < 0.8).astype(float)
    each = [max(0, right[~inside].mean() - right[inside].mean()) for inside in MEMBERS]
    assert distances.of_losses(right, MEMBERS) == pytest.approx(each)
    assert 0 in each and max(each) > 0
