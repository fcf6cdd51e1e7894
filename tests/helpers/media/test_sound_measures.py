"""A recording's measures tell what was changed, and not what was left."""

import numpy as np
import pytest

from helpers.datasets.birds.speech import speak
from helpers.media.audio import SAMPLE_RATE, encode
from helpers.media.sound_measures import measure
from helpers.samples import Unreadable

RNG = np.random.default_rng(0)
NOISE = RNG.normal(0, 0.05, 4 * SAMPLE_RATE).astype(np.float32)


def of(wave):
    return measure(encode(wave.astype(np.float32), "flac"))


def test_a_recording_of_half_the_level_is_six_decibels_lower_and_else_the_same():
    loud, soft = of(NOISE), of(NOISE / 2)
    assert loud["level"] - soft["level"] == pytest.approx(6.02, abs=0.05)
    assert loud["centroid"] == pytest.approx(soft["centroid"], rel=0.01)
    assert loud["tilt"] == pytest.approx(soft["tilt"], abs=0.1)


def test_a_tone_has_its_own_centroid_and_stands_above_the_noise():
    time = np.arange(len(NOISE)) / SAMPLE_RATE
    tone = 0.5 * np.sin(2 * np.pi * 3000 * time) * (time % 1 < 0.3)
    heard = of(NOISE / 10 + tone)
    assert heard["centroid"] == pytest.approx(3000, rel=0.05) and heard["snr"] > 20


def test_a_dull_microphone_tilts_the_noise_floor():
    smooth = np.convolve(NOISE, np.ones(8) / 8, mode="same")
    assert of(smooth)["tilt"] < of(NOISE)["tilt"] - 5


def test_speech_is_the_share_of_the_time_in_which_somebody_speaks():
    words = np.concatenate([speak(4.0, np.random.default_rng(3)) * 0.5, NOISE / 20])
    assert 0.3 < of(words)["voice"] < 0.7 and of(NOISE)["voice"] == 0
    assert of(words)["seconds"] == pytest.approx(8.0, abs=0.01)


def test_what_is_no_sound_or_too_long_has_no_measures():
    for data, most in ((b"text", None), (encode(NOISE, "flac"), 1.0)):
        with pytest.raises(Unreadable):
            measure(data, most)
