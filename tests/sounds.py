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


def long_mp3(seconds: int, rate: int = 44_100) -> bytes:
    """Return a stereo MP3 of any length, made of the frames of ten seconds."""
    wave = np.stack([chirp(10, rate=rate), 0.5 * chirp(10, 5000, rate)], axis=1)
    data = file_of(wave, "MP3", rate, bitrate_mode="CONSTANT", compression_level=0.5)
    kilobits = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)[data[2] >> 4]
    frames = data[144_000 * kilobits // rate :]  # without the first, which tells the length
    return frames * (seconds // 10)
