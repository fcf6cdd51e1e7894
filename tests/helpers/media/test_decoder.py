"""A file is decoded in memory that its length does not change, and not at all if it is too long."""

import io
import tracemalloc

import numpy as np
import pytest
import soundfile

from helpers.media.decoder import Decoder, Mono, checked
from helpers.samples import Unreadable
from tests.sounds import chirp, file_of, long_mp3


def claiming(seconds: int, data: bytes) -> bytes:
    """Return a FLAC of 32 kHz whose header claims a length (RFC 9639, 8.2), and little more."""
    count = (32_000 * seconds).to_bytes(5, "big")
    return data[:21] + bytes([data[21] & 0xF0 | count[0]]) + count[1:] + data[26:20_000]


@pytest.mark.parametrize("seconds", [61, 3600, 30_000])
def test_a_file_that_is_too_long_by_its_header_is_refused_before_it_is_decoded(seconds):
    with pytest.raises(Unreadable, match="longer than"):  # it would be truncated, else
        Decoder(claiming(seconds, file_of(chirp(1), "FLAC")), 60)


@pytest.mark.parametrize("channels", [1, 2, 3, 8])
def test_many_channels_have_no_more_sound_together_than_two_of_the_highest_rate(channels):
    rate = 96_000
    wave = np.zeros((int(rate * 1.5), channels), dtype=np.float32)
    data = file_of(wave, "WAV", rate)
    if channels <= 2:
        assert sum(map(len, Decoder(data, 2).blocks())) == len(wave)
    else:
        with pytest.raises(Unreadable, match="longer than"):
            Decoder(data, 2)


@pytest.mark.parametrize(
    "data",
    [
        file_of(np.zeros((96_000 * 20, 2), np.int16), "FLAC", 96_000),
        file_of(np.zeros((44_100 * 40, 2), np.int16), "WAV", 44_100),
        file_of(np.zeros((48_000 * 5, 8), np.int16), "WAV", 48_000),
        long_mp3(40),
    ],
    ids=["FLAC", "WAV", "8 channels", "MP3"],
)
def test_memory_does_not_grow_with_the_length(data):
    tracemalloc.start()
    try:
        count = sum(map(len, Mono(Decoder(data, 3600)).blocks()))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count > 200_000 and peak < 8 << 20


@pytest.mark.parametrize("container", ["OGG", "FLAC", "WAV", "MP3"])
def test_blocks_joined_are_the_whole(container):
    data = file_of(np.stack([chirp(11), -0.2 * chirp(11)], axis=1), container)
    whole = soundfile.read(io.BytesIO(data), dtype="float32")[0]
    assert np.array_equal(np.concatenate([*Decoder(data, 60).blocks()]), whole)


def test_a_file_that_is_empty_is_unreadable():
    with pytest.raises(Unreadable, match="empty"):
        checked(b"")
