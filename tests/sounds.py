"""Makes small sounds and broken files for the tests of everything that hears."""

import io

import numpy as np
import soundfile

from helpers.media.audio import SAMPLE_RATE


def chirp(seconds: float, hertz: float = 3000.0, rate: int = SAMPLE_RATE) -> np.ndarray:
    """Return a tone that wavers like a bird's, float32."""
    time = np.arange(int(seconds * rate)) / rate
    phase = 2 * np.pi * hertz * time + 20 * np.sin(2 * np.pi * 5 * time)
    return (0.5 * np.sin(phase)).astype(np.float32)


def hush(seconds: float, seed: int = 0, level: float = 0.01) -> np.ndarray:
    """Return quiet noise at 32 kHz, float32."""
    count = int(seconds * SAMPLE_RATE)
    return np.random.default_rng(seed).standard_normal(count, dtype=np.float32) * level


def placed(part: np.ndarray, start: float, whole: np.ndarray) -> np.ndarray:
    """Return `whole` with `part` added from `start` seconds on."""
    out, at = whole.copy(), int(start * SAMPLE_RATE)
    out[at : at + len(part)] += part[: len(out) - at]
    return out


def file_of(wave: np.ndarray, container: str = "WAV", rate: int = SAMPLE_RATE, **how) -> bytes:
    """Return a wave as a file of any container that soundfile writes."""
    out = io.BytesIO()
    soundfile.write(out, wave, rate, format=container, **how)
    return out.getvalue()
