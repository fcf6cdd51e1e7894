"""Speedups follow from the exchange; published runs stand beside the model, with its error."""

import pytest

from helpers.planning.allreduce import AllReduce
from helpers.planning.scaling import (
    Step,
    beside_published,
    exchange_share,
    speedups,
    step_seconds,
)

LINK = AllReduce(step=0.0, copy=0.0, link=1.0)


def test_a_step_is_its_share_and_the_exchange():
    step = Step(seconds=1.0, gradient_mb=100)
    assert step_seconds(step, 1, 1000, LINK) == 1.0
    assert step_seconds(step, 2, 1000, LINK) == pytest.approx(0.5 + 100 / 125)
    assert step_seconds(step, 2, 1000, LINK, whole_batch=False) == pytest.approx(1 + 100 / 125)


def test_what_is_hidden_costs_nothing():
    step = Step(seconds=1.0, gradient_mb=100, hidden=1.0)
    assert step_seconds(step, 2, 1000, LINK, whole_batch=False) == 1.0


def test_a_faster_network_scales_better_and_smddp_runs_on_p4d_alone():
    table = speedups(["ml.g4dn.xlarge", "ml.p4d.24xlarge"], [1, 8], Step(0.25, 46))
    by = table.set_index(["instance type", "instances"])
    assert by.loc[("ml.g4dn.xlarge", 8), "NCCL"] < by.loc[("ml.p4d.24xlarge", 8), "NCCL"] < 8
    assert by.loc[("ml.g4dn.xlarge", 1), "NCCL"] == 1
    assert table.dropna()["instance type"].unique().tolist() == ["ml.p4d.24xlarge"]


def test_a_speedup_tells_the_exchange():
    assert exchange_share(2.0, 2) == 0
    assert exchange_share(1.0, 2) == 0.5


def test_published_runs_stand_beside_the_model_whether_it_fits_or_not():
    errors = beside_published().set_index(["run", "instances"])["error"]
    assert abs(errors[("p4d, NCCL", 16)]) < 0.05
    assert errors[("p3dn, SMDDP over DDP", 8)] > 0.3
    assert errors.isna().sum() == 2  # the rows that the model was told
