"""Decodes a sound file by blocks, in memory that its length does not change; knows no windows.

Nothing is decoded of a file that is too long by its header. One whose header tells no length, or a
wrong one, is decoded up to the same bound.
"""

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import soundfile

from helpers.media import ogg
from helpers.samples import Unreadable

_MAX_RATE = 96_000
"""Hz that the longest sound may have: a header can claim a rate at which a year lasts a second."""
_MAX_LEVEL = 1e6
"""Full scale is 1; floats far beyond overflow in a spectrum."""
_BLOCK = 1 << 18
"""Values of all channels in a block: 1 MB."""
_CANCELLED = 0.25
"""Level of a mix, as a share of its loudest channel's, below which the channels cancel out."""
_PLACEHOLDER = 0x7FFF0000
"""A WAV's length from here on was never filled in: sox leaves 0x7FFFF000, ffmpeg all ones."""
_UNKNOWN = 2**62
"""libsndfile's number of frames, from here on, for a FLAC stream that does not tell it."""


class _Forward(soundfile.SoundFile):
    """A file that is read from its start to its end.

    soundfile seeks after each read, to where it is: that changes samples of an MP3, and fails at
    the end of a stream that does not tell its length.
    """

    def seekable(self) -> bool:
        return False


@dataclass
class Facts:
    """What is known of a file once its last block is there."""

    rate: int
    """Hz."""
    expected: int
    """Samples by the header; those that are there, where it tells none."""
    samples: int = 0
    fault: str = ""
    """What is wrong with the samples, if anything is."""


class Decoder:
    """One file's blocks; its `facts` are complete after the last one.

    Args:
        data: a file that `checked` has returned.
        most_seconds: refuse longer ones.

    Raises:
        Unreadable: not audio, or too long by its header.
    """

    def __init__(self, data: bytes, most_seconds: float):
        self._data, self._seconds = data, most_seconds
        self._sound: _Forward | None = self._open()
        frames, rate, channels = (self._sound.frames, self._sound.samplerate, self._sound.channels)
        self._most = int(most_seconds * min(rate, _MAX_RATE))
        if channels > 2:  # of eight no more than of two
            self._most = min(self._most, int(2 * most_seconds * _MAX_RATE) // channels)
        self.facts = Facts(rate, frames if frames < _UNKNOWN else -1)
        if self.facts.expected > self._most:
            raise self._too_long()

    def blocks(self) -> Iterator[np.ndarray]:
        """Yield float32 blocks of shape (samples, channels).

        Raises:
            Unreadable: damaged, or longer than it may be.
        """
        facts = self.facts
        facts.samples = 0
        with self._sound or self._open() as sound:
            self._sound = None
            try:
                count = max(1, _BLOCK // sound.channels)
                while len(block := sound.read(count, dtype="float32", always_2d=True)):
                    facts.samples += len(block)
                    if facts.samples > self._most:
                        raise self._too_long()
                    facts.fault = facts.fault or _fault(block)
                    yield block
            except (soundfile.LibsndfileError, RuntimeError) as error:
                raise Unreadable(_not_audio(self._data, error)) from error
        if facts.expected < 0:
            facts.expected = facts.samples

    def _open(self) -> "_Forward":
        try:
            return _Forward(io.BytesIO(self._data))
        except (soundfile.LibsndfileError, RuntimeError) as error:
            raise Unreadable(_not_audio(self._data, error)) from error

    def _too_long(self) -> Unreadable:
        return Unreadable(f"longer than {self._seconds / 3600:g} h: split it first")


class Mono:
    """A decoder's blocks of one channel: the mean of all or, where they cancel out, the loudest.

    Channels that cancel out (a cable with swapped wires) have a mean that is nearly silent. That is
    known at the end only: such a file is decoded again.
    """

    def __init__(self, decoder: Decoder):
        self._decoder = decoder
        self._levels: np.ndarray | float = 0.0
        self._mix = 0.0

    def blocks(self) -> Iterator[np.ndarray]:
        """Yield the mean of the channels."""
        for block in self._decoder.blocks():
            if block.shape[1] == 1:
                yield block[:, 0]
                continue
            with np.errstate(over="ignore", invalid="ignore"):  # `Facts.fault` names such samples
                mix = block.mean(axis=1)
                self._levels = self._levels + np.square(block, dtype=np.float64).sum(axis=0)
                self._mix += float(np.square(mix, dtype=np.float64).sum())
            yield mix

    @property
    def cancels(self) -> bool:
        """Say whether the channels of the blocks so far cancel out."""
        return bool(self._mix < _CANCELLED**2 * np.max(self._levels))

    def loudest(self) -> Iterator[np.ndarray]:
        """Decode again and yield the loudest channel."""
        channel = int(np.argmax(self._levels))
        for block in self._decoder.blocks():
            yield block[:, channel]


def checked(data: bytes) -> bytes:
    """Check for truncation that libsndfile ignores (Ogg, WAV); fill in a WAV's unknown length.

    Raises:
        Unreadable: it is empty or truncated.
    """
    if not data:
        raise Unreadable("empty file")
    try:
        if data.startswith(b"OggS"):
            ogg.check(data)
        elif data.startswith(b"RIFF") and data[8:12] == b"WAVE":
            return _checked_wav(data)
    except ValueError as error:
        raise Unreadable(str(error)) from error
    return data


def _fault(block: np.ndarray) -> str:
    if not np.isfinite(block).all():
        return "damaged: holds samples that are not numbers"
    if len(block) and max(block.max(), -block.min()) > _MAX_LEVEL:
        return f"damaged: holds samples beyond {_MAX_LEVEL:g} times full scale"
    return ""


def _not_audio(data: bytes, error: Exception) -> str:
    reason = getattr(error, "error_string", str(error)).rstrip(".")
    if "lost sync" in reason:
        return f"truncated or damaged: {reason}"
    return f"not audio (starts with {data[:8]!r}): {reason}"


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
