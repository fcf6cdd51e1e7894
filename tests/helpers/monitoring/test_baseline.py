"""A baseline has the inputs of the training split and the answers to the validation split."""

import numpy as np
import pytest

from helpers.monitoring.baseline import draw_baseline
from helpers.predict import Predictor
from helpers.storage import LocalFolder
from tests.made_model import make_artifact
from tests.made_shards import make_shards, photo


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Return a folder with shards, their raw photos and a model."""
    folder = tmp_path_factory.mktemp("baseline")
    manifest = make_shards(folder / "shards", "bins", train=12, validation=6)
    rng = np.random.default_rng(0)
    (folder / "raw").mkdir()
    for split, size in (("train", 12), ("validation", 6)):
        for i in range(size):
            (folder / "raw" / f"{split}{i:05d}").write_bytes(photo(i % 3, rng))
    make_artifact(folder / "model", "bins", size=32, store="jpg", labels=manifest.labels)
    return folder


def drawn(place, **options):
    shards, raw = LocalFolder(place / "shards"), LocalFolder(place / "raw")
    model = Predictor.load(place / "model")
    return draw_baseline(model, shards, raw, **{"most": 100, **options})


def test_inputs_are_of_the_one_split_and_answers_of_the_other(place):
    baseline = drawn(place)
    assert len(baseline.columns["brightness"].values) == 12
    assert baseline.columns["brightness"].groups == [f"train{i:05d}" for i in range(12)]
    assert len(baseline.columns["label"].values) == len(baseline.columns["right"].values) == 6
    assert not baseline.unreadable


def test_of_many_objects_some_are_drawn_the_same_for_a_seed(place):
    one, again, other = (drawn(place, most=5, seed=seed) for seed in (1, 1, 2))
    groups = [each.columns["turn"].groups for each in (one, again, other)]
    assert len(groups[0]) == 5 and groups[0] == groups[1] != groups[2]


def test_what_cannot_be_read_is_listed_with_its_reason(place):
    file = place / "raw/validation00003"
    before = file.read_bytes()
    file.write_bytes(b"text")
    baseline = drawn(place)
    file.write_bytes(before)
    assert baseline.unreadable.keys() == {"validation00003"}
    assert baseline.columns["label"].completeness == 5 / 6
