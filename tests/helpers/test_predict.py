"""From the bytes of a clip or photo to probabilities."""

import json
import mimetypes
from unittest.mock import patch

import numpy as np
import pytest

from helpers.datasets import load_dataset
from helpers.media import audio
from helpers.predict import Predictor, UnsupportedType
from helpers.samples import Unreadable
from tests.made_shards import LABELS, clip, photo


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
    assert all(w["end"] - w["start"] == pytest.approx(5) for w in answer["windows"])
    assert answer["seconds"] == pytest.approx(15)


def test_a_clip_is_cleaned_and_cut_as_the_shards_are(birds):
    data, dataset = clip(1, np.random.default_rng(1)), load_dataset("birds")
    samples = dataset.samples(dataset.request, data, "flac")
    waves = [dataset.decode(sample.media) for sample in samples]
    expected = birds.probabilities(waves).mean(0)
    assert list(birds.predict(data)["probabilities"].values()) == expected.tolist()


def test_the_same_clip_gives_the_same_answer(birds):
    data = clip(2, np.random.default_rng(2))
    assert birds.predict(data) == birds.predict(data)


def test_a_photo_has_an_expected_count_and_no_windows(bins):
    answer = bins.predict(photo(1, np.random.default_rng(0)))
    assert set(answer) == {"label", "probabilities", "expected_count"}
    expected = sum(int(label) * p for label, p in answer["probabilities"].items())
    assert answer["expected_count"] == pytest.approx(expected)
    assert json.loads(json.dumps(answer)) == answer


def test_several_objects_get_the_answers_of_each_alone_and_an_odd_one_its_reason(bins):
    photos = [photo(label, np.random.default_rng(label)) for label in (0, 1, 2)]
    first, odd, *rest = bins.predict_all([photos[0], b"nonsense", *photos[1:]])
    assert isinstance(odd, Unreadable)
    for data, answer in zip(photos, [first, *rest], strict=True):
        alone = bins.predict(data)
        assert answer["probabilities"] == pytest.approx(alone["probabilities"], abs=1e-5)


def test_a_batch_has_no_more_sound_than_an_endpoint_has_time_for(birds):
    data = clip(1, np.random.default_rng(1))
    with patch.object(type(birds.dataset), "request_seconds", 12.0):
        answers = birds.predict_all([data] * 4)
    assert [isinstance(answer, Unreadable) for answer in answers] == [False, False, True, True]
    assert "beyond the 12 s of sound" in str(answers[2])


@pytest.mark.parametrize("data", [b"", b"nonsense", b"\xff\xd8\xff", b"OggS" + bytes(60)])
def test_what_is_no_media_is_unreadable(birds, bins, data):
    for predictor in (birds, bins):
        with pytest.raises(Unreadable):
            predictor.predict(data)


def test_a_content_type_of_another_data_set_is_refused_with_those_taken(birds, bins):
    birds.check_type("audio/ogg; codecs=vorbis")
    bins.check_type("IMAGE/JPEG")
    for name in ("a.wav", "a.ogg", "a.flac", "a.mp3"):
        birds.check_type(mimetypes.guess_type(name)[0])
    for name in ("audio/vnd.wave", "Audio/X-Flac", "audio/mp3; rate=1", "application/ogg"):
        birds.check_type(name)
    bins.check_type("image/jpg")
    with pytest.raises(UnsupportedType):
        bins.check_type("audio/x-wav")
    with pytest.raises(UnsupportedType, match="'image/jpeg' is not one of audio/ogg"):
        birds.check_type("image/jpeg")
    with pytest.raises(UnsupportedType, match="image/jpeg"):
        bins.check_type("")


def test_many_windows_are_predicted_in_parts(birds):
    waves = [np.full(160_000, i, np.int16) for i in range(35)]
    assert birds.probabilities(waves).shape == (35, 3)


def test_a_folder_without_a_model_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"No model\.json in .*folder that train\.py"):
        Predictor.load(tmp_path)
