"""The base class of every network: front end, augmentation, logits; knows tensors only."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from helpers.networks.augment import no_augmentation


class Classifier(nn.Module):
    """A network behind a front end that turns stored samples into its input.

    The front end (log-mel, pixel normalizer) is part of the network, so training, offline
    prediction and the endpoint prepare samples alike.
    """

    def __init__(self, frontend: nn.Module):
        super().__init__()
        self.frontend = frontend
        self.settings: dict = {}
        self.augmentation: Callable[[Tensor], Tensor] = no_augmentation
        """The augmentation that suits this front end's output; the trainer may use it."""
        self.augment: Callable[[Tensor], Tensor] = no_augmentation
        """The augmentation of the current training step, applied to the front end's output."""

    def forward(self, samples: Tensor) -> Tensor:
        """Return logits, float (B, classes), of a batch of stored samples."""
        inputs = self.frontend(samples)
        return self.scores(self.augment(inputs) if self.training else inputs)

    def scores(self, inputs: Tensor) -> Tensor:
        """Return logits, float (B, classes), of the front end's output (B, channels, H, W)."""
        raise RuntimeError(f"{type(self).__name__} has no layers of its own")


@torch.inference_mode()
def predict_batch(model: nn.Module, samples: Tensor) -> np.ndarray:
    """Return the probabilities, float64 (B, classes), of stored samples on the model's device."""
    return functional.softmax(model(samples).double(), dim=1).cpu().numpy()


def initialize_weights(module: nn.Module) -> None:
    """Initialize a convolution as He et al. 2015 (arXiv:1502.01852) do for ReLU networks."""
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        if module.bias is not None:
            nn.init.zeros_(module.bias)
