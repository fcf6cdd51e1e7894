"""The log-mel of a shard is the picture that a network makes of the same wave, in uint8."""

import numpy as np
import pytest
import torch

from helpers.media.audio import fit, to_int16
from helpers.media.logmel import LogMel, from_uint8
from helpers.media.stored_mel import mel_power, stored_mel
from tests.sounds import chirp, hush, placed

SONG = placed(chirp(0.5), 2, hush(5))
WAVES = {
    "song": SONG,
    "faint": 1e-3 * SONG,
    "noise": hush(5),
    "short": chirp(0.3),
    "half silent": np.where(np.arange(len(SONG)) < 80_000, SONG, 0),
    "silent": np.zeros(160_000),
    "one click": np.eye(1, 160_000, 70_000)[0],
    "full scale": np.sign(np.sin(np.arange(160_000) / 5)),
}


@pytest.fixture(scope="module")
def front() -> LogMel:
    return LogMel()


@pytest.mark.parametrize("name", WAVES)
def test_it_is_the_networks_picture_within_a_step(front, name):
    wave = to_int16(fit(WAVES[name]))
    packed, picture = stored_mel(wave), front(torch.from_numpy(wave)[None])[0, 0]
    assert packed.dtype == np.uint8 and packed.shape == (64, 157)
    step = 12 / 255
    gaps = (from_uint8(torch.from_numpy(packed)) - picture.clamp(-4, 8)).abs()
    assert gaps.max() < 0.51 * step


@pytest.mark.parametrize("hertz", [0, 150, 190, 1000, 7_777.7, 14_990, 15_900])
def test_a_tone_has_torchaudios_mel_power(front, hertz):
    tone = 0.5 * np.sin(2 * np.pi * hertz * np.arange(160_000) / 32_000 + 1)
    wave = to_int16(tone + hush(5))
    ours, theirs = mel_power(wave), front.mel(torch.from_numpy(wave) / 32768).numpy()
    assert np.allclose(ours, theirs, rtol=1e-3, atol=1e-5 * theirs.max())
