"""Makes the log-mel that a shard stores of a 5 s wave, with NumPy alone; knows no files.

It is the picture that logmel.py makes of the wave in a network: within a step of the uint8 format.
The jobs and endpoints that make it have no torch.
"""

from functools import cache

import numpy as np

from helpers.media.audio import SAMPLE_RATE

N_MELS = 64
N_FFT = 2048
HOP = 1024
LOW_HZ, HIGH_HZ = 150.0, 15_000.0
RANGE_DB = 80.0
"""Levels further below the clip's peak count as silence."""
MIN_SPREAD_DB = 3.0
"""Smallest divisor, so that a clip of even noise is not amplified until it looks like song."""
SILENCE = 1e-12
"""Power that a clip's peak has at least."""
BLOCK = 32
"""Frames transformed at once: their arrays fit into a core's cache; see recordings.py."""
STEPS = 255
LOW, HIGH = -4.0, 8.0
"""Range of the uint8 format, in spreads; a step is 0.05 spreads, under half a dB."""


def stored_mel(wave: np.ndarray) -> np.ndarray:
    """Return a window's log-mel, uint8 (64, 157), of its int16 wave (160000,)."""
    scaled = (normalize(mel_power(wave)).clip(LOW, HIGH) - LOW) * (STEPS / (HIGH - LOW))
    return scaled.round().astype(np.uint8)


def mel_power(wave: np.ndarray) -> np.ndarray:
    """Return the mel power, float64 (64, 157), of centered frames, the wave mirrored at its ends.

    Args:
        wave: int16, full scale 32768.
    """
    padded = np.pad(wave / 32768, N_FFT // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, N_FFT)[::HOP]
    blocks = (frames[first : first + BLOCK] for first in range(0, len(frames), BLOCK))
    return np.concatenate([_mel_power(block) for block in blocks]).T


def normalize(power: np.ndarray) -> np.ndarray:
    """Return power (mels, frames) in units of the clip's spread about each band's median.

    Frames of digital silence (padding, a muted recorder) are excluded from the median and become 0.
    """
    level = power / max(power.max(), SILENCE)
    level = 10 * np.log10(level.clip(10 ** (-RANGE_DB / 10)))
    sounding = level.max(axis=0) > -RANGE_DB
    if not sounding.any():
        return np.zeros_like(level)
    # The upper one of two in the middle, as in logmel.py.
    ranked = np.sort(level[:, sounding], axis=1)
    level = np.where(sounding, level - ranked[:, ranked.shape[1] // 2, None], 0)
    return level / max(level.std(ddof=1), MIN_SPREAD_DB)


def _mel_power(frames: np.ndarray) -> np.ndarray:
    """Return (frames, mels): sums of the powers below the triangles, each over its two slopes.

    Sums, no matrix product: that would start threads in each of a job's processes.
    """
    inside, starts, rise = _slopes()
    spectrum = np.fft.rfft(frames * _window(), axis=1)[:, inside]
    power = np.square(spectrum.real) + np.square(spectrum.imag)
    rising = np.add.reduceat(power * rise, starts, axis=1)
    falling = np.add.reduceat(power, starts, axis=1) - rising
    return rising[:, :-1] + falling[:, 1:]


@cache
def _window() -> np.ndarray:
    """Return the periodic Hann window."""
    return np.hanning(N_FFT + 1)[:-1]


@cache
def _slopes() -> tuple[slice, np.ndarray, np.ndarray]:
    """Return the frequencies below the triangles of the mel scale, by their numbers in a spectrum.

    HTK's scale without a norm, torchaudio's default: a triangle rises from its left neighbor's peak
    and falls to its right one's, where that one rises (Young et al., The HTK Book, 5.6).

    Returns:
        All of them; the first one of each slope, from that on; each one's weight as it rises.
    """
    low, high = (2595 * np.log10(1 + hertz / 700) for hertz in (LOW_HZ, HIGH_HZ))
    peaks = 700 * (10 ** (np.linspace(low, high, N_MELS + 2) / 2595) - 1)
    hertz = np.linspace(0, SAMPLE_RATE / 2, N_FFT // 2 + 1)
    first, *starts, end = np.searchsorted(hertz, peaks)
    rise = np.interp(hertz, peaks, np.arange(len(peaks)))[first:end] % 1
    return slice(first, end), np.array([first, *starts]) - first, rise
