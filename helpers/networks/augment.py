"""Augments training batches on the device: SpecAugment, photo jitter, mixup; knows tensors only.

All randomness comes from torch's global generator, which the trainer seeds before every step, so
a resumed run draws the same numbers as an uninterrupted one.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional


def spec_augment(spectra: Tensor, *, share: float = 0.2, masks: int = 2) -> Tensor:
    """Mask random bands of mels and of frames by each sample's mean (SpecAugment).

    SpecAugment without time warping (Park et al. 2019, arXiv:1904.08779).

    Args:
        spectra: float (B, 1, mels, frames).
        share: largest width of a band, as a share of the axis.
        masks: number of bands per axis.
    """
    hidden = torch.zeros_like(spectra, dtype=torch.bool)
    for axis in (2, 3):
        size = spectra.shape[axis]
        shape = [len(spectra), masks, 1]
        width = torch.rand(shape, device=spectra.device) * share * size
        start = torch.rand(shape, device=spectra.device) * (size - width)
        position = torch.arange(size, device=spectra.device)
        band = ((position >= start) & (position < start + width)).any(1)
        hidden |= band[:, None, :, None] if axis == 2 else band[:, None, None, :]
    return torch.where(hidden, spectra.mean((2, 3), keepdim=True), spectra)


def jitter_photos(
    images: Tensor,
    *,
    degrees: float = 6,
    zoom: float = 0.12,
    shift: float = 0.08,
    light: float = 0.25,
) -> Tensor:
    """Jitter each photo on its own: mirror half of them; turn, zoom, shift, change the light.

    Args:
        images: float (B, 3, H, W), normalized.
        degrees: the largest rotation.
        zoom: the largest change of size, as a share.
        shift: the largest shift, as a share of height and width.
        light: the largest change of contrast, as a share, and of brightness.
    """

    def draw(most: float, *shape: int) -> Tensor:
        return (torch.rand(len(images), *shape, device=images.device) * 2 - 1) * most

    angle, size = draw(math.radians(degrees)), 1 + draw(zoom)
    mirror = torch.where(draw(1) < 0, -size, size)
    rows = [mirror * angle.cos(), -size * angle.sin(), draw(2 * shift)]
    rows += [mirror * angle.sin(), size * angle.cos(), draw(2 * shift)]
    grid = functional.affine_grid(
        torch.stack(rows, 1).view(-1, 2, 3), list(images.shape), align_corners=False
    )
    images = functional.grid_sample(images, grid, padding_mode="border", align_corners=False)
    return images * (1 + draw(light, 1, 1, 1)) + draw(light, 1, 1, 1)


def no_augmentation(inputs: Tensor) -> Tensor:
    """Return the inputs unchanged."""
    return inputs


def draw_mix(rows: int, alpha: float, device: torch.device) -> tuple[float, Tensor]:
    """Draw a share, and for every row of a batch the partner to mix it with.

    mixup (Zhang et al. 2017, arXiv:1710.09412): the share is drawn from Beta(alpha, alpha).
    """
    share = torch.distributions.Beta(alpha, alpha).sample().item()
    return share, torch.randperm(rows, device=device)


def mix(rows: Tensor, share: float, partners: Tensor) -> Tensor:
    """Return each row mixed with its partner: inputs and their targets alike."""
    return share * rows + (1 - share) * rows[partners]
