"""Random changes of training batches, made on the device; it knows tensors and nothing else.

All randomness comes from torch's global generator, which the trainer seeds before every step, so
a resumed run draws what an undisturbed one would have drawn.
"""

import torch
from torch import Tensor


def mask_bands(spectra: Tensor, *, share: float = 0.2, masks: int = 2) -> Tensor:
    """Set random bands of mels and of frames to each sample's mean.

    SpecAugment without time warping (Park et al. 2019, arXiv:1904.08779).

    Args:
        spectra: float (B, 1, mels, frames).
        share: the widest band, as a share of the axis.
        masks: bands per axis.
    """
    hidden = torch.zeros_like(spectra, dtype=torch.bool)
    for axis in (2, 3):
        size = spectra.shape[axis]
        shape = [len(spectra), masks, 1]
        width = torch.rand(shape, device=spectra.device) * share * size
        start = torch.rand(shape, device=spectra.device) * (size - width)
        place = torch.arange(size, device=spectra.device)
        band = ((place >= start) & (place < start + width)).any(1)
        hidden |= band[:, None, :, None] if axis == 2 else band[:, None, None, :]
    return torch.where(hidden, spectra.mean((2, 3), keepdim=True), spectra)


def flip_and_shift(images: Tensor, *, share: float = 0.08) -> Tensor:
    """Mirror half of the images and roll the batch by up to `share` of height and width."""
    flipped = torch.rand(len(images), 1, 1, 1, device=images.device) < 0.5
    images = torch.where(flipped, images.flip(3), images)
    move = (torch.rand(2) * 2 - 1) * share * torch.tensor(images.shape[2:])
    return images.roll(move.int().tolist(), dims=(2, 3))


def nothing(inputs: Tensor) -> Tensor:
    """Change nothing."""
    return inputs


def draw_mix(rows: int, alpha: float, device: torch.device) -> tuple[float, Tensor]:
    """Return a share and, for every row of a batch, the row to mix it with.

    mixup (Zhang et al. 2017, arXiv:1710.09412): the share is drawn from Beta(alpha, alpha).
    """
    share = torch.distributions.Beta(alpha, alpha).sample().item()
    return share, torch.randperm(rows, device=device)


def mix(rows: Tensor, share: float, other: Tensor) -> Tensor:
    """Return each row mixed with its other one: inputs and their targets alike."""
    return share * rows + (1 - share) * rows[other]
