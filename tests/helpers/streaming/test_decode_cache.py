import numpy as np
import pytest

from helpers.streaming.decode_cache import DecodeCache


class Counted:
    """A decoder of bytes that counts its calls."""

    def __init__(self):
        self.calls = 0

    def __call__(self, data: bytes) -> np.ndarray:
        self.calls += 1
        return np.frombuffer(data, np.uint8).copy()


def test_what_comes_again_is_decoded_once():
    decode = Counted()
    kept = DecodeCache(decode, limit=100)
    for _ in range(3):
        assert [kept(data).tolist() for data in (b"ab", b"cd")] == [[97, 98], [99, 100]]
    assert decode.calls == 2


def test_what_finds_no_room_is_decoded_each_time():
    decode = Counted()
    kept = DecodeCache(decode, limit=5)
    for _ in range(2):
        assert [len(kept(data)) for data in (b"abc", b"def", b"gh")] == [3, 3, 2]
    assert decode.calls == 4  # "def" twice
    assert sum(array.nbytes for array in kept.known.values()) == 5


def test_a_kept_array_cannot_be_changed_by_who_got_it():
    array = DecodeCache(Counted(), limit=10)(b"ab")
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 1
