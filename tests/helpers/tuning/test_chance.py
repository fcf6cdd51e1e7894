"""The best of several trials beats a reference by more than chance, or it does not."""

from dataclasses import replace

import numpy as np
import pytest

from helpers.tuning.chance import LEVEL, gain
from helpers.tuning.trials import Trial


def trial(number, value, error=0.02):
    return Trial(number, {}, f"job-{number}", "Completed", value, error)


@pytest.mark.parametrize("best, follows", [(0.95, True), (0.90, False)])
def test_a_difference_counts_from_some_standard_errors_on(best, follows):
    reference = trial(0, 0.85)
    measured_again = replace(reference, billable_seconds=9)
    result = gain([measured_again, trial(1, best), trial(2, None)], reference)
    assert (result.follows, result.tried) == (follows, 1)
    assert result.difference == pytest.approx(best - 0.85)
    assert result.error == pytest.approx(0.02 * 2**0.5)
    assert ("it is better" in repr(result)) and ("does not follow" in repr(result)) != follows


def test_the_best_of_more_trials_needs_a_larger_difference():
    few, many = (gain([trial(0, 0.5), *[trial(1, 0.6)] * n], trial(0, 0.5)) for n in (1, 20))
    assert many.needed > few.needed


def test_equal_trials_are_rarely_taken_for_better_ones():
    rng = np.random.default_rng(0)
    wrong = 0
    for values in 0.8 + 0.02 * rng.normal(size=(500, 12)):
        trials = [trial(number, value) for number, value in enumerate(values)]
        wrong += gain(trials, trials[0]).follows
    assert 0 < wrong / 500 < LEVEL


def test_where_less_is_better_the_least_is_the_best():
    reference = trial(0, 0.5)
    assert gain([reference, trial(1, 0.2)], reference, maximize=False).difference == 0.3


def test_defaults_that_win_are_worded_so():
    reference = trial(0, 0.9)
    assert "no one of 1 others is better" in repr(gain([reference, trial(1, 0.5)], reference))


def test_a_value_without_an_error_is_not_judged():
    with pytest.raises(ValueError, match="standard error"):
        gain([trial(0, 0.5, error=None)], trial(0, 0.5))
