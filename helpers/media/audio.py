"""Reads, resamples and encodes sound; knows bytes and waves, no data sets and no S3.

The sharding job, the notebooks and the endpoint all use it, so they get the same wave from a clip.
decoder.py decodes, and logmel.py makes spectra.
"""

import io
from collections.abc import Callable, Iterator
from typing import TypeVar

import numpy as np
import soundfile
import soxr

from helpers.media import ogg
from helpers.media.decoder import Decoder, Facts, Mono, checked
from helpers.media.long_wave import LongWave, Wave
from helpers.samples import Unreadable

T = TypeVar("T")

SAMPLE_RATE = 32_000
"""Hz; BirdCLEF's rate."""
WINDOW_SECONDS = 5.0
WINDOW = int(SAMPLE_RATE * WINDOW_SECONDS)
"""Samples in one window."""
MAX_SECONDS = 7_200
"""A longer recording would not fit into a small instance's memory as float32."""
_BLOCK = 1 << 18
"""Samples of a long wave that are read at once: 1 MB."""
_MP3_LOSS = 0.1
"""Share of samples that an MP3 may lack: without a Xing header its length is an estimate."""
_FORMATS = {"ogg": ("OGG", "VORBIS"), "flac": ("FLAC", "PCM_16"), "wav": ("WAV", "PCM_16")}


def read_audio(data: bytes, most_seconds: float | None = None) -> tuple[np.ndarray, int]:
    """Decode a whole OGG, FLAC, WAV or MP3 file to float32 mono in [-1, 1] and its rate in Hz.

    Args:
        most_seconds: refuse longer ones; None for MAX_SECONDS.

    Raises:
        Unreadable: empty, not audio, truncated, damaged, too long; the message says which.
    """
    wave, facts = _gathered(checked(data), most_seconds, _joined)
    _check(facts)
    return wave, facts.rate


def read_long(data: bytes, most_seconds: float | None = None) -> tuple[LongWave, float]:
    """Decode a file as `read_audio` does, to 32 kHz; return the wave and its seconds in the file.

    Memory stays flat on an hour of sound.
    """
    wave, facts = _gathered(checked(data), most_seconds, _resampled)
    _check(facts)
    return wave, facts.samples / facts.rate


def resample(wave: np.ndarray, rate: int, to: int = SAMPLE_RATE) -> np.ndarray:
    """Return a float32 wave at another rate in Hz (soxr's high quality, the same everywhere)."""
    return wave if rate == to else soxr.resample(wave, rate, to, quality="HQ")


def resample_long(wave: Wave, rate: int, to: int) -> Wave:
    """Return what `resample` does, of a long wave by blocks."""
    if isinstance(wave, np.ndarray):
        return resample(wave, rate, to)
    return _resampled((wave[at : at + _BLOCK] for at in range(0, len(wave), _BLOCK)), rate, to)


def load_wave(data: bytes) -> np.ndarray:
    """Decode a stored window: int16 of shape (160000,), 5 s at 32 kHz, padded with zeros.

    Raises:
        Unreadable: the bytes are not audio.
    """
    wave, facts = _gathered(data, None, _joined)
    return to_int16(fit(resample(wave, facts.rate)))


def fit(wave: np.ndarray, length: int = WINDOW) -> np.ndarray:
    """Cut a wave to `length` samples, or pad it with zeros at its end."""
    return wave[:length] if len(wave) >= length else np.pad(wave, (0, length - len(wave)))


def to_int16(wave: np.ndarray) -> np.ndarray:
    """Return float samples in [-1, 1] as int16; louder ones are clipped, never wrapped."""
    scaled = np.clip(wave, -1, 32767 / 32768)
    scaled *= 32768
    return np.rint(scaled, out=scaled).astype(np.int16)


def as_stored(wave: np.ndarray) -> np.ndarray:
    """Return a window's wave as `load_wave` does once it is stored as FLAC: int16 (160000,)."""
    return to_int16(fit(wave))


def encode(wave: np.ndarray, extension: str, rate: int = SAMPLE_RATE, serial: int = 0) -> bytes:
    """Encode a float mono wave as ogg (Vorbis), flac or wav; the same wave gives the same bytes."""
    container, subtype = _FORMATS[extension]
    out = io.BytesIO()
    soundfile.write(out, np.clip(wave, -1, 1), rate, format=container, subtype=subtype)
    data = out.getvalue()
    return ogg.with_serial(data, serial) if extension == "ogg" else data


def _gathered(
    data: bytes, most_seconds: float | None, gather: Callable[[Iterator[np.ndarray], int], T]
) -> tuple[T, Facts]:
    """Return what is gathered from a file's mono blocks at their rate, and the file's facts."""
    decoder = Decoder(data, most_seconds or MAX_SECONDS)
    mono = Mono(decoder)
    wave = gather(mono.blocks(), decoder.facts.rate)
    if mono.cancels:
        wave = gather(mono.loudest(), decoder.facts.rate)
    return wave, decoder.facts


def _joined(blocks: Iterator[np.ndarray], rate: int) -> np.ndarray:
    return np.concatenate([np.zeros(0, np.float32), *blocks])


def _resampled(blocks: Iterator[np.ndarray], rate: int, to: int = SAMPLE_RATE) -> LongWave:
    """Return blocks at another rate: the samples that `resample` gives of them all."""
    wave = LongWave()
    if rate == to:
        for block in blocks:
            wave.append(block)
        return wave
    stream = soxr.ResampleStream(rate, to, 1, dtype="float32", quality="HQ")
    for block in blocks:
        wave.append(stream.resample_chunk(np.ascontiguousarray(block)))
    wave.append(stream.resample_chunk(np.zeros(0, np.float32), last=True))
    return wave


def _check(facts: Facts) -> None:
    if facts.samples < facts.expected * (1 - _MP3_LOSS):
        raise Unreadable(f"truncated: {facts.samples} of {facts.expected} samples are there")
    if not facts.samples:
        raise Unreadable("holds no samples")
    if facts.fault:
        raise Unreadable(facts.fault)
