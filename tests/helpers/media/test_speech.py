"""Human speech is found, birds are not taken for it."""

import numpy as np
import pytest

from helpers.datasets.birds.scene import Kit, at_distance, noise
from helpers.datasets.birds.song import SPECIES, draw_voice, sing
from helpers.datasets.birds.speech import speak
from helpers.media import speech
from helpers.media.audio import SAMPLE_RATE, resample
from tests.sounds import chirp, hush, placed


@pytest.mark.parametrize("seed", range(4))
def test_speech_is_found_where_it_is(seed):
    words = 0.25 * speak(2.5, np.random.default_rng(seed))
    spans = speech.speech_spans(placed(words, 3, hush(9, seed)), SAMPLE_RATE)
    assert len(spans) == 1
    assert spans[0] == pytest.approx((3 - speech.MARGIN, 5.5 + speech.MARGIN), abs=0.35)


def test_two_remarks_with_a_pause_are_two_stretches():
    words = 0.25 * speak(1.5, np.random.default_rng(5))
    wave = placed(words, 7, placed(words, 1, hush(10)))
    assert len(speech.speech_spans(wave, SAMPLE_RATE)) == 2


@pytest.mark.parametrize("species", SPECIES, ids=lambda species: species.label)
def test_a_bird_is_not_speech(species):
    rng = np.random.default_rng(3)
    song = 0.1 * sing(species, draw_voice(rng), 8, rng)
    assert speech.speech_spans(song + hush(8, level=0.004), SAMPLE_RATE) == []


def hoots(seed: int, level: float) -> np.ndarray:
    hoopoe = next(species for species in SPECIES if species.label == "hoopoe")
    rng = np.random.default_rng(seed)
    song = at_distance(sing(hoopoe, draw_voice(rng), 8, rng), 40, 0.5, rng)
    return level * song + 0.1 * noise(8, Kit(1.2, 0.3, 80, 0.5), (), rng)


def test_hoots_that_the_model_takes_for_vowels_are_told_by_their_narrow_spectrum(monkeypatch):
    waves = [hoots(0, 0.05), hoots(1, 0.1), hoots(5, 0.1)]
    assert [speech.speech_spans(wave, SAMPLE_RATE) for wave in waves] == [[], [], []]
    monkeypatch.setattr(speech, "HOOT_SHARE", 1.0)
    assert all(speech.speech_spans(wave, SAMPLE_RATE) for wave in waves)


@pytest.mark.parametrize("seconds", [0, 0.01, 1])
def test_short_and_empty_waves_hold_no_speech(seconds):
    assert speech.speech_spans(hush(seconds), SAMPLE_RATE) == []


def test_a_long_wave_read_in_blocks_gives_the_same_as_a_short_one(monkeypatch):
    wave = resample(placed(chirp(1), 1, hush(4)), SAMPLE_RATE, speech.RATE)
    whole = speech.speech_probability(wave)
    monkeypatch.setattr(speech, "_BLOCK", 17)
    assert np.allclose(speech.speech_probability(wave), whole, atol=1e-5)
