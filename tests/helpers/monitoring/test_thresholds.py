"""A threshold is exceeded as seldom as it promises; a window is made of whole groups."""

import numpy as np
import pytest
from scipy.stats import binom, hypergeom

from helpers.monitoring import distances, thresholds

RNG = np.random.default_rng(0)


def test_a_window_has_its_size_and_whole_groups_but_the_last():
    groups = [str(i // 7) for i in range(140)]
    members = thresholds.windows(groups, 30, 50, RNG)
    assert (members.sum(1) == 30).all()
    for inside in members:
        counts = inside.reshape(20, 7).sum(1)
        assert sorted(counts)[-4:] == [7] * 4 and (counts > 0).sum() == 5


def test_every_object_comes_as_often_as_any_other():
    members = thresholds.windows([str(i) for i in range(50)], 10, 4000, RNG)
    assert members.mean(0) == pytest.approx(np.full(50, 0.2), abs=0.03)


def test_a_window_is_at_most_half_of_the_baseline():
    assert thresholds.windows(list("abcdef"), 100, 3, RNG).sum(1).tolist() == [3, 3, 3]
    with pytest.raises(ValueError, match="at least two"):
        thresholds.windows(["a"], 5, 3, RNG)


@pytest.mark.parametrize("count, share", [(2000, 0.05 / 9), (1000, 0.05), (600, 0.005)])
def test_a_limit_is_the_tolerance_limit_of_the_binomial_law(count, share):
    beyond = count - 1 - int(thresholds.limit(np.arange(count), share))
    assert binom.cdf(beyond, count, share) <= 0.05 < binom.cdf(beyond + 1, count, share)


def test_a_limit_holds_for_windows_of_the_same_law_nearly_always():
    held = [
        (RNG.normal(size=20_000) > thresholds.limit(RNG.normal(size=1000), 0.02)).mean() <= 0.02
        for _ in range(200)
    ]
    assert np.mean(held) > 0.9


def test_too_few_windows_are_refused():
    with pytest.raises(ValueError, match="draw more"):
        thresholds.limit(np.arange(500), 0.005)


@pytest.mark.parametrize("digits", [0, 1, 9])
def test_walks_have_the_distances_of_their_members_whatever_is_equal(digits):
    values = np.round(RNG.normal(size=80), digits)
    walks = thresholds.Walks(60, 20, 50, RNG)
    assert (walks.members.sum(1) == 20).all()
    # The walk goes along the values in order, so its members are those of the sorted values.
    expected = distances.of_windows(np.sort(values), walks.members)
    assert walks.distances(values) == pytest.approx(expected)


@pytest.mark.parametrize("window, base, share", [(70, 400, 0.005), (60, 300, 0.05), (30, 40, 1e-9)])
def test_so_many_objects_may_have_what_the_baseline_lacks_by_the_hypergeometric_law(
    window, base, share
):
    count = round(thresholds.least(window, base, share) * window)
    chances = [hypergeom.sf(n - 1, window + base, n, window) for n in (count, count + 1)]
    assert chances[0] > share >= chances[1]


def test_a_baseline_of_groups_says_how_little_it_promises_of_strangers():
    assert thresholds.strangers_rate(["a", "b", "c"], 2) is None
    assert thresholds.strangers_rate(["a", "a", "b", "b"], 2) == pytest.approx(1 / 3)


def test_power_grows_with_the_shift_from_nothing_to_certainty():
    values, groups = RNG.normal(size=300), [str(i) for i in range(300)]
    members = thresholds.windows(groups, 60, 100, RNG)
    shares = [thresholds.power(values, members, 0.25, shift) for shift in (0, 0.5, 2)]
    assert shares[0] < 0.1 < shares[1] < shares[2] == 1


def test_power_for_labels_and_for_answers_grows_with_the_share():
    codes, right = RNG.integers(0, 5, 300), np.ones(300)
    members = thresholds.windows([str(i) for i in range(300)], 60, 100, RNG)
    labels = [thresholds.category_power(codes, members, 0.2, s, RNG) for s in (0, 0.5)]
    losses = [thresholds.loss_power(right, members, 0.1, s, RNG) for s in (0, 0.5)]
    assert labels[0] < 0.1 and losses[0] == 0 and labels[1] > 0.9 and losses[1] == 1


def test_a_baseline_without_a_wrong_answer_does_not_promise_that_there_is_none():
    losses = thresholds.likely_losses(np.ones(60), 60, 2000, RNG)
    assert 0.02 < thresholds.limit(losses, 0.01) < 0.25
