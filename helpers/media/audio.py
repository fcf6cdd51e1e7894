"""Decodes, resamples and encodes sound; knows bytes and waves, no data sets and no S3.

The sharding job, the notebooks and the endpoint all use it, so they get the same wave from a clip.
Spectra are made in logmel.py.
"""

import io
import struct

import numpy as np
import soundfile
import soxr

from helpers.media import ogg
from helpers.samples import Unreadable

SAMPLE_RATE = 32_000
"""Hz; BirdCLEF's rate."""
WINDOW_SECONDS = 5.0
WINDOW = int(SAMPLE_RATE * WINDOW_SECONDS)
"""Samples in one window."""
MAX_SECONDS = 7_200
"""A longer recording would not fit into a small instance's memory as float32."""
_MAX_RATE = 96_000
"""Hz that MAX_SECONDS may have: a header can claim a rate at which a year lasts a second."""
_MAX_LEVEL = 1e6
"""Full scale is 1; floats far beyond overflow in a spectrum."""
_BLOCK = 1 << 20
_MP3_LOSS = 0.1
"""Share of samples that an MP3 may lack: without a Xing header its length is an estimate."""
_CANCELLED = 0.25
"""Level of a mix, as a share of its loudest channel's, below which the channels cancel out."""
_PLACEHOLDER = 0x7FFF0000
"""A WAV's length from here on was never filled in: sox leaves 0x7FFFF000, ffmpeg all ones."""
_UNKNOWN = 2**62
"""libsndfile's number of frames, from here on, for a FLAC stream that does not tell it."""
_SEEK_FAILED = 39
_FORMATS = {"ogg": ("OGG", "VORBIS"), "flac": ("FLAC", "PCM_16"), "wav": ("WAV", "PCM_16")}


def read_audio(data: bytes, most_seconds: float | None = None) -> tuple[np.ndarray, int]:
    """Decode a whole OGG, FLAC, WAV or MP3 file to float32 mono in [-1, 1] and its rate in Hz.

    Args:
        most_seconds: refuse longer ones; None for MAX_SECONDS.

    Raises:
        Unreadable: empty, not audio, truncated, damaged, too long; the message says which.
    """
    if not data:
        raise Unreadable("empty file")
    data = _checked(data)
    wave, rate, expected = _decode(data, most_seconds)
    if len(wave) < expected * (1 - _MP3_LOSS):
        raise Unreadable(f"truncated: {len(wave)} of {expected} samples are there")
    if not len(wave):
        raise Unreadable("holds no samples")
    if not np.isfinite(wave).all():
        raise Unreadable("damaged: holds samples that are not numbers")
    if max(wave.max(), -wave.min()) > _MAX_LEVEL:
        raise Unreadable(f"damaged: holds samples beyond {_MAX_LEVEL:g} times full scale")
    return wave, rate


def resample(wave: np.ndarray, rate: int, to: int = SAMPLE_RATE) -> np.ndarray:
    """Return a float32 wave at another rate in Hz (soxr's high quality, the same everywhere)."""
    return wave if rate == to else soxr.resample(wave, rate, to, quality="HQ")


def load_wave(data: bytes) -> np.ndarray:
    """Decode a stored window: int16 of shape (160000,), 5 s at 32 kHz, padded with zeros.

    Raises:
        Unreadable: the bytes are not audio.
    """
    wave, rate, _ = _decode(data)
    return to_int16(fit(resample(wave, rate)))


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


def to_mono(wave: np.ndarray) -> np.ndarray:
    """Return the mean of the channels of float (samples, channels), or the loudest one.

    Channels that cancel out (a cable with swapped wires) have a mean that is nearly silent.
    """
    if wave.shape[1] == 1:
        return wave[:, 0]
    mix = wave.mean(axis=1)
    if not len(mix):
        return mix
    levels = np.square(wave).mean(axis=0)
    if np.square(mix).mean() < _CANCELLED**2 * levels.max():
        return wave[:, int(levels.argmax())].copy()
    return mix


def _decode(data: bytes, most_seconds: float | None = None) -> tuple[np.ndarray, int, int]:
    """Return float32 mono, the rate, and the number of samples by the header."""
    most_seconds = most_seconds or MAX_SECONDS
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as sound:
            most = int(most_seconds * min(sound.samplerate, _MAX_RATE))
            if sound.channels > 2 and sound.frames < _UNKNOWN:  # of eight no more than of two
                most = min(most, int(2 * most_seconds * _MAX_RATE) // sound.channels)
            if sound.frames >= _UNKNOWN:
                wave = _to_the_end(sound, most)
                expected = len(wave)
            elif (expected := sound.frames) <= most:
                wave = sound.read(max(0, expected), dtype="float32", always_2d=True)
            rate = sound.samplerate
            if expected > most:
                raise Unreadable(f"longer than {most_seconds / 3600:g} h: split it first")
    except (soundfile.LibsndfileError, RuntimeError) as error:
        raise Unreadable(_not_audio(data, error)) from error
    return to_mono(wave), rate, expected


def _to_the_end(sound: soundfile.SoundFile, most: int) -> np.ndarray:
    """Read a stream of unknown length, up to some samples.

    libsndfile can't seek to such a stream's end, which soundfile does after the last read.
    """
    blocks = []
    while sum(map(len, blocks)) <= most:
        block = np.full((_BLOCK // sound.channels, sound.channels), np.nan, dtype=np.float32)
        try:
            blocks.append(sound.read(out=block))
        except soundfile.LibsndfileError as error:
            if error.code != _SEEK_FAILED:
                raise
            blocks.append(block[np.isfinite(block[:, 0])])
        if len(blocks[-1]) < len(block):
            break
    return np.concatenate(blocks)


def _not_audio(data: bytes, error: Exception) -> str:
    reason = getattr(error, "error_string", str(error)).rstrip(".")
    if "lost sync" in reason:
        return f"truncated or damaged: {reason}"
    return f"not audio (starts with {data[:8]!r}): {reason}"


def _checked(data: bytes) -> bytes:
    """Check for truncation that libsndfile ignores (Ogg, WAV); fill in a WAV's unknown length."""
    try:
        if data.startswith(b"OggS"):
            ogg.check(data)
        elif data.startswith(b"RIFF") and data[8:12] == b"WAVE":
            return _checked_wav(data)
    except ValueError as error:
        raise Unreadable(str(error)) from error
    return data


def _checked_wav(data: bytes) -> bytes:
    """Return a WAV with the length of its sound, which a recorder that streams never filled in.

    Raises:
        ValueError: it is truncated.
    """
    at, (whole,) = 12, struct.unpack_from("<I", data, 4)
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        if name == b"data":
            there = len(data) - at - 8
            if size >= _PLACEHOLDER or (size == 0 and whole != len(data) - 8):
                return data[: at + 4] + struct.pack("<I", there) + data[at + 8 :]
            if size > there:
                raise ValueError(f"truncated: {there} of {size} bytes of sound")
            return data
        at += 8 + size + size % 2
    raise ValueError("truncated: a WAV header without sound")
