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


def test_channels_are_mixed_to_mono_at_their_own_rate():
    left, right = chirp(1, rate=44_100), np.zeros(44_100, dtype=np.float32)
    wave, rate = audio.read_audio(file_of(np.stack([left, right], axis=1), rate=44_100))
    assert rate == 44_100 and wave == pytest.approx(left / 2, abs=1e-4)


@pytest.mark.parametrize("gains", [(1, -1), (-0.9, 1), (1, -1, 1, -1), (1, 0, 0, 0, 0, 0, 0, 0)])
def test_channels_that_cancel_out_leave_the_loudest_one(gains):
    wave, _ = audio.read_audio(file_of(np.outer(chirp(1), gains)))
    loudest = max(gains, key=abs)
    assert wave == pytest.approx(chirp(1) * loudest, abs=1e-4)


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


@pytest.mark.parametrize("sound", [0xFFFFFFFF, 0x7FFFF000, 0x7FFFFFDB, 0x80000000, 0])
def test_a_wav_from_a_stream_whose_header_knows_no_length_is_read(sound):
    data = bytearray(file_of(chirp(1)))
    at = data.index(b"data") + 4
    data[4:8] = (sound + 36 & 0xFFFFFFFF).to_bytes(4, "little")
    data[at : at + 4] = sound.to_bytes(4, "little")
    assert len(audio.read_audio(bytes(data))[0]) == 32_000


def streamed_flac(seconds: float) -> bytes:
    """Return a FLAC whose STREAMINFO has 0 as its 36 bits of samples (RFC 9639, 8.2): unknown."""
    data = bytearray(file_of(chirp(seconds), "FLAC"))
    data[21] &= 0xF0
    data[22:26] = bytes(4)
    return bytes(data)


@pytest.mark.parametrize("seconds", [1, 60, 61.5])
def test_a_flac_from_a_stream_is_read_to_its_end(seconds):
    wave, _ = audio.read_audio(streamed_flac(seconds))
    assert wave == pytest.approx(audio.read_audio(file_of(chirp(seconds), "FLAC"))[0])


def test_a_flac_from_a_stream_is_unreadable_where_it_is_cut_or_too_long(monkeypatch):
    data = streamed_flac(2)
    with pytest.raises(Unreadable, match="truncated"):
        audio.read_audio(data[: len(data) // 2])
    monkeypatch.setattr(audio, "MAX_SECONDS", 1)
    with pytest.raises(Unreadable, match="longer than"):
        audio.read_audio(data)


@pytest.mark.parametrize("container", ["OGG", "FLAC", "WAV", "MP3"])
@pytest.mark.parametrize("gains", [(1,), (1, 0.5), (1, -1)])
@pytest.mark.parametrize("rate", [16_000, 32_000, 44_100])
def test_a_long_wave_has_the_samples_of_a_short_one(container, gains, rate):
    data = file_of(np.outer(chirp(14, rate=rate), gains), container, rate)
    wave, seconds = audio.read_long(data)
    whole, _ = audio.read_audio(data)
    assert np.array_equal(wave, audio.resample(whole, rate)) and seconds == len(whole) / rate
    again = audio.resample_long(wave, 32_000, 16_000)
    assert np.array_equal(again, audio.resample(wave[:], 32_000, 16_000))


@pytest.mark.parametrize(("extension", "loss"), [("flac", 1e-4), ("wav", 1e-4), ("ogg", 0.1)])
def test_encoding_gives_the_same_bytes_again_and_the_same_sound_back(extension, loss):
    wave = chirp(2)
    data = audio.encode(wave, extension)
    assert data == audio.encode(wave, extension)
    assert np.abs(audio.read_audio(data)[0] - wave).max() < loss
