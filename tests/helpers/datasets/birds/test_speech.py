"""Made speech has the length, the pitch and the syllables of speech."""

import numpy as np
import pytest

from helpers.datasets.birds.speech import speak
from helpers.media.audio import SAMPLE_RATE


@pytest.fixture(scope="module")
def speech() -> np.ndarray:
    return speak(3.0, np.random.default_rng(0))


def test_speech_is_as_long_as_asked_and_as_loud_as_a_wave_can_be(speech):
    assert len(speech) == 3 * SAMPLE_RATE and speech.dtype == np.float32
    assert np.abs(speech).max() == pytest.approx(1)


def test_its_power_lies_where_vowels_have_theirs(speech):
    power = np.square(np.abs(np.fft.rfft(speech)))
    hertz = np.fft.rfftfreq(len(speech), 1 / SAMPLE_RATE)
    voice = power[(hertz > 80) & (hertz < 4000)].sum()
    assert voice > 0.8 * power.sum() and power[hertz < 60].sum() < 0.01 * power.sum()


def test_it_swells_and_falls_four_to_six_times_a_second(speech):
    loudness = np.abs(speech).reshape(-1, SAMPLE_RATE // 100).mean(1)
    rhythm = np.abs(np.fft.rfft(loudness - loudness.mean()))
    hertz = np.fft.rfftfreq(len(loudness), 0.01)
    assert 3 < hertz[rhythm.argmax()] < 8


def test_no_two_speakers_say_the_same():
    one, other = (speak(0.5, np.random.default_rng(seed)) for seed in (0, 1))
    assert not np.allclose(one, other)
