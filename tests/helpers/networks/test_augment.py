import pytest
import torch

from helpers.networks.augment import draw_mix, jitter_photos, mix, spec_augment


def test_masks_hide_whole_bands_and_leave_the_rest():
    torch.manual_seed(0)
    spectra = torch.rand(8, 1, 64, 157)
    masked = spec_augment(spectra)
    changed = masked != spectra
    assert 0 < changed.float().mean() < 0.65
    whole_mels, whole_frames = changed.all(3, keepdim=True), changed.all(2, keepdim=True)
    assert torch.equal(changed, whole_mels | whole_frames)


def test_no_band_is_wider_than_its_share():
    torch.manual_seed(0)
    changed = spec_augment(torch.rand(64, 1, 50, 100), share=0.2, masks=1) == 0.5
    spectra = torch.rand(64, 1, 50, 100)
    changed = spec_augment(spectra, share=0.2, masks=1) != spectra
    assert changed.all(3).sum(2).max() <= 11
    assert changed.all(2).sum(2).max() <= 21


def test_a_photo_taken_again_shows_the_same_a_little_otherwise():
    torch.manual_seed(0)
    photos = torch.zeros(64, 3, 32, 32)
    photos[:, :, 12:20, 8:14] = 1  # a thing left of the middle
    changed = jitter_photos(photos, light=0)
    sides = changed[:, 0].sum(1)[:, :16].sum(1) > changed[:, 0].sum(1)[:, 16:].sum(1)
    assert 16 < sides.sum() < 48  # half of them are mirrored
    areas = changed[:, 0].sum((1, 2)) / photos[0, 0].sum()
    assert 0.7 < areas.min() < 0.95 and 1.05 < areas.max() < 1.4
    assert len(set(areas.tolist())) > 60


def test_light_changes_by_photo_and_leaves_the_picture():
    torch.manual_seed(0)
    photos = torch.rand(16, 3, 16, 16)
    changed = jitter_photos(photos, degrees=0, zoom=0, shift=0, light=0.25)
    both = torch.stack([changed, changed.flip(3)])  # mirrored or not
    alike = [
        max(float(torch.corrcoef(torch.stack([p.flatten(), q.flatten()]))[0, 1]) for q in pair)
        for p, pair in zip(photos, both.unbind(1), strict=True)
    ]
    assert min(alike) > 0.999
    assert changed.mean((1, 2, 3)).std() > 0.05


def test_mixing_keeps_targets_distributions_and_treats_inputs_alike():
    torch.manual_seed(0)
    share, other = draw_mix(5, 0.4, torch.device("cpu"))
    targets, inputs = torch.eye(5), torch.arange(5.0)
    mixed = mix(targets, share, other)
    assert torch.allclose(mixed.sum(1), torch.ones(5))
    assert torch.allclose(mixed @ inputs, mix(inputs, share, other))


@pytest.mark.parametrize("change", [spec_augment, jitter_photos])
def test_a_seed_gives_the_same_changes(change):
    batch = torch.rand(4, 1, 32, 32)
    torch.manual_seed(3)
    first = change(batch)
    torch.manual_seed(3)
    assert torch.equal(change(batch), first)
