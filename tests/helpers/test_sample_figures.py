"""Samples of both data sets are shown as what they are."""

import base64
import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from helpers.sample_figures import player, show_answer, show_samples
from tests.figures import shown
from tests.sounds import chirp, file_of

SOUND = file_of(chirp(1.0))


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def photo(**how):
    out = io.BytesIO()
    Image.fromarray(np.full((40, 60, 3), 128, np.uint8)).save(out, "JPEG", **how)
    return out.getvalue()


def titles(figure):
    return [axes.get_title() for axes in figure.axes if axes.get_title()]


def test_recordings_are_shown_as_spectrograms_under_their_titles():
    figure = show_samples("birds", [("wren", SOUND), ("owl", SOUND), ("robin", SOUND)])
    assert titles(figure) == ["wren", "owl", "robin"]
    # The grid has room for four: a spectrogram and its scale each, and nothing in the fourth.
    assert len([axes for axes in shown(figure) if axes.get_images()]) == 3
    assert all(axes.get_xlabel() == "seconds" for axes in shown(figure))
    assert [axes.get_label() for axes in figure.axes].count("<colorbar>") == 1


def test_six_photos_stand_in_two_rows_of_three():
    figure = show_samples("bins", [(str(n), photo()) for n in range(6)])
    assert figure.axes[0].get_gridspec().get_geometry() == (2, 3)


def test_photos_are_shown_as_photos_under_their_titles():
    figure = show_samples("bins", [("2 items", photo()), ("5 items", photo())])
    assert titles(figure) == ["2 items", "5 items"]
    assert figure.axes[0].get_images()[0].get_array().shape == (40, 60, 3)


def test_a_photo_is_turned_as_its_camera_says():
    exif = Image.Exif()
    exif[0x0112] = 6
    figure = show_samples("bins", [("turned", photo(exif=exif))])
    assert figure.axes[0].get_images()[0].get_array().shape == (60, 40, 3)


@pytest.mark.parametrize("dataset, data", [("birds", SOUND), ("bins", photo())])
def test_an_answer_stands_beside_its_sample(dataset, data):
    figure = show_answer(dataset, data, {"a": 0.9, "b": 0.1}, truth="a")
    left, right = shown(figure) if dataset == "birds" else figure.axes
    assert left.get_title().startswith("Sent: a") and right.get_title() == "Answer"
    assert right.get_xlabel() == "probability"


def test_a_turned_photo_is_turned_beside_its_answer_too():
    exif = Image.Exif()
    exif[0x0112] = 6
    figure = show_answer("bins", photo(exif=exif), {"1": 1.0}, truth="1")
    assert figure.axes[0].get_images()[0].get_array().shape == (60, 40, 3)


def test_a_recording_is_played_and_a_photo_seen():
    page = player("birds", SOUND).data
    assert base64.b64encode(SOUND).decode() in page
    assert "1.0 s of sound" in page.split("</audio>")[1], "GitHub leaves players out"
    assert player("bins", photo()).data == photo()
