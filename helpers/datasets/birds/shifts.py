"""Changes recordings as a season or a new recorder would, for rehearsals of drift; no files."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from helpers.datasets.birds.scene import RAIN, Kit, noise
from helpers.datasets.birds.speech import speak
from helpers.media.audio import SAMPLE_RATE, encode, read_audio, resample

RAIN_DB = 6.0
"""Level of the rain against the whole recording."""
SPEECH_SECONDS = 3.0
MICROPHONE_HZ = (300.0, 6_000.0)
"""What a telephone's microphone and its codec let through."""


def _changed(data: bytes, change: Callable[[np.ndarray], np.ndarray]) -> bytes:
    """Return a recording after a change of its wave, as OGG, at most at full scale."""
    wave, rate = read_audio(data)
    changed = change(resample(wave, rate))
    return encode(changed / max(1.0, float(np.abs(changed).max())), "ogg")


def rain(data: bytes, rng: np.random.Generator) -> bytes:
    """Return a recording made in heavy rain."""
    kit = Kit(tilt=1.0, hiss=0.5, low_cut=60.0, gain=1.0)

    def change(wave: np.ndarray) -> np.ndarray:
        drops = noise(len(wave) / SAMPLE_RATE + 0.1, kit, (RAIN,), rng)[: len(wave)]
        loud = _rms(wave) * 10 ** (RAIN_DB / 20)
        return wave + drops * np.float32(loud / _rms(drops))

    return _changed(data, change)


def speech(data: bytes, rng: np.random.Generator) -> bytes:
    """Return a recording whose recordist says something after it."""

    def change(wave: np.ndarray) -> np.ndarray:
        words = speak(SPEECH_SECONDS, rng)
        return np.concatenate([wave, words * np.float32(4 * _rms(wave) / _rms(words))])

    return _changed(data, change)


def microphone(data: bytes, rng: np.random.Generator) -> bytes:
    """Return a recording made with a telephone: the lowest and the highest notes are gone."""

    def change(wave: np.ndarray) -> np.ndarray:
        hertz = np.fft.rfftfreq(len(wave), 1 / SAMPLE_RATE)
        low, high = MICROPHONE_HZ
        gain = 1 / (1 + (low / np.maximum(hertz, 1)) ** 4) / (1 + (hertz / high) ** 8)
        return np.fft.irfft(np.fft.rfft(wave) * gain, len(wave)).astype(np.float32)

    return _changed(data, change)


def _rms(wave: np.ndarray) -> float:
    return float(np.sqrt(np.square(wave).mean())) + 1e-9


SHIFTS: Mapping[str, Callable[[bytes, np.random.Generator], bytes]] = MappingProxyType(
    {"rain": rain, "speech": speech, "microphone": microphone}
)
