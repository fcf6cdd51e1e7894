"""A landscape dulls what is far, and sounds as its recorder hears it."""

import numpy as np
import pytest

from helpers.datasets.birds.scene import INSECTS, RAIN, WIND, Kit, at_distance, band_rms, noise
from helpers.media.audio import SAMPLE_RATE
from tests.sounds import chirp

LOW, HIGH = (500.0, 2000.0), (6000.0, 12_000.0)
KIT = Kit(tilt=1.0, hiss=0.2, low_cut=100.0, gain=0.5)


def test_distance_takes_more_of_the_high_notes_than_of_the_low_ones():
    white = np.random.default_rng(0).standard_normal(SAMPLE_RATE, dtype=np.float32)
    near, far = (at_distance(white, meters, 0.3, np.random.default_rng(1)) for meters in (1, 100))
    assert len(near) == len(far) == len(white)
    kept = [band_rms(far, band) / band_rms(near, band) for band in (LOW, HIGH)]
    assert kept[1] < 0.5 * kept[0]


def test_an_echo_sounds_after_the_song_has_ended():
    song = np.zeros(SAMPLE_RATE, np.float32)
    song[: SAMPLE_RATE // 10] = chirp(0.1)
    late = slice(SAMPLE_RATE // 5, SAMPLE_RATE // 2)
    near, far = (at_distance(song, meters, 0.5, np.random.default_rng(1)) for meters in (0.01, 60))
    assert np.abs(far[late]).max() > 10 * np.abs(near[late]).max()


@pytest.mark.parametrize("kinds", [(), (RAIN,), (WIND,), (INSECTS,), (RAIN, WIND, INSECTS)])
def test_a_background_has_its_length_and_the_same_sound_for_the_same_seed(kinds):
    first, second = (noise(1.5, KIT, kinds, np.random.default_rng(3)) for _ in range(2))
    assert len(first) == 1.5 * SAMPLE_RATE and first.dtype == np.float32
    assert np.array_equal(first, second) and 0.02 < first.std() < 1


def test_a_low_cut_takes_the_rumble_away():
    cut, full = (
        noise(1, Kit(1.0, 0.2, hertz, 0.5), (), np.random.default_rng(0)) for hertz in (2000, 1)
    )
    rumble = [band_rms(wave, (60, 300)) / band_rms(wave, HIGH) for wave in (cut, full)]
    assert rumble[0] < 0.3 * rumble[1]


def test_a_band_is_loud_by_what_sounds_in_it_and_in_its_loudest_moments():
    wave = np.zeros(SAMPLE_RATE, np.float32)
    song = chirp(0.3, hertz=1000)
    wave[: len(song)] = song
    assert band_rms(wave, LOW) > 100 * band_rms(wave, HIGH)
    assert band_rms(wave, LOW, active=True) > 1.5 * band_rms(wave, LOW)
