"""EfficientNet-B0 (Tan and Le 2019, arXiv:1905.11946); knows tensors, no data sets.

With 3 channels and width 32 its parameters are named and shaped as torchvision's are.
"""

import torch
from torch import Tensor, nn

from helpers.networks.classifier import Classifier, initialize_weights

STAGES = (
    (1, 3, 1, 16, 1),
    (6, 3, 2, 24, 2),
    (6, 5, 2, 40, 2),
    (6, 3, 2, 80, 3),
    (6, 5, 1, 112, 3),
    (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1),
)
"""(expansion, kernel, stride, channels, blocks) of each stage: the paper's table 1."""
STEM, HEAD = 32, 1280
DROP = 0.2
"""Drop probability of the last block in training; earlier blocks have smaller ones."""


def convolution(
    inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1, active: bool = True
) -> nn.Sequential:
    """Return a convolution with batch norm and, if `active`, SiLU."""
    layers = [
        nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
    ]
    return nn.Sequential(*layers, *([nn.SiLU(inplace=True)] if active else []))


class SqueezeExcitation(nn.Module):
    """Weigh channels by their mean over the whole picture (Hu et al. 2017, arXiv:1709.01507)."""

    def __init__(self, channels: int, squeezed: int):
        super().__init__()
        self.fc1 = nn.Conv2d(channels, squeezed, 1)
        self.fc2 = nn.Conv2d(squeezed, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        scale = nn.functional.silu(self.fc1(x.mean((2, 3), keepdim=True)))
        return x * self.fc2(scale).sigmoid()


class MBConv(nn.Module):
    """Expand, filter each channel, weigh, project; skipped at random in training."""

    def __init__(
        self, inputs: int, outputs: int, expansion: int, kernel: int, stride: int, drop: float
    ):
        super().__init__()
        wide = inputs * expansion
        layers = [convolution(inputs, wide, 1)] if expansion > 1 else []
        layers += [
            convolution(wide, wide, kernel, stride, groups=wide),
            SqueezeExcitation(wide, max(1, inputs // 4)),
            convolution(wide, outputs, 1, active=False),
        ]
        self.block = nn.Sequential(*layers)
        self.shortcut, self.drop = stride == 1 and inputs == outputs, drop

    def forward(self, x: Tensor) -> Tensor:
        y = self.block(x)
        if not self.shortcut:
            return y
        if self.training and self.drop:
            kept = torch.rand(len(y), 1, 1, 1, device=y.device) >= self.drop
            y = y * kept / (1 - self.drop)
        return x + y


class EfficientNet(Classifier):
    """EfficientNet-B0 behind a front end.

    Args:
        channels: of the front end's output.
        width: channels of the stem; all others grow with it.
    """

    def __init__(
        self,
        frontend: nn.Module,
        classes: int,
        *,
        channels: int,
        width: int = STEM,
        dropout: float = 0.2,
    ):
        super().__init__(frontend)

        def scaled(count: int) -> int:
            return max(8, round(count * width / STEM / 8) * 8)

        inputs, total, done = scaled(STEM), sum(stage[-1] for stage in STAGES), 0
        features: list[nn.Module] = [convolution(channels, inputs, 3, 2)]
        for expansion, kernel, stride, outputs, depth in STAGES:
            blocks = []
            for i in range(depth):
                sizes = (inputs, scaled(outputs), expansion, kernel, 1 if i else stride)
                blocks.append(MBConv(*sizes, drop=DROP * done / total))
                inputs, done = scaled(outputs), done + 1
            features.append(nn.Sequential(*blocks))
        self.features = nn.Sequential(*features, convolution(inputs, scaled(HEAD), 1))
        self.classifier = nn.Sequential(nn.Dropout(dropout), nn.Linear(scaled(HEAD), classes))
        self.apply(initialize_weights)

    def scores(self, inputs: Tensor) -> Tensor:
        return self.classifier(self.features(inputs).mean((2, 3)))
