"""A network's front end is part of it; what changes its output does so in training alone."""

import numpy as np
import pytest
import torch
from torch import nn

from helpers.networks.classifier import Classifier, initialize_weights, predict_batch


class Sums(Classifier):
    """Scores two classes by the sum of the input and its opposite."""

    def scores(self, inputs):
        total = inputs.flatten(1).sum(1, keepdim=True)
        return torch.cat([total, -total], 1)


@pytest.fixture
def model():
    made = Sums(nn.Threshold(0.0, 0.0))  # the front end: negative values become 0
    made.augment = lambda inputs: inputs + 1
    return made


SAMPLES = torch.tensor([[-5.0, 2.0], [0.0, 0.0]])


def test_a_sample_passes_the_front_end_first(model):
    assert model.eval()(SAMPLES)[:, 0].tolist() == [2.0, 0.0]


def test_the_front_ends_output_is_changed_in_training_alone(model):
    assert model.train()(SAMPLES)[:, 0].tolist() == [4.0, 2.0]


def test_predictions_are_probabilities_of_double_precision(model):
    chances = predict_batch(model.eval(), SAMPLES)
    assert chances.dtype == np.float64 and chances.sum(1) == pytest.approx([1, 1])
    assert chances[0, 0] == pytest.approx(1 / (1 + np.exp(-4)))


def test_a_classifier_without_layers_says_so():
    with pytest.raises(RuntimeError, match="Classifier has no layers of its own"):
        Classifier(nn.Identity())(SAMPLES)


def test_a_convolution_begins_as_wide_as_its_outputs_ask():
    torch.manual_seed(0)
    layer = nn.Conv2d(16, 32, 3)
    initialize_weights(layer)
    assert layer.weight.std().item() == pytest.approx((2 / (32 * 9)) ** 0.5, rel=0.05)
    assert not layer.bias.any()
