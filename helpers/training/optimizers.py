"""The optimizers of training, AdamW and Muon; they know tensors, no loop, no ranks."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer

from helpers.training.loss_and_schedule import fuses_steps
from helpers.training.options import Options

COEFFICIENTS = 3.4445, -4.7750, 2.0315
"""Of Muon's polynomial a s + b s³ + c s⁵, which brings singular values near 1."""
ROUNDS = 3
"""Times that it is applied. Five bring them nearer, and the bins learn no more from it."""
BETAS, SMALL = (0.9, 0.999), 1e-8
"""AdamW's."""


def make_optimizer(model: nn.Module, options: Options, device: torch.device) -> Optimizer:
    """Return the optimizer of the model's weights, which are on the device."""
    settings = {"lr": options.lr, "weight_decay": options.weight_decay}
    if options.optimizer == "muon":
        return Muon(model.parameters(), **settings)
    return AdamW(model.parameters(), **settings, fused=fuses_steps(device))


class Muon(Optimizer):
    """Muon for the weights of convolutions, AdamW for all others.

    Muon (Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/) takes a weight's momentum
    as a matrix and makes its singular values equal. So a step changes all of a layer's directions
    alike, where the gradient itself mostly follows a few. Its length is that of a typical step of
    AdamW (Liu et al. 2025, arXiv:2502.16982), so both share the learning rate and the weight decay.
    torch's own Muon, from 2.9 on, takes matrices only.
    """

    def __init__(
        self, weights: Iterable[Tensor], lr: float, weight_decay: float, momentum: float = 0.8
    ):
        super().__init__(weights, {"lr": lr, "weight_decay": weight_decay, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:
        """Change every weight that has a gradient."""
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                weight.mul_(1 - group["lr"] * group["weight_decay"])
                if weight.dim() == 4:
                    change = muon_step(weight.grad, self.state[weight], group["momentum"])
                else:
                    change = adam_step(weight.grad, self.state[weight])
                weight.sub_(change, alpha=group["lr"])


def muon_step(gradient: Tensor, state: dict, share: float) -> Tensor:
    """Return Muon's step of a convolution at a learning rate of 1, and update its state."""
    if not state:
        state["momentum"] = torch.zeros_like(gradient)
    momentum = state["momentum"].lerp_(gradient, 1 - share)
    matrix = gradient.lerp(momentum, share).flatten(1)  # Nesterov: one step ahead
    return (orthogonal(matrix) * 0.2 * max(matrix.shape) ** 0.5).view(gradient.shape)


def orthogonal(matrix: Tensor) -> Tensor:
    """Return a matrix with the same singular vectors, and singular values near 1.

    A round is X times a polynomial of X Xᵀ, so all rounds are done on this smaller square.
    """
    if matrix.shape[0] > matrix.shape[1]:
        return orthogonal(matrix.T).T.contiguous()
    matrix = matrix / (matrix.norm() + SMALL)
    a, b, c = COEFFICIENTS
    square, product = matrix @ matrix.T, None
    for left in reversed(range(ROUNDS)):
        factor = torch.addmm(square, square, square, beta=b, alpha=c)
        factor.diagonal().add_(a)
        product = factor if product is None else factor @ product
        if left:
            square = factor @ square @ factor
    return product @ matrix


def adam_step(gradient: Tensor, state: dict) -> Tensor:
    """Return AdamW's step at a learning rate of 1, and update its state."""
    if not state:
        state.update(steps=0, mean=torch.zeros_like(gradient), square=torch.zeros_like(gradient))
    state["steps"] += 1
    mean = state["mean"].lerp_(gradient, 1 - BETAS[0])
    square = state["square"].lerp_(gradient * gradient, 1 - BETAS[1])
    size = (square / (1 - BETAS[1] ** state["steps"])).sqrt_().add_(SMALL)
    return mean / (1 - BETAS[0] ** state["steps"]) / size
