import pytest
import torch

from helpers.media.logmel import HOP, N_FFT, LogMel
from helpers.media.mel_by_matrices import MelByMatrices


@pytest.fixture(scope="module")
def front() -> LogMel:
    return LogMel()


@pytest.mark.parametrize("hertz", [0, 190, 1000, 7_777.7, 15_900])
def test_matrices_and_the_fft_make_the_same_mels(front, hertz):
    time = torch.arange(160_000) / 32_000
    waves = torch.stack([torch.sin(2 * torch.pi * hertz * time + 1), torch.randn(160_000)])
    ours, theirs = front.exported(waves), front.mel(waves)
    assert ours.shape == theirs.shape == (2, 64, 157)
    assert torch.allclose(ours, theirs, rtol=1e-4, atol=1e-5 * float(theirs.max()))


def test_every_frequency_has_one_place():
    bank = torch.eye(N_FFT // 2 + 1)
    assert MelByMatrices(torch.ones(N_FFT), bank, HOP).bank.sum(0).tolist() == [1] * len(bank)


def test_pictures_are_equal_to_a_ten_thousandth(front):
    waves = (torch.randn(3, 160_000) * 3000).clamp(-32768, 32767).to(torch.int16)
    waves[2, 40_000:] = 0
    pictures = front(waves)
    front.mel, fft = front.exported, front.mel
    try:
        assert (front(waves) - pictures).abs().max() < 1e-4
    finally:
        front.mel = fft


def test_the_constants_are_no_part_of_a_models_weights(front):
    assert not [name for name in front.state_dict() if "exported" in name]
