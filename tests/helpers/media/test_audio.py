"""Decoding, resampling and encoding: every format, every way a file can be broken."""

import numpy as np
import pytest

from helpers.media import audio
from helpers.samples import Unreadable
from tests.sounds import chirp, file_of


@pytest.mark.parametrize("container", ["OGG", "FLAC", "WAV", "MP3"])
@pytest.mark.parametrize("rate", [16_000, 32_000, 44_100, 48_000])
def test_every_format_and_rate_becomes_the_same_five_seconds(container, rate):
    wave = audio.load_wave(file_of(chirp(5, rate=rate), container, rate))
    assert (wave.shape, wave.dtype) == ((160_000,), np.int16)
    expected = chirp(5)[4000:150_000] * 32768
    assert np.corrcoef(wave[4000:150_000], expected)[0, 1] > 0.98


def test_stereo_is_mixed_to_mono_at_its_own_rate():
    left = chirp(1, rate=44_100)
    data = file_of(np.stack([left, -left], axis=1), rate=44_100)
    wave, rate = audio.read_audio(data)
    assert rate == 44_100 and wave.shape == (44_100,) and np.abs(wave).max() < 1e-3


@pytest.mark.parametrize("seconds", [0.5, 12])
def test_a_window_is_padded_or_cut_to_five_seconds(seconds):
    wave = audio.load_wave(file_of(chirp(seconds)))
    assert wave.shape == (audio.WINDOW,)
    assert (np.abs(wave[-1000:]).max() == 0) == (seconds < 5)


def test_what_is_too_loud_is_clipped_and_not_wrapped():
    assert audio.to_int16(np.array([1.5, 1.0, -1.0, -3.0])).tolist() == [
        32767,
        32767,
        -32768,
        -32768,
    ]


@pytest.mark.parametrize("container", ["OGG", "FLAC", "WAV", "MP3"])
@pytest.mark.parametrize("share", [0.2, 0.6, 0.85])
def test_a_truncated_file_is_unreadable_and_says_so(container, share):
    data = file_of(chirp(6), container)
    with pytest.raises(Unreadable, match="truncated"):
        audio.read_audio(data[: int(len(data) * share)])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html>", "not audio"),
        (b"\xff\xd8\xff\xe0" + bytes(200), "not audio"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "truncated"),
        (file_of(np.zeros(0, dtype=np.float32)), "no samples"),
        (file_of(np.full(9000, np.nan, dtype=np.float32), subtype="FLOAT"), "not numbers"),
    ],
)
def test_a_file_that_is_no_recording_is_unreadable_with_its_reason(data, reason):
    with pytest.raises(Unreadable, match=reason):
        audio.read_audio(data)


def test_a_wav_from_a_stream_whose_header_knows_no_length_is_read():
    data = bytearray(file_of(chirp(1)))
    at = data.index(b"data") + 4
    data[at : at + 4] = b"\xff\xff\xff\xff"
    assert len(audio.read_audio(bytes(data))[0]) == 32_000


@pytest.mark.parametrize(("extension", "loss"), [("flac", 1e-4), ("wav", 1e-4), ("ogg", 0.1)])
def test_encoding_gives_the_same_bytes_again_and_the_same_sound_back(extension, loss):
    wave = chirp(2)
    data = audio.encode(wave, extension)
    assert data == audio.encode(wave, extension)
    assert np.abs(audio.read_audio(data)[0] - wave).max() < loss


def test_the_log_mel_front_end_is_reachable_from_here():
    from helpers.media.logmel import LogMel

    assert audio.LogMel is LogMel
    with pytest.raises(AttributeError):
        audio.NoSuchThing  # noqa: B018
