"""Each change of a recording moves what it is about, and can be heard in the measures."""

import numpy as np
import pytest

from helpers.datasets import load_dataset
from helpers.datasets.birds.scene import Kit, noise
from helpers.media.audio import encode

KIT = Kit(tilt=1.0, hiss=0.3, low_cut=80.0, gain=0.6)


@pytest.fixture(scope="module")
def measured():
    dataset, rng = load_dataset("birds"), np.random.default_rng(0)
    data = encode(noise(6.0, KIT, (), rng), "ogg")
    changed = {name: change(data, rng) for name, change in dataset.shifts().items()}
    return {name: dataset.features(each) for name, each in {"plain": data, **changed}.items()}


def test_rain_is_loud_and_high(measured):
    plain, rain = measured["plain"], measured["rain"]
    assert rain["level"] > plain["level"] + 3 and rain["tilt"] > plain["tilt"] + 1


def test_speech_is_heard_at_the_end_and_the_recording_is_longer(measured):
    plain, speech = measured["plain"], measured["speech"]
    assert plain["voice"] == 0 and speech["voice"] > 0.2
    assert speech["seconds"] == pytest.approx(plain["seconds"] + 3, abs=0.1)


def test_a_telephone_takes_the_high_notes_and_nobody_speaks(measured):
    plain, telephone = measured["plain"], measured["microphone"]
    assert telephone["tilt"] < plain["tilt"] - 5 and telephone["voice"] == plain["voice"]
    assert telephone["seconds"] == pytest.approx(plain["seconds"], abs=0.05)
