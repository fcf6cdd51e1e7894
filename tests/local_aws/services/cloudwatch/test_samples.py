"""Statistics are those of the samples, however they came."""

import statistics

import pytest

from local_aws.services.cloudwatch.samples import Samples, is_statistic

VALUES = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0]


def samples(values):
    made = Samples()
    made.add([(value, 1) for value in values])
    return made


def test_the_five_statistics_are_those_of_the_values():
    expected = {
        "SampleCount": len(VALUES), "Sum": sum(VALUES), "Average": statistics.mean(VALUES),
        "Minimum": min(VALUES), "Maximum": max(VALUES),
    }  # fmt: skip
    made = samples(VALUES)
    assert {name: made.statistic(name) for name in expected} == expected


@pytest.mark.parametrize("name, value", [("p0", 1), ("p50", 3), ("p87.5", 6), ("p90", 9)])
def test_a_percentile_is_a_value_that_so_many_do_not_exceed(name, value):
    assert samples(VALUES).statistic(name) == value


def test_merged_spans_have_the_statistics_of_all_their_samples():
    merged = samples(VALUES[:3])
    merged.merge(samples(VALUES[3:]))
    for name in ("SampleCount", "Sum", "Minimum", "Maximum", "p50", "p99"):
        assert merged.statistic(name) == samples(VALUES).statistic(name)


def test_a_value_counts_as_often_as_it_was_measured():
    made = Samples()
    made.add([(1, 99), (100, 1)])
    assert (made.statistic("p99"), made.statistic("p99.5")) == (1, 100)
    assert made.statistic("Average") == pytest.approx(1.99)


def test_samples_of_a_set_have_no_percentile():
    made = samples(VALUES)
    made.add([], (2, 30, 10, 20))
    assert made.statistic("p50") is None and made.statistic("Maximum") == 20


@pytest.mark.parametrize("name", ["p", "p101", "tm99", "IQM", "average", "PR(1:2)"])
def test_other_statistics_are_not_done(name):
    assert not is_statistic(name)
