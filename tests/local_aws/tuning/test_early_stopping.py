"""The median rule, as AWS's page states it."""

import pytest

from helpers.local_aws.tuning.early_stopping import is_hopeless

EARLIER = [[0.2, 0.4], [0.4, 0.6], [0.6, 0.8]]
"""Running averages after two epochs: 0.3, 0.5, 0.7."""


@pytest.mark.parametrize(
    "values, best, hopeless",
    [
        ([0.9, 0.49], 1, True),
        ([0.1, 0.5], 1, False),
        ([0.9, 0.49], -1, False),
        ([0.1, 0.51], -1, True),
        ([0.39], 1, True),
        ([0.1, 0.2, 0.3], 1, False),  # no earlier trial has come so far
        ([], 1, False),
    ],
)
def test_a_trial_below_the_median_of_running_averages_is_hopeless(values, best, hopeless):
    assert is_hopeless(values, EARLIER, best) is hopeless


def test_the_first_trial_is_never_hopeless():
    assert not is_hopeless([0.0], [], 1)
