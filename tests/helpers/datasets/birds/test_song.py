"""Songs and landscapes: in their bands, at their levels, individual."""

import numpy as np
import pytest

from helpers.datasets.birds.scene import INSECTS, RAIN, WIND, Kit, at_distance, band_rms, noise
from helpers.datasets.birds.song import SPECIES, draw_voice, sing
from helpers.media.audio import SAMPLE_RATE

KIT = Kit(tilt=1.2, hiss=0.3, low_cut=80, gain=0.5)


def sung(species, seed: int = 0, seconds: float = 8) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return sing(species, draw_voice(rng), seconds, rng)


@pytest.mark.parametrize("species", SPECIES, ids=lambda species: species.label)
def test_a_song_keeps_to_its_band_and_its_level(species):
    wave = sung(species)
    assert wave.dtype == np.float32 and 0.3 < np.abs(wave).max() <= 1.01
    assert band_rms(wave, species.band) > 0.8 * band_rms(wave, (50, 15_000))


@pytest.mark.parametrize("species", SPECIES, ids=lambda species: species.label)
def test_a_song_has_pauses_and_differs_between_birds(species):
    wave = sung(species)
    assert 0.1 < (np.abs(wave) < 1e-4).mean() < 0.95
    assert not np.array_equal(wave, sung(species, seed=1))
    assert np.array_equal(wave, sung(species))


def test_distance_dulls_high_notes_more_than_low_ones():
    rng = np.random.default_rng(0)
    white = rng.standard_normal(5 * SAMPLE_RATE, dtype=np.float32)
    far = at_distance(white, 90, 0.4, rng)
    kept = [band_rms(far, band) / band_rms(white, band) for band in ((500, 1500), (9000, 12_000))]
    assert kept[0] > 0.7 and kept[1] < 0.2


@pytest.mark.parametrize("weather", [(), (WIND,), (RAIN,), (INSECTS,), (WIND, RAIN, INSECTS)])
@pytest.mark.parametrize("seconds", [5, 7.77, 20])
def test_a_landscape_fills_its_time_at_a_steady_level(weather, seconds):
    wave = noise(seconds, KIT, weather, np.random.default_rng(0))
    assert len(wave) == int(seconds * SAMPLE_RATE) and np.isfinite(wave).all()
    assert 0.05 < np.sqrt(np.square(wave).mean()) < 0.5
