"""Computes a mel spectrum by matrix products only; knows tensors, no sound and no files.

Runtimes of exported graphs have fast matrix products and slow Fourier transforms: ONNX Runtime's
STFT takes longer than the whole network behind it. So an exported graph uses this module.
"""

import math

import torch
from torch import Tensor, nn

PARTS = 64
"""Number of parts of a frame in the first step of the transform."""


class MelByMatrices(nn.Module):
    """Make (B, mels, frames) mel power from (B, samples) waves, as torchaudio's MelSpectrogram.

    Each frame of `PARTS * rest` samples is transformed in two steps (Cooley and Tukey 1965). As a
    wave is real, the upper half of the first step's outputs mirrors the lower, and is left out.

    Args:
        window: (n_fft,), the window function of a frame.
        bank: (n_fft / 2 + 1, mels), the mel filter bank.
        hop: samples from frame to frame; it divides the frame's length.
    """

    def __init__(self, window: Tensor, bank: Tensor, hop: int):
        super().__init__()
        self.size, self.hop = len(window), hop
        self.rest, self.kept = self.size // PARTS, PARTS // 2 + 1
        part, rest, kept = torch.arange(PARTS), torch.arange(self.rest), torch.arange(self.kept)
        self._keep("window", window.clone())
        across = turn(torch.outer(kept, part), PARTS)
        self._keep("across", torch.cat([across.real, across.imag]))
        between = turn(torch.outer(kept, rest), self.size)
        self._keep("between_real", between.real)
        self._keep("between_imag", between.imag)
        within = turn(torch.outer(rest, rest), self.rest)
        rows = [torch.cat([within.real, within.imag], 1), torch.cat([-within.imag, within.real], 1)]
        self._keep("within", torch.cat(rows))
        self._keep("bank", self._in_order(bank))

    def _keep(self, name: str, value: Tensor) -> None:
        """Keep a constant that is not one of the model's weights."""
        self.register_buffer(name, value.float(), persistent=False)

    def _in_order(self, bank: Tensor) -> Tensor:
        """Return the bank's rows in the order of the frequencies after the two steps."""
        matrix = torch.zeros(self.kept, self.rest, bank.shape[1])
        for frequency, row in enumerate(bank):
            mirrored = frequency % PARTS >= self.kept
            at = self.size - frequency if mirrored else frequency
            matrix[at % PARTS, at // PARTS] = row
        return matrix.flatten(0, 1)

    def forward(self, wave: Tensor) -> Tensor:
        """Return the mel power of centered frames, the wave mirrored at its ends."""
        half = self.size // 2
        wave = nn.functional.pad(wave.unsqueeze(1), (half, half), mode="reflect").squeeze(1)
        pieces = wave[:, : wave.shape[1] // self.hop * self.hop].unflatten(1, (-1, self.hop))
        each = self.size // self.hop
        count = pieces.shape[1] - each + 1
        frames = torch.cat([pieces[:, i : i + count] for i in range(each)], 2) * self.window
        real, imag = (self.across @ frames.unflatten(2, (PARTS, self.rest))).split(self.kept, 2)
        turned = torch.cat(
            [
                real * self.between_real - imag * self.between_imag,
                real * self.between_imag + imag * self.between_real,
            ],
            dim=3,
        )
        real, imag = (turned @ self.within).split(self.rest, 3)
        power = (real.square() + imag.square()).flatten(2)
        return (power @ self.bank).transpose(1, 2)


def turn(steps: Tensor, around: int) -> Tensor:
    """Return exp(-2 pi i steps / around), complex128."""
    angle = (steps % around).double() * (-2 * math.pi / around)
    return torch.complex(angle.cos(), angle.sin())
