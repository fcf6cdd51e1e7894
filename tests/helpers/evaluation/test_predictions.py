"""Every sample of a split is predicted once, written and read back, and found again."""

import json
from dataclasses import replace

import numpy as np
import pytest

from helpers.evaluation.predictions import Predictions, media_of, predict_split, rounded
from helpers.storage import LocalFolder
from helpers.streaming.shard_reader import CorruptShard
from tests.answers import make_predictions
from tests.made_shards import LABELS, make_shards


class Brightness:
    """A model that sees how bright a photo is, behind the interface of a Predictor."""

    class dataset:
        """Decodes a photo as its mean brightness."""

        @staticmethod
        def decode(data):
            import simplejpeg

            return simplejpeg.decode_jpeg(data).mean(keepdims=True)

    def probabilities(self, samples):
        said = np.concatenate([sample.ravel() for sample in samples]) // 80
        return np.eye(3)[said.astype(int)] * 0.9 + 0.1 / 3


@pytest.fixture
def shards(tmp_path):
    """Return a folder of shards and its manifest."""
    manifest = make_shards(tmp_path, train=3, validation=3, test=23)
    return LocalFolder(tmp_path), manifest


def test_every_sample_comes_once_with_its_source_and_shard(shards):
    folder, manifest = shards
    seen = []
    found = predict_split(Brightness(), folder, manifest, "test", batch=4, on_shard=seen.append)
    assert sorted(found.keys) == [f"test{i:05d}" for i in range(23)] and len(found) == 23
    assert found.sources == found.keys and set(found.shards) == {info.name for info in seen}
    assert found.accuracy == 1 and found.labels == LABELS
    assert repr(found) == "<Predictions: 23 samples of 23 sources, 100.0 % right>"


@pytest.mark.parametrize(
    "change, words",
    [
        (lambda info: replace(info, counts={"0": 9, "1": 7, "2": 7}), "its manifest lists"),
        (lambda info: replace(info, shards=info.shards + info.shards[:1]), "10 samples.*twice"),
        (lambda info: replace(info, shards=[replace(info.shards[0], md5="0")]), "run notebooks/04"),
    ],
)
def test_shards_that_are_not_what_the_manifest_says_are_refused(shards, change, words):
    folder, manifest = shards
    wrong = replace(manifest, splits={"test": change(manifest.splits["test"])})
    with pytest.raises(CorruptShard, match=words):
        predict_split(Brightness(), folder, wrong, "test")


def test_what_is_written_reads_back_as_it_was():
    made = make_predictions()
    again = Predictions.from_lines("\n".join(made.lines()))
    assert again.keys == made.keys and again.sources == made.sources
    assert (again.targets == made.targets).all()
    assert (again.probabilities == made.probabilities).all()
    assert json.loads(next(made.lines()))["target"] == "0"


@pytest.mark.parametrize("odd", ["鳥", "a\u2028b", "a\x85b", "a\nb", 'a,"b"'])
@pytest.mark.parametrize("form", [str, lambda text: text.encode()])
def test_labels_of_any_characters_read_back_as_they_were(odd, form):
    made = make_predictions(labels=["a", odd, "c"])
    assert Predictions.from_lines(form("\n".join(made.lines()))).labels == ["a", odd, "c"]


def test_small_probabilities_keep_their_order():
    values = np.array([[1e-12, 1.234567891e-9], [0.123456789, 1.0]])
    assert rounded(values) == pytest.approx(values, rel=1e-5)


def test_no_line_names_the_notebook():
    with pytest.raises(ValueError, match="notebooks/07"):
        Predictions.from_lines("\n")


def test_the_worst_are_those_whose_truth_was_held_least_likely():
    made = make_predictions()
    truth = made.probabilities[np.arange(40), made.targets]
    assert made.worst(3) == np.argsort(truth)[:3].tolist()
    first = made.worst(1)[0]
    assert made.title(first).endswith(f", true {made.targets[first]} ({truth[first]:.2f})")
    assert made.title(int(truth.argmax())).endswith(", right")


def test_a_samples_media_is_found_again_in_its_shard(shards):
    folder, manifest = shards
    found = predict_split(Brightness(), folder, manifest, "test")
    media = media_of(found, [22, 0], folder, manifest)
    bright = [Brightness.dataset.decode(data).item() // 80 for data in media]
    assert bright == found.targets[[22, 0]].tolist()
