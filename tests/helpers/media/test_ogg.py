"""Ogg pages: whole, cut, damaged, stamped."""

import io

import numpy as np
import pytest
import soundfile

from helpers.media import ogg
from tests.sounds import chirp, file_of


@pytest.fixture(scope="module")
def stream() -> bytes:
    return file_of(chirp(2), "OGG")


def test_a_whole_stream_passes_the_check(stream):
    ogg.check(stream)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_stream_cut_anywhere_is_truncated(stream, share):
    with pytest.raises(ValueError, match="truncated"):
        ogg.check(stream[: int(len(stream) * share)])


@pytest.mark.parametrize("length", range(4, 40))
def test_a_stream_cut_within_its_first_header_is_truncated(stream, length):
    with pytest.raises(ValueError, match="truncated"):
        ogg.check(stream[:length])


def test_a_stream_cut_between_two_pages_is_truncated(stream):
    *_, (start, _) = ogg.pages(stream)
    with pytest.raises(ValueError, match="no last page"):
        ogg.check(stream[:start])


def test_one_changed_byte_is_damage(stream):
    broken = bytearray(stream)
    broken[len(broken) // 2] ^= 0x10
    with pytest.raises(ValueError, match="damaged"):
        ogg.check(bytes(broken))


def test_the_serial_number_changes_and_the_sound_does_not(stream):
    stamped = ogg.with_serial(stream, 7)
    ogg.check(stamped)
    assert stamped[14:18] == b"\x07\0\0\0"
    before, after = (soundfile.read(io.BytesIO(data))[0] for data in (stream, stamped))
    assert np.array_equal(before, after)


def test_two_encodings_of_one_wave_are_equal_under_one_serial():
    one, two = (ogg.with_serial(file_of(chirp(1), "OGG"), 3) for _ in range(2))
    assert one == two
