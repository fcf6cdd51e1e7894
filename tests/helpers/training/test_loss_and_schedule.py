"""The loss, its targets, the rate and the precision of training."""

import math
from itertools import pairwise

import pytest
import torch

from helpers.training.loss_and_schedule import (
    choose_precision,
    learning_rate,
    soft_targets,
    weighted_cross_entropy,
)


def test_rare_classes_weigh_more_in_the_loss():
    logits, targets = torch.zeros(3, 3), soft_targets(torch.tensor([0, 1, 2]), 3, 0.0)
    losses = weighted_cross_entropy(logits, targets, torch.tensor([0.5, 1.0, 2.0]))
    assert losses.tolist() == pytest.approx([0.5 * math.log(3), math.log(3), 2 * math.log(3)])


def test_hard_targets_give_torchs_cross_entropy():
    logits, target = torch.randn(6, 3), torch.arange(6) % 3
    for smoothing in (0.0, 0.1):
        ours = weighted_cross_entropy(logits, soft_targets(target, 3, smoothing), torch.ones(3))
        theirs = torch.nn.functional.cross_entropy(
            logits, target, label_smoothing=smoothing, reduction="none"
        )
        assert torch.allclose(ours, theirs, atol=1e-6)


def test_what_else_is_in_a_sample_shares_its_target():
    targets = soft_targets(torch.tensor([0, 1, 2]), 4, 0.0, [[], [3], [0, 3]], weight=0.4)
    expected = [[1, 0, 0, 0], [0, 0.6, 0, 0.4], [0.2, 0, 0.6, 0.2]]
    assert targets.tolist() == [pytest.approx(row) for row in expected]
    none = soft_targets(torch.tensor([0, 1, 2]), 4, 0.0, [[], [3], [0, 3]], weight=0.0)
    assert none.tolist() == torch.eye(4)[:3].tolist()


@pytest.mark.parametrize("schedule", ["cosine", "step"])
def test_the_rate_rises_to_its_peak_and_never_again(schedule):
    rates = [learning_rate(i / 100, warmup=0.2, schedule=schedule) for i in range(100)]
    assert 0 < rates[0] < 0.02
    assert max(rates) == rates[20] == 1
    assert all(a < b for a, b in pairwise(rates[:21]))
    assert all(a >= b for a, b in pairwise(rates[20:]))


@pytest.mark.parametrize(
    "has, chosen",
    [({"avx512_bf16": True}, "bf16"), ({"amx_bf16": True}, "bf16"), ({"avx2": True}, "fp32")],
)
def test_a_processor_computes_in_bf16_where_it_can(monkeypatch, has, chosen):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: has)
    assert choose_precision("auto", torch.device("cpu")) == chosen
    assert choose_precision("fp16", torch.device("cpu")) == "fp16"
