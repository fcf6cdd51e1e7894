"""The residual networks, and the registry of all networks; knows tensors, no files or data sets."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from helpers.networks.augment import jitter_photos, spec_augment
from helpers.networks.classifier import Classifier, initialize_weights
from helpers.networks.efficientnet import EfficientNet

IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


STEMS = {
    "large": (7, 2, True),
    "medium": (3, 2, True),
    "small": (3, 1, True),
    "fine": (5, 2, False),
}
"""Name to (kernel, stride, max-pool after it) of the first convolution. `fine` halves a picture
where the others quarter it: counting needs the resolution of a 64 pixel photo."""


class Pixels(nn.Module):
    """Normalize photos: uint8 (B, 3, H, W), or float of 0 to 1, to float32 around 0."""

    def __init__(self, mean: tuple = IMAGENET_MEAN, std: tuple = IMAGENET_STD):
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(std).view(1, 3, 1, 1), persistent=False)

    def forward(self, images: Tensor) -> Tensor:
        if images.dtype == torch.uint8:
            images = images.float() / 255
        return (images - self.mean) / self.std


class BasicBlock(nn.Module):
    """Two 3x3 convolutions around a shortcut (He et al. 2015, arXiv:1512.03385, figure 2)."""

    def __init__(self, inputs: int, outputs: int, stride: int):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, x: Tensor) -> Tensor:
        shortcut = x if self.downsample is None else self.downsample(x)
        x = self.relu(self.bn1(self.conv1(x)))
        return self.relu(self.bn2(self.conv2(x)) + shortcut)


class ResNet(Classifier):
    """A residual network behind a front end.

    With 3 channels, width 64 and the large stem, its parameters are named and shaped as
    torchvision's ResNets are.
    """

    def __init__(
        self,
        frontend: nn.Module,
        classes: int,
        *,
        channels: int,
        layers: tuple[int, ...],
        width: int = 64,
        widest: int = 8,
        stem: str = "large",
        dropout: float = 0.0,
    ):
        """Make the layers.

        Args:
            channels: of the front end's output.
            layers: blocks of each stage; stage i has min(2**i, widest) times `width` channels.
            stem: a name of STEMS.
        """
        super().__init__(frontend)
        kernel, stride, pool = STEMS[stem]
        self.conv1 = nn.Conv2d(channels, width, kernel, stride, padding=kernel // 2, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, 2, padding=1) if pool else nn.Identity()
        self.stages = [f"layer{i + 1}" for i in range(len(layers))]
        inputs = width
        for i, (name, depth) in enumerate(zip(self.stages, layers, strict=True)):
            outputs = width * min(2**i, widest)
            setattr(self, name, stage(inputs, outputs, depth, stride=1 if i == 0 else 2))
            inputs = outputs
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(inputs, classes)
        self.apply(initialize_weights)

    def scores(self, inputs: Tensor) -> Tensor:
        x = self.maxpool(self.relu(self.bn1(self.conv1(inputs))))
        for name in self.stages:
            x = getattr(self, name)(x)
        return self.fc(self.dropout(x.mean((2, 3))))


def stage(inputs: int, outputs: int, depth: int, stride: int) -> nn.Sequential:
    """Return a stage of `depth` blocks; the first changes width and size."""
    blocks = [BasicBlock(inputs, outputs, stride)]
    return nn.Sequential(*blocks, *(BasicBlock(outputs, outputs, 1) for _ in range(depth - 1)))


def log_mel() -> nn.Module:
    """Return the audio front end: int16 (B, 160000) to float32 (B, 1, mels, frames)."""
    from helpers.media.logmel import LogMel  # only audio models need it

    return LogMel()


FRONTENDS: dict[str, tuple[Callable[[], nn.Module], int, Callable[[Tensor], Tensor]]] = {
    "pixels": (Pixels, 3, jitter_photos),
    "log-mel": (log_mel, 1, spec_augment),
}
"""Name to (maker, channels of its output, augmentation of its output)."""

MODELS: dict[str, dict] = {
    "resnet34": {"frontend": "pixels", "layers": (3, 4, 6, 3)},
    "resnet18": {"frontend": "pixels", "layers": (2, 2, 2, 2)},
    "resnet-small": {
        "frontend": "pixels",
        "layers": (1, 1, 1, 1),
        "width": 32,
        "widest": 4,
        "stem": "fine",
    },
    "audio-efficientnet-b0": {"network": EfficientNet, "frontend": "log-mel"},
    "audio-resnet18": {"frontend": "log-mel", "layers": (2, 2, 2, 2), "dropout": 0.2},
    "audio-resnet-small": {
        "frontend": "log-mel",
        "layers": (1, 1, 1),
        "width": 16,
        "stem": "medium",
        "dropout": 0.1,
    },
}
"""Name to its class (default: ResNet) and arguments; `build_model` can override the latter."""


def build_model(name: str, classes: int, **overrides: object) -> Classifier:
    """Return a new network of the registry; its `settings` rebuild it.

    Raises:
        ValueError: there is no such model; the message lists the models.
    """
    if name not in MODELS:
        raise ValueError(f"No model named {name!r}; there are {', '.join(sorted(MODELS))}")
    settings = {**MODELS[name], **overrides}
    make_frontend, channels, augmentation = FRONTENDS[settings.pop("frontend")]
    network = settings.pop("network", ResNet)
    model = network(make_frontend(), classes, channels=channels, **settings)
    model.augmentation = augmentation
    model.settings = {"name": name, "classes": classes, "args": overrides}
    return model
