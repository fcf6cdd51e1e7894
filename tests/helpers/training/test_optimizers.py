"""The optimizers: what a step of Muon is, and where it is AdamW's."""

import pytest
import torch
from torch import nn

from helpers.training.optimizers import Muon, make_optimizer, orthogonal
from helpers.training.options import Options

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


@pytest.mark.parametrize("shape", [(32, 75), (64, 16), (16, 16)])
def test_a_matrix_keeps_its_directions_and_makes_them_alike(shape):
    left, values, right = torch.linalg.svd(torch.randn(shape), full_matrices=False)
    made = orthogonal(left @ values.diag() @ right)
    singular = left.T @ made @ right.T
    assert torch.allclose(singular, singular.diagonal().diag(), atol=1e-4)
    big = values > 0.2 * values.max()
    assert big.sum() > len(values) / 2
    assert singular.diagonal()[big].min() > 0.6 and singular.diagonal().max() < 1.3


def test_nothing_to_learn_is_no_step():
    assert torch.equal(orthogonal(torch.zeros(4, 9)), torch.zeros(4, 9))


def small_network() -> nn.Module:
    return nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.Flatten(), nn.Linear(8, 2))


def test_all_but_convolutions_take_the_steps_of_adamw():
    ours, theirs = (small_network() for _ in range(2))
    theirs.load_state_dict(ours.state_dict())
    settings = {"lr": 0.01, "weight_decay": 0.1}
    optimizers = (
        Muon(ours.parameters(), **settings),
        torch.optim.AdamW(theirs.parameters(), **settings),
    )
    for _ in range(5):
        for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
            a.grad = torch.randn_like(a)
            b.grad = a.grad.clone()
        for optimizer in optimizers:
            optimizer.step()
    pairs = zip(ours.parameters(), theirs.parameters(), strict=True)
    alike = [torch.allclose(a, b, atol=1e-6) for a, b in pairs]
    assert alike == [False, True, True, True, True, True]


@pytest.mark.parametrize("scale", [1e-4, 1.0, 1e4])
def test_a_convolutions_step_has_the_size_of_adamws_whatever_the_gradient(scale):
    weight = nn.Parameter(torch.zeros(16, 4, 3, 3))
    weight.grad = scale * torch.randn_like(weight)
    Muon([weight], lr=0.1, weight_decay=0.0).step()
    assert 0.1 < weight.square().mean().sqrt() / 0.1 < 0.3


def test_weights_decay_by_the_share_of_the_learning_rate():
    weights = [nn.Parameter(torch.ones(2, 2, 1, 1)), nn.Parameter(torch.ones(3))]
    for weight in weights:
        weight.grad = torch.zeros_like(weight)
    Muon(weights, lr=0.1, weight_decay=0.5).step()
    assert all(torch.allclose(weight, torch.tensor(0.95)) for weight in weights)


def test_a_weight_without_a_gradient_stays():
    weight = nn.Parameter(torch.ones(2, 2, 1, 1))
    Muon([weight], lr=0.1, weight_decay=0.5).step()
    assert torch.equal(weight, torch.ones_like(weight))


@pytest.mark.parametrize("name, kind", [("adamw", torch.optim.AdamW), ("muon", Muon)])
def test_the_options_choose_the_optimizer(name, kind):
    options = Options(optimizer=name, lr=0.5, weight_decay=0.25)
    optimizer = make_optimizer(small_network(), options, CPU)
    assert type(optimizer) is kind
    (group,) = optimizer.param_groups
    assert (group["lr"], group["weight_decay"], len(group["params"])) == (0.5, 0.25, 6)
