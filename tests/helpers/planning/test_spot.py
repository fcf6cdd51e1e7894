"""The formulas of checkpoints agree with a simulation that knows none of them."""

import numpy as np
import pytest

from helpers.costs import instance_cost
from helpers.planning.spot import (
    SpotJob,
    against_on_demand,
    best_simulated,
    daly,
    expected_seconds,
    periods,
    simulated_seconds,
    young,
)

JOB = SpotJob(work=36_000, between=10_800)


def test_youngs_period_by_hand():
    assert young(JOB) == pytest.approx((2 * 5 * 10_800) ** 0.5)
    assert daly(JOB) == pytest.approx(young(JOB), rel=0.02)


def test_where_a_write_takes_as_long_as_the_instances_stay_the_period_is_their_mean_time():
    assert daly(SpotJob(work=100, between=10, write=20)) == 10


@pytest.mark.parametrize("period", [60, 328, 3600])
def test_the_simulation_agrees_with_the_formula(period):
    simulated = simulated_seconds(JOB, period, runs=600, seed=3)
    error = simulated.std() / np.sqrt(len(simulated))
    assert simulated.mean() == pytest.approx(expected_seconds(JOB, period), abs=4 * error)


def test_dalys_period_is_near_the_best_one():
    seconds = np.geomspace(30, 7200, 25)
    table = periods(JOB, seconds, runs=200)
    least = min(expected_seconds(JOB, period) for period in seconds)
    assert expected_seconds(JOB, daly(JOB)) <= least * 1.001
    assert expected_seconds(JOB, best_simulated(table)) < 1.02 * least


def test_without_interruptions_only_checkpoints_are_paid():
    calm = SpotJob(work=1000, between=1e12, write=2)
    assert simulated_seconds(calm, 100, runs=3).tolist() == [1020] * 3


def test_the_same_seed_gives_the_same_runs():
    first, second = (simulated_seconds(JOB, 300, runs=5, seed=1) for _ in range(2))
    assert first.tolist() == second.tolist()


def test_spot_is_billed_by_its_price_and_its_lost_work():
    table = against_on_demand(JOB, "ml.g4dn.xlarge", price_share=0.5).set_index("how")
    assert table.loc["on demand", "$"] == pytest.approx(instance_cost("ml.g4dn.xlarge", 36_000))
    billed = expected_seconds(JOB, daly(JOB))
    assert table.loc["spot", "$"] == pytest.approx(instance_cost("ml.g4dn.xlarge", billed) / 2)
    assert table.loc["spot", "hours"] > billed / 3600 > table.loc["on demand", "hours"]


def test_half_the_period_or_twice_as_long_costs_hardly_more():
    best = expected_seconds(JOB, daly(JOB))
    assert expected_seconds(JOB, daly(JOB) / 2) < 1.01 * best
    assert expected_seconds(JOB, daly(JOB) * 2) < 1.01 * best
    assert expected_seconds(JOB, daly(JOB) / 10) > 1.1 * best
