"""Measures a recording as it came, before any cleaning; knows waves, no species and no drift.

A model hears a cleaned recording. What is measured here tells of the place, the weather, the
microphone and the people around it.
"""

import numpy as np

from helpers.media.audio import SAMPLE_RATE, read_audio, resample
from helpers.media.recordings import clipping_share, frame_snr, silence_share
from helpers.media.speech import speech_spans

EDGE_HZ = 5_000.0
"""Rain and hiss lie above it, traffic and wind below."""
_LOWEST_HZ, _HIGHEST_HZ = 150.0, 15_000.0
_FRAME = 1024
_QUIET = 0.2
"""The noise floor of a band is this quantile of its power over time."""
_FLOOR = 1e-12


def measure(data: bytes, most_seconds: float | None = None) -> dict[str, float]:
    """Return what is measured of one recording, by name.

    level (dB of full scale), snr (dB of loud frames above the noise floor), centroid (Hz, of the
    whole spectrum), tilt (dB of the noise floor above `EDGE_HZ` against that below), seconds, and
    the shares of voice, silence and clipping.

    Args:
        most_seconds: refuse longer ones; None for what `read_audio` reads.

    Raises:
        Unreadable: not readable audio, or too long.
    """
    wave, rate = read_audio(data, most_seconds)
    seconds = len(wave) / rate
    wave = resample(wave, rate)
    power, hertz = _spectra(wave)
    mean, floor = power.mean(0) + _FLOOR, np.quantile(power, _QUIET, axis=0) + _FLOOR
    high, low = floor[hertz >= EDGE_HZ].mean(), floor[hertz < EDGE_HZ].mean()
    voice = sum(end - start for start, end in speech_spans(wave, SAMPLE_RATE))
    return {
        "level": 20 * float(np.log10(np.sqrt(np.square(wave).mean()) + 1e-6)),
        "snr": float(np.quantile(frame_snr(wave), 0.9)),
        "centroid": float((hertz * mean).sum() / mean.sum()),
        "tilt": 10 * float(np.log10(high / low)),
        "seconds": seconds,
        "voice": min(1.0, voice / (len(wave) / SAMPLE_RATE)),
        "silence": silence_share(wave),
        "clipping": clipping_share(wave),
    }


def _spectra(wave: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the power of each frame's bands between the lowest and the highest, and their Hz."""
    frames = np.pad(wave, (0, -len(wave) % _FRAME)).reshape(-1, _FRAME)
    window = np.hanning(_FRAME).astype(np.float32)
    hertz = np.fft.rfftfreq(_FRAME, 1 / SAMPLE_RATE)
    kept = (hertz >= _LOWEST_HZ) & (hertz <= _HIGHEST_HZ)
    spectrum = np.fft.rfft(frames * window, axis=1)[:, kept]
    return np.square(spectrum.real) + np.square(spectrum.imag), hertz[kept]
