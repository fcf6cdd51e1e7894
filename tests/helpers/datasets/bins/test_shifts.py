"""Each change of a photo moves what it is about, and leaves the rest."""

import io

import numpy as np
import pytest
from PIL import Image

from helpers.datasets import load_dataset

RNG = np.random.default_rng(0)
PIXELS = np.repeat(RNG.integers(60, 200, (24, 1, 3)), 36, axis=1).astype(np.uint8)
ALONE = {
    "dark": {"brightness", "contrast", "sharpness"},
    "blurred": {"contrast", "sharpness"},
    "turned": {"aspect", "turn"},
}


@pytest.fixture(scope="module")
def measured():
    dataset, out = load_dataset("bins"), io.BytesIO()
    noisy = PIXELS + RNG.integers(-20, 20, PIXELS.shape)
    Image.fromarray(noisy.astype(np.uint8)).resize((360, 240)).save(out, "JPEG", quality=95)
    data = out.getvalue()
    changed = {name: change(data, RNG) for name, change in dataset.shifts().items()}
    return {name: dataset.features(each) for name, each in {"plain": data, **changed}.items()}


def test_the_changes_are_those_that_are_tested(measured):
    assert measured.keys() == {"plain", *ALONE}


@pytest.mark.parametrize("change", ALONE)
def test_a_change_leaves_what_it_is_not_about(measured, change):
    plain, after = measured["plain"], measured[change]
    for name in plain.keys() - ALONE[change] - {"turn"}:
        assert after[name] == pytest.approx(plain[name], rel=0.1, abs=0.1), name


def test_a_change_moves_what_it_is_about(measured):
    plain = measured["plain"]
    assert measured["dark"]["brightness"] < 0.5 * plain["brightness"]
    assert measured["blurred"]["sharpness"] < plain["sharpness"] - 0.5
    assert measured["turned"]["turn"] == pytest.approx(-plain["turn"], abs=0.2)
