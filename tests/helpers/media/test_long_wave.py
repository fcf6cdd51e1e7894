"""A long wave is read by slices as an array is, wherever its samples lie."""

import numpy as np
import pytest

from helpers.media import long_wave
from helpers.media.long_wave import LongWave

SLICES = [slice(0, 5), slice(3, 3), slice(90, 200), slice(None), slice(-10, None), slice(50, 20)]


@pytest.fixture(params=[1 << 20, 64], ids=["in memory", "in a file"])
def pair(request, monkeypatch):
    """Return the same samples as a long wave and as an array."""
    monkeypatch.setattr(long_wave, "IN_MEMORY", request.param)
    samples, wave = np.random.default_rng(0).standard_normal(100).astype(np.float32), LongWave()
    for first in range(0, 100, 30):
        wave.append(samples[first : first + 30])
        assert wave[first : first + 2].tolist() == samples[first : first + 2].tolist()
    return wave, samples


@pytest.mark.parametrize("part", SLICES, ids=str)
def test_a_slice_is_that_of_the_array(pair, part):
    wave, samples = pair
    assert wave[part].dtype == np.float32
    assert wave[part].tolist() == samples[part].tolist()


def test_the_length_is_that_of_all_blocks_and_numpy_takes_it_for_an_array(pair):
    wave, samples = pair
    assert len(wave) == 100 and np.abs(wave).argmax() == np.abs(samples).argmax()
