"""The log-mel front end: shape, and what it must not care about."""

import numpy as np
import pytest
import torch

from helpers.media.audio import fit, to_int16
from helpers.media.logmel import LogMel, from_uint8
from tests.sounds import chirp, hush, placed


@pytest.fixture(scope="module")
def front() -> LogMel:
    return LogMel()


def batch(*waves: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.stack([to_int16(fit(wave)) for wave in waves]))


SONG = placed(chirp(0.5), 2, hush(5))


def test_a_batch_of_waves_becomes_a_batch_of_pictures(front):
    pictures = front(batch(SONG, hush(5), chirp(5)))
    assert pictures.shape == (3, 1, 64, 157) and pictures.dtype == torch.float32
    assert torch.isfinite(pictures).all()


def test_the_gain_of_a_recording_does_not_matter(front):
    loud, quiet = front(batch(SONG, 0.1 * SONG))
    assert (loud - quiet).abs().mean() < 0.02


def test_whole_numbers_and_floats_give_the_same_picture(front):
    whole = batch(SONG)
    assert torch.allclose(front(whole), front(whole.float() / 32768), atol=1e-4)


def test_a_constant_hum_is_taken_away_and_a_song_stands_out(front):
    hum = 0.2 * np.sin(2 * np.pi * 1000 * np.arange(160_000) / 32_000).astype(np.float32)
    picture = front(batch(SONG + hum))[0, 0]
    song = picture[:, 64:78].amax(dim=0).mean()
    assert song > 3 * picture[:, 5:55].amax(dim=0).mean()


def test_a_picture_does_not_depend_on_its_neighbors_in_the_batch(front):
    assert torch.equal(front(batch(SONG, chirp(5)))[0], front(batch(SONG))[0])


def test_silence_is_a_flat_picture(front):
    assert front(batch(np.zeros(160_000))).abs().max() == 0


def test_half_a_clip_of_digital_silence_changes_little_in_the_other_half(front):
    song = placed(chirp(0.5), 1, hush(5))
    muted = song.copy()
    muted[80_000:] = 0
    whole, half = front(batch(song, muted))[:, 0]
    assert half[:, 81:].abs().max() == 0
    heard = torch.stack([whole[:, :76].flatten(), half[:, :76].flatten()])
    assert torch.corrcoef(heard)[0, 1] > 0.98


def test_a_stored_picture_is_only_unpacked(front):
    packed = torch.arange(64 * 157).reshape(1, 64, 157).to(torch.uint8)
    assert torch.equal(front(packed)[:, 0], from_uint8(packed))
    assert from_uint8(packed).min() == -4 and from_uint8(packed).max() == 8


def test_half_precision_training_leaves_the_pictures_alone(front):
    with torch.autocast("cpu", dtype=torch.bfloat16):
        inside = front(batch(SONG))
    assert torch.equal(inside, front(batch(SONG)))


def test_an_older_torch_that_can_not_say_it_exports_makes_the_same_picture(front, monkeypatch):
    wave = torch.randn(2, 160_000, generator=torch.Generator().manual_seed(0))
    before = front(wave)
    monkeypatch.delattr(torch.compiler, "is_exporting")
    assert torch.equal(front(wave), before)
