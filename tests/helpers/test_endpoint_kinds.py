"""The four kinds side by side: an instance is paid for its time, a serverless endpoint for work."""

import pytest

from helpers.endpoint_kinds import KINDS, on_demand, on_instances, side_by_side


def test_an_instance_is_paid_for_its_seconds_and_goes_on():
    measure = on_instances("real-time", 500, 360, "ml.m5.large")
    assert measure.dollars == pytest.approx(0.0115) and measure.idle_dollars == pytest.approx(2.76)


def test_a_job_costs_nothing_once_it_is_over():
    assert on_instances("batch", 500, 360, "ml.m5.large").idle_dollars == 0


def test_a_serverless_endpoint_is_paid_for_its_work_and_its_bytes():
    measure = on_demand(100, 60, worked=50, data_bytes=1e9, memory_mb=2048)
    assert measure.dollars == pytest.approx(50 * 2 * 0.00002 + 0.016)


def test_the_table_has_dollars_for_a_thousand():
    table = side_by_side([on_instances(kind, 500, 360, "ml.m5.large") for kind in KINDS])
    assert list(table.index) == list(KINDS)
    assert table.loc["batch", "$ per 1,000"] == pytest.approx(0.023)
