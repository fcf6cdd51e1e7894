"""EfficientNet-B0 is the paper's: its size, its strides, its skipped blocks."""

import pytest
import torch
from torch import nn

from helpers.networks.efficientnet import EfficientNet, MBConv


def test_it_has_the_parameters_of_the_published_b0():
    model = EfficientNet(nn.Identity(), 1000, channels=3)
    assert sum(weights.numel() for weights in model.parameters()) == 5_288_548


@pytest.mark.parametrize("channels, width", [(1, 8), (3, 16)])
def test_its_output_is_a_score_for_each_class_whatever_its_width(channels, width):
    model = EfficientNet(nn.Identity(), 7, channels=channels, width=width).eval()
    inputs = torch.zeros(2, channels, 64, 96)
    assert model(inputs).shape == (2, 7)
    assert model.features(inputs).shape[2:] == (2, 3)  # a 32nd


def test_a_block_is_skipped_at_random_in_training_and_never_after_it():
    torch.manual_seed(0)
    block = MBConv(4, 4, 6, 3, 1, drop=0.5)
    inputs = torch.randn(64, 4, 5, 5)
    skipped = (block.train()(inputs) == inputs).flatten(1).all(1)
    assert 0.25 < skipped.float().mean() < 0.75
    assert not (block.eval()(inputs) == inputs).flatten(1).all(1).any()


@pytest.mark.parametrize("outputs, stride", [(8, 1), (4, 2)])
def test_a_block_that_changes_the_shape_has_no_shortcut(outputs, stride):
    assert not MBConv(4, outputs, 6, 3, stride, drop=0.0).shortcut
