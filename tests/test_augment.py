import pytest
import torch

from helpers.augment import draw_mix, flip_and_shift, mask_bands, mix


def test_masks_hide_whole_bands_and_leave_the_rest():
    torch.manual_seed(0)
    spectra = torch.rand(8, 1, 64, 157)
    masked = mask_bands(spectra)
    changed = masked != spectra
    assert 0 < changed.float().mean() < 0.65
    whole_mels, whole_frames = changed.all(3, keepdim=True), changed.all(2, keepdim=True)
    assert torch.equal(changed, whole_mels | whole_frames)


def test_no_band_is_wider_than_its_share():
    torch.manual_seed(0)
    changed = mask_bands(torch.rand(64, 1, 50, 100), share=0.2, masks=1) == 0.5
    spectra = torch.rand(64, 1, 50, 100)
    changed = mask_bands(spectra, share=0.2, masks=1) != spectra
    assert changed.all(3).sum(2).max() <= 11
    assert changed.all(2).sum(2).max() <= 21


def test_a_mirrored_and_shifted_photo_has_the_same_pixels():
    torch.manual_seed(0)
    photos = torch.rand(4, 3, 16, 16)
    changed = flip_and_shift(photos)
    assert not torch.equal(changed, photos)
    assert torch.equal(changed.flatten(1).sort(1).values, photos.flatten(1).sort(1).values)


def test_mixing_keeps_targets_distributions_and_treats_inputs_alike():
    torch.manual_seed(0)
    share, other = draw_mix(5, 0.4, torch.device("cpu"))
    targets, inputs = torch.eye(5), torch.arange(5.0)
    mixed = mix(targets, share, other)
    assert torch.allclose(mixed.sum(1), torch.ones(5))
    assert torch.allclose(mixed @ inputs, mix(inputs, share, other))


@pytest.mark.parametrize("change", [mask_bands, flip_and_shift])
def test_a_seed_gives_the_same_changes(change):
    batch = torch.rand(4, 3, 32, 32)[:, :1]
    torch.manual_seed(3)
    first = change(batch)
    torch.manual_seed(3)
    assert torch.equal(change(batch), first)
