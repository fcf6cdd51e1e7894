import json
from pathlib import Path

import numpy as np
import pytest
import torch

from helpers.datasets import load_dataset
from helpers.media import audio
from helpers.networks.artifact import load_artefact, save_artefact, ship_code
from helpers.networks.model import build_model
from helpers.predict import Predictor, UnsupportedType
from helpers.samples import Unreadable
from helpers.training.evaluation import Evaluation
from tests.made_shards import LABELS, clip, photo


def make_artefact(folder: Path, dataset: str, **card: object) -> Path:
    """Write an untrained model of a data set as train.py does."""
    torch.manual_seed(0)
    name = load_dataset(dataset).training_defaults["model"]
    model = build_model(name, 3, width=8)
    made = {"dataset": dataset, "labels": LABELS, "model": model.settings, "size": None, **card}
    save_artefact(folder, model.state_dict(), made)
    return folder


@pytest.fixture(scope="module")
def birds(tmp_path_factory) -> Predictor:
    folder = tmp_path_factory.mktemp("model")
    return Predictor.load(make_artefact(folder, "birds", store="flac"))


@pytest.fixture(scope="module")
def bins(tmp_path_factory) -> Predictor:
    folder = tmp_path_factory.mktemp("model")
    return Predictor.load(make_artefact(folder, "bins", store="jpg", size=32))


def test_a_clips_answer_is_the_mean_of_its_windows(birds):
    rng = np.random.default_rng(0)
    sound = np.concatenate([audio.load_wave(clip(label, rng)) for label in (0, 1, 2)])
    answer = birds.predict(audio.encode(sound / np.float32(32768), "flac"))
    assert len(answer["windows"]) > 1
    for label in LABELS:
        each = [window["probabilities"][label] for window in answer["windows"]]
        assert answer["probabilities"][label] == pytest.approx(np.mean(each))
    assert sum(answer["probabilities"].values()) == pytest.approx(1)
    assert answer["label"] == max(answer["probabilities"], key=answer["probabilities"].get)
    starts = [window["start"] for window in answer["windows"]]
    assert starts == sorted(starts)


def test_a_clip_is_cleaned_and_cut_as_the_shards_are(birds):
    data, dataset = clip(1, np.random.default_rng(1)), load_dataset("birds")
    samples = dataset.samples(dataset.request, data, "flac")
    waves = [dataset.decode(sample.media) for sample in samples]
    expected = birds.probabilities(waves).mean(0)
    assert list(birds.predict(data)["probabilities"].values()) == pytest.approx(expected)


def test_the_same_clip_gives_the_same_answer(birds):
    data = clip(2, np.random.default_rng(2))
    assert birds.predict(data) == birds.predict(data)


def test_a_photo_has_no_windows(bins):
    answer = bins.predict(photo(1, np.random.default_rng(0)))
    assert set(answer) == {"label", "probabilities"}
    assert json.loads(json.dumps(answer)) == answer


@pytest.mark.parametrize("data", [b"", b"nonsense", b"\xff\xd8\xff", b"OggS" + bytes(60)])
def test_what_is_no_media_is_unreadable(birds, bins, data):
    for predictor in (birds, bins):
        with pytest.raises(Unreadable):
            predictor.predict(data)


def test_a_content_type_of_another_data_set_is_refused_with_those_taken(birds, bins):
    birds.check_type("audio/ogg; codecs=vorbis")
    bins.check_type("IMAGE/JPEG")
    with pytest.raises(UnsupportedType, match="'image/jpeg' is not one of audio/ogg"):
        birds.check_type("image/jpeg")
    with pytest.raises(UnsupportedType, match="image/jpeg"):
        bins.check_type("")


def test_many_windows_are_predicted_in_parts(birds):
    waves = [np.full(160_000, i, np.int16) for i in range(35)]
    assert birds.probabilities(waves).shape == (35, 3)


def test_a_saved_model_that_answers_otherwise_is_found_out(bins):
    sample = load_dataset("bins").resized(32).decode(photo(0, np.random.default_rng(0)))
    batch = type("Batch", (), {"keys": ["a"], "data": torch.from_numpy(sample)[None]})
    seen = bins.probabilities([sample])
    bins.check(batch, Evaluation(np.eye(3), 0.0, ["a"], np.array([0]), seen))
    with pytest.raises(RuntimeError, match="The saved model answers"):
        bins.check(batch, Evaluation(np.eye(3), 0.0, ["a"], np.array([0]), 1 - seen))


def test_a_saved_model_comes_back_as_it_was(tmp_path):
    folder = make_artefact(tmp_path / "model", "bins", store="jpg")
    model, card = load_artefact(folder)
    saved = torch.load(folder / "model.pt", weights_only=True)
    assert all(torch.equal(saved[name], tensor) for name, tensor in model.state_dict().items())
    assert not model.training
    assert card["version"] == 1


def test_a_folder_without_a_model_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"No model\.json in .*no model that train\.py"):
        Predictor.load(tmp_path)


def test_the_inference_code_goes_along_without_the_local_aws(tmp_path):
    source = tmp_path / "source"
    scripts = ("inference.py", "train.py", "requirements.txt", "inference_requirements.txt")
    for name in (*scripts, "helpers/predict.py", "local_aws/wire/front.py"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(name)
    ship_code(tmp_path / "model", source)
    code = tmp_path / "model" / "code"
    shipped = {str(p.relative_to(code)) for p in code.rglob("*") if p.is_file()}
    assert shipped == {"inference.py", "requirements.txt", "helpers/predict.py"}
    assert (code / "requirements.txt").read_text() == "inference_requirements.txt"
