"""Recordings uploaded twice are found; recordings that only sound alike are not."""

import numpy as np
import pytest

from helpers.datasets.birds.song import SPECIES, draw_voice, sing
from helpers.media import duplicates
from helpers.media.audio import encode
from tests.sounds import file_of, hush


def song(seed: int, seconds: float = 8) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return 0.2 * sing(SPECIES[1], draw_voice(rng), seconds, rng) + hush(seconds, seed)


def found(**waves: np.ndarray) -> list[duplicates.Duplicate]:
    seen = {id: duplicates.examine(encode(wave, "ogg")) for id, wave in waves.items()}
    digests = {id: digest for id, (digest, _) in seen.items()}
    return duplicates.find_duplicates(digests, {id: print for id, (_, print) in seen.items()})


def test_the_same_bytes_under_another_id_are_an_exact_copy():
    assert found(b=song(1), a=song(1), c=song(2)) == [
        duplicates.Duplicate("b", "a", "exact", 1.0, 0.0)
    ]


@pytest.mark.parametrize("cut", [0, 3000, 5120, 16_000, 32_256, 40_001])
def test_a_trimmed_louder_filtered_copy_is_a_near_copy(cut):
    edited = np.convolve(song(1)[cut:], [1, -0.3], mode="same").astype(np.float32) * 2.5
    (copy,) = found(original=song(1), other=song(2), upload=edited)
    assert (copy.id, copy.original, copy.kind) == ("upload", "original", "near")
    assert copy.similarity > 0.75


def test_songs_of_one_bird_over_other_noise_are_no_copies():
    assert found(**{f"r{seed}": song(seed) for seed in range(12)}) == []


def test_silence_is_no_copy_of_silence():
    zeros = np.zeros(6 * duplicates.RATE, dtype=np.float32)
    prints = {id: duplicates.fingerprint(zeros) for id in "abc"}
    assert duplicates.find_duplicates({}, prints) == []


def test_copies_of_copies_name_the_first_of_their_kin():
    assert [(c.id, c.original) for c in found(c=song(1), a=song(1), b=song(1))] == [
        ("b", "a"),
        ("c", "a"),
    ]


def test_a_recording_too_short_for_a_fingerprint_has_none():
    assert len(duplicates.fingerprint(np.zeros(4000, dtype=np.float32))) == 0


def test_long_sounds_in_blocks_give_the_same_fingerprint(monkeypatch):
    whole = duplicates.fingerprint(song(1))
    monkeypatch.setattr(duplicates, "_BLOCK", 7)
    assert np.array_equal(duplicates.fingerprint(song(1)), whole)


def test_the_longest_of_a_kin_is_the_original_and_knows_what_others_lack():
    waves = {"a": song(1)[16_000:200_000], "b": song(1), "c": song(1)[48_000:]}
    copies = {copy.id: copy for copy in found(**waves)}
    assert {id: copy.original for id, copy in copies.items()} == {"a": "b", "c": "b"}
    assert all(copy.more == 0 for copy in copies.values())


def test_what_a_copy_has_more_than_its_original_is_counted():
    (copy,) = found(a=song(1)[:192_000], b=song(1)[96_000:])
    assert (copy.id, copy.original) == ("a", "b") or (copy.id, copy.original) == ("b", "a")
    assert copy.more == pytest.approx(3 if copy.id == "a" else 2, abs=0.1)


def test_the_digest_is_the_etag_of_a_simple_upload():
    assert duplicates.digest(b"abc") == "900150983cd24fb0d6963f7d28e17f72"
    assert duplicates.examine(file_of(song(1)))[0] == duplicates.digest(file_of(song(1)))
