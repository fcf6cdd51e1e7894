"""Turns 5 s waves into normalized log-mel spectra; knows tensors, no files.

Networks of sound begin with it. It is invariant to gain: levels are relative to the clip's peak,
and each band is relative to its own median.
"""

import torch

from helpers.media import torchaudio_cpu
from helpers.media.audio import SAMPLE_RATE
from helpers.media.mel_by_matrices import MelByMatrices
from helpers.media.stored_mel import (
    HIGH,
    HIGH_HZ,
    HOP,
    LOW,
    LOW_HZ,
    MIN_SPREAD_DB,
    N_FFT,
    N_MELS,
    RANGE_DB,
    SILENCE,
    STEPS,
)


class LogMel(torch.nn.Module):
    """Make (B, 1, 64, 157) float32 from (B, 160000) int16 or float waves at 32 kHz.

    A (B, 64, 157) uint8 batch is a stored log-mel (stored_mel.py) and is only unpacked.
    """

    def __init__(self, n_mels: int = N_MELS):
        super().__init__()
        self.mel = torchaudio_cpu.load().transforms.MelSpectrogram(
            sample_rate=SAMPLE_RATE,
            n_fft=N_FFT,
            hop_length=HOP,
            f_min=LOW_HZ,
            f_max=HIGH_HZ,
            n_mels=n_mels,
        )
        bank = self.mel.mel_scale.fb
        self.exported = MelByMatrices(self.mel.spectrogram.window, bank, HOP)
        """The same spectrum, up to float32 rounding, for graphs without a fast STFT."""

    @torch.no_grad()
    def forward(self, wave: torch.Tensor) -> torch.Tensor:
        """Return the spectra, float32 on the wave's device, also under autocast."""
        if wave.dtype == torch.uint8:
            return from_uint8(wave).unsqueeze(1)
        with torch.autocast(wave.device.type, enabled=False):
            wave = wave.float() / 32768 if wave.dtype == torch.int16 else wave.float()
            mel = self.exported if is_exported() else self.mel
            return normalize(mel(wave)).unsqueeze(1)


def is_exported() -> bool:
    """Return whether torch is exporting the model now, by its older exporter or the newer one.

    Before 2.7, the newer one reports only that it compiles.
    """
    compiler = torch.compiler
    is_exporting = getattr(compiler, "is_exporting", compiler.is_compiling)
    return torch.onnx.is_in_onnx_export() or is_exporting()


def normalize(power: torch.Tensor) -> torch.Tensor:
    """Return (B, mels, frames) power in units of the clip's own spread about each band's median.

    Frames of digital silence (padding, a muted recorder) are excluded from the median and become 0.
    """
    peak = power.amax(dim=(1, 2), keepdim=True).clamp_min(SILENCE)
    level = 10 * torch.log10((power / peak).clamp_min(10 ** (-RANGE_DB / 10)))
    sounding = level.amax(dim=1, keepdim=True) > -RANGE_DB
    level = torch.where(sounding, level - _median(level, sounding), 0.0)
    return level / level.std(dim=(1, 2), keepdim=True).clamp_min(MIN_SPREAD_DB)


def _median(level: torch.Tensor, sounding: torch.Tensor) -> torch.Tensor:
    """Return (B, mels, 1), each band's median over the sounding frames of its clip."""
    # A sort, as torch's median is not deterministic on CUDA; silence goes to the end.
    ranked = torch.where(sounding, level, torch.inf).sort(dim=2).values
    middle = (sounding.sum(dim=2, keepdim=True) // 2).clamp_max(level.shape[2] - 1)
    return ranked.gather(2, middle.expand(-1, level.shape[1], -1))


def from_uint8(packed: torch.Tensor) -> torch.Tensor:
    """Unpack stored log-mels to float32."""
    return packed.float() * ((HIGH - LOW) / STEPS) + LOW
