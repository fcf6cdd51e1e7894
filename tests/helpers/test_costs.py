"""Sums over the table of prices."""

import pytest

from helpers.costs import INSTANCE_HOUR, athena_cost, dollars, instance_cost


def test_instances_cost_by_the_second_and_by_their_number():
    assert instance_cost("ml.m5.large", 3600, 2) == pytest.approx(2 * 0.115)
    assert instance_cost("ml.m5.large", 0) == 0


def test_a_type_without_a_price_has_no_cost_rather_than_none_to_pay():
    assert instance_cost("ml.g6.xlarge", 3600) is None
    assert dollars(instance_cost("ml.g6.xlarge", 3600)) == "price unknown"


@pytest.mark.parametrize(
    "scanned, cost", [(0, 0.00005), (10_000_000, 0.00005), (10**12, 5.0), (2 * 10**10, 0.1)]
)
def test_a_query_costs_at_least_ten_megabytes(scanned, cost):
    assert athena_cost(scanned) == pytest.approx(cost)


@pytest.mark.parametrize(
    "amount, words", [(83.0, "$83.00"), (0.01, "$0.01"), (0.00005, "$0.00005"), (0, "$0")]
)
def test_amounts_have_the_digits_they_need(amount, words):
    assert dollars(amount) == words


def test_every_price_is_one():
    assert all(0 < price < 100 for price in INSTANCE_HOUR.values())
