"""Adds a landscape's and a recorder's noise to a song; knows sound, no species and no files."""

from dataclasses import dataclass

import numpy as np

from helpers.media.audio import SAMPLE_RATE

RAIN, INSECTS, WIND = "rain", "insects", "wind"
_REVERB_SECONDS = 0.6


@dataclass(frozen=True)
class Kit:
    """A recordist's microphone and recorder, which color all of their recordings."""

    tilt: float
    """Exponent of the noise's power over frequency; 1 is pink, 2 is brown."""
    hiss: float
    """Level of the preamplifier's white noise, 0 to 1."""
    low_cut: float
    """Cutoff of the high-pass filter, in Hz."""
    gain: float
    """Peak of a recording, 0 to 1."""


def at_distance(
    song: np.ndarray, meters: float, reverb: float, rng: np.random.Generator
) -> np.ndarray:
    """Return the song as heard from afar: high notes dulled by air and leaves, with an echo.

    About 0.02 dB a meter at 1 kHz, rising with frequency, in a wood; `reverb` (seconds) is the
    time in which the echo falls by 60 dB.
    """
    size = _fast(len(song) + int(_REVERB_SECONDS * SAMPLE_RATE))
    hertz = np.fft.rfftfreq(size, 1 / SAMPLE_RATE).astype(np.float32)
    loss = 10 ** (-0.02 * meters * (hertz / 1000) ** 1.1 / 20)
    time = np.arange(int(_REVERB_SECONDS * SAMPLE_RATE), dtype=np.float32) / SAMPLE_RATE
    echo = rng.standard_normal(len(time), dtype=np.float32) * np.exp(-6.9 * time / reverb)
    echo *= 0.35 * min(1.0, meters / 60) / np.sqrt(np.square(echo).sum())
    echo[0] = 1
    heard = np.fft.irfft(np.fft.rfft(song, size) * np.fft.rfft(echo, size) * loss, size)
    return heard[: len(song)].astype(np.float32)


def noise(seconds: float, kit: Kit, kinds: tuple[str, ...], rng: np.random.Generator) -> np.ndarray:
    """Return the background as the kit hears it, float32, its hiss and landscape near 0.1 RMS."""
    count = int(seconds * SAMPLE_RATE)
    size = _fast(count)
    hertz = np.fft.rfftfreq(size, 1 / SAMPLE_RATE).astype(np.float32)
    hertz[0] = 1
    color = (300 / np.maximum(hertz, 60)) ** (kit.tilt / 2) + 0.15 * kit.hiss
    if RAIN in kinds:
        hush = hertz**2 / (hertz**2 + 2500**2) * np.exp(-hertz / 12_000)
        color = color + rng.uniform(0.1, 0.35) * hush
    color *= hertz**2 / (hertz**2 + kit.low_cut**2)
    wave = _colored(color, size, rng)[:count]
    if WIND in kinds:
        wave = wave + _gusts(hertz, size, rng)[:count]
    if RAIN in kinds:
        wave = wave + _drops(count, rng)
    if INSECTS in kinds:
        wave = wave + _chirr(count, rng)
    return (0.1 * wave).astype(np.float32)


def band_rms(wave: np.ndarray, band: tuple[float, float], active: bool = False) -> float:
    """Return the RMS within a band in Hz; with `active`, over the loudest fifth of the time."""
    frames = wave[: len(wave) // 1024 * 1024].reshape(-1, 1024)
    power = np.square(np.abs(np.fft.rfft(frames * np.hanning(1024).astype(np.float32), axis=1)))
    low, high = (int(edge / SAMPLE_RATE * 1024) for edge in band)
    level = power[:, low : high + 1].sum(axis=1)
    if active:
        level = level[level >= np.quantile(level, 0.8)]
    return float(np.sqrt(level.mean())) / 1024 + 1e-9


def _colored(color: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    """Return noise of unit RMS with an amplitude spectrum."""
    parts = rng.standard_normal((2, len(color)), dtype=np.float32)
    wave = np.fft.irfft((parts[0] + 1j * parts[1]) * color, size)
    return wave / np.sqrt(np.square(wave).mean())


def _gusts(hertz: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    """Return wind: brown rumble below 400 Hz that swells and falls over seconds."""
    rumble = _colored((hertz > 20) * (100 / hertz) * np.exp(-hertz / 250), size, rng)
    points = rng.gamma(1.2, 0.8, size=max(2, size // SAMPLE_RATE + 2))
    return rumble * np.interp(np.linspace(0, len(points) - 1, size), range(len(points)), points)


def _drops(count: int, rng: np.random.Generator) -> np.ndarray:
    """Return single drops on leaves: clicks of a few milliseconds."""
    wave = np.zeros(count, dtype=np.float32)
    length = int(0.006 * SAMPLE_RATE)
    decay = np.exp(-np.arange(length) / (0.0012 * SAMPLE_RATE))
    drops = int(count / SAMPLE_RATE * rng.uniform(2, 15))
    for at in rng.integers(0, max(1, count - length), size=drops):
        click = rng.standard_normal(length) * decay * rng.gamma(1.5, 0.6)
        wave[at : at + length] += click[: count - at].astype(np.float32)
    return wave


def _chirr(count: int, rng: np.random.Generator) -> np.ndarray:
    """Return a cricket or cicada: a narrow band, pulsed fast, in bouts or without end."""
    time = np.arange(count, dtype=np.float32) / SAMPLE_RATE
    pitch = rng.uniform(4000, 9000)
    drift = np.cumsum(rng.standard_normal(count // 64 + 2)) * rng.uniform(0.1, 0.5)
    phase = 2 * np.pi * pitch * time + np.interp(np.arange(count) / 64, range(len(drift)), drift)
    pulses = np.clip(np.sin(2 * np.pi * rng.uniform(15, 55) * time), 0, 1)
    bouts = np.clip(3 * np.sin(2 * np.pi * rng.uniform(0.2, 0.9) * time + rng.uniform(0, 6)), 0, 1)
    steady = rng.random() < 0.4
    level = rng.uniform(0.2, 0.9)
    return (level * np.sin(phase) * pulses * (1.0 if steady else bouts)).astype(np.float32)


def _fast(size: int) -> int:
    """Return the next length that the FFT likes: a power of two times 1, 9/8, 5/4 or 3/2."""
    power = 1 << (size - 1).bit_length()
    return min(c for c in (power * 9 // 16, power * 5 // 8, power * 3 // 4, power) if c >= size)
