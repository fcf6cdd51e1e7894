"""Figures have titles and labelled axes, and show the numbers that they were given."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from helpers import plots
from tests.figures import is_labelled, shown
from tests.sounds import chirp

PLACES = pd.DataFrame(
    {"label": [f"s{n}" for n in range(20)], "longitude": range(20), "latitude": range(20)}
)
HISTORY = pd.DataFrame(
    {"epoch": [1, 2], "train_loss": [2.0, 1.0], "validation_loss": [2.1, 1.5],
     "validation_accuracy": [0.2, 0.6]}
)  # fmt: skip


@pytest.fixture(autouse=True)
def style():
    """Draw in the course's look, and leave none of it behind."""
    with plt.rc_context():
        plots.use_style()
        yield
    plt.close("all")


DRAWN = {
    "class_balance": lambda: plots.class_balance({"a": 3, "b": 5}, title="T", unit="recordings"),
    "spectrogram": lambda: plots.spectrogram(chirp(1.0), 32_000, title="T").figure,
    "places": lambda: plots.places(PLACES, hue="label", title="T"),
    "learning_curve": lambda: plots.learning_curve(HISTORY, title="T", chance=0.3),
    "confusion": lambda: plots.confusion(np.eye(3, dtype=int), ["a", "b", "c"], title="T"),
    "probabilities": lambda: plots.probabilities({"a": 1.0}, axes=plt.subplots()[1]).figure,
}


@pytest.mark.parametrize("name", DRAWN)
def test_every_figure_has_a_title_and_labelled_axes(name):
    found = shown(DRAWN[name]())
    assert found
    for axes in found:
        assert axes.get_title(loc="left") or axes.get_title()
        assert is_labelled(axes)


def test_an_unlabelled_axis_would_be_noticed():
    axes = plt.subplots()[1]
    axes.plot([1, 2], [1, 2])
    axes.set_xlabel("epoch")
    assert not is_labelled(axes)


def test_the_largest_class_is_on_top_with_its_count():
    [axes] = plots.class_balance({"rare": 1, "common": 9}, title="T", unit="photos").axes
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["rare", "common"]
    assert [text.get_text() for text in axes.texts] == ["1", "9"]


ODD = ["鳥", "犬", "🐦", "Северный", "Eisvogel-Ö", "$x_$", "a$b^$", "\\frac", "_x", "x" * 255]
PLACED = pd.DataFrame({"label": ODD, "longitude": range(10), "latitude": range(10)})
WITH_LABELS = {
    "class_balance": lambda: plots.class_balance(dict.fromkeys(ODD, 1), title="T", unit="u"),
    "confusion": lambda: plots.confusion(np.eye(10, dtype=int), ODD, title="T"),
    "probabilities": lambda: (
        plots.probabilities(dict.fromkeys(ODD, 0.1), axes=plt.subplots()[1]).figure
    ),
    "places": lambda: plots.places(PLACED, hue="label", title="T"),
    "spectrogram": lambda: plots.spectrogram(chirp(0.5), 32_000, title=ODD[0]).figure,
}


@pytest.mark.parametrize("name", WITH_LABELS)
def test_a_figure_shows_labels_of_any_script_and_no_formula(name, tmp_path):
    WITH_LABELS[name]().savefig(tmp_path / "figure.png")  # warnings are errors


def test_a_label_that_no_font_has_is_told_by_its_characters():
    assert [plots.shown(label) for label in ("Северный", "Ö鳥")] == ["Северный", "ÖU+9CE5"]
    assert len({plots.shown(label) for label in ODD}) == len(ODD)


def test_every_class_is_in_the_legend():
    [axes] = plots.places(PLACED, hue="label", title="T").axes
    assert len(axes.get_legend().get_texts()) == len(ODD)


def test_a_spectrogram_spans_the_clips_seconds_and_half_its_rate():
    axes = plots.spectrogram(chirp(2.0), 32_000)
    assert axes.get_images()[0].get_extent() == [0, 2.0, 0, 16.0]


def test_a_tone_is_brightest_at_its_own_height():
    wave = np.sin(2 * np.pi * 8000 * np.arange(32_000) / 32_000)
    level = plots.spectrogram(wave, 32_000).get_images()[0].get_array()
    brightest = level.mean(axis=1).argmax() / (len(level) - 1) * 16.0
    assert brightest == pytest.approx(8.0, abs=0.1)


def test_silence_can_be_drawn():
    assert plots.spectrogram(np.zeros(32_000), 32_000).get_images()


def test_confusion_is_coloured_by_the_share_of_each_row_and_labelled_by_counts():
    axes = plots.confusion(np.array([[8, 2], [0, 0]]), ["a", "b"], title="T").axes[0]
    assert [text.get_text() for text in axes.texts] == ["8", "2", "0", "0"]
    assert list(axes.collections[0].get_array().ravel()) == [0.8, 0.2, 0.0, 0.0]


def test_the_true_class_of_an_answer_has_its_own_colour():
    axes = plots.probabilities({"a": 0.2, "b": 0.8}, axes=plt.subplots()[1], truth="a")
    low, high = axes.patches
    assert low.get_facecolor() != high.get_facecolor()


def test_reliability_shows_every_band_with_its_interval_and_its_samples():
    bands = [
        {"from": 0.4, "samples": 3, "confidence": 0.45, "accuracy": 0.4, "low": 0.1, "high": 0.8},
        {"from": 0.9, "samples": 7, "confidence": 0.96, "accuracy": 1.0, "low": 0.6, "high": 1.0},
    ]
    left, right = plots.reliability(bands, error=0.042, title="Reliability").axes
    curve = left.lines[1]
    assert curve.get_xydata().tolist() == [[0.45, 0.4], [0.96, 1.0]]
    assert [bar.get_height() for bar in right.patches] == [3, 7]
    assert right.get_title(loc="left") == "Expected error 4.2 points"


@pytest.mark.parametrize(
    "title", ["The first sample of the first shard", "said thrnig1 (0.64), was wlwwar (0.01)"]
)
def test_a_title_has_room_for_a_sentence(title):
    axes = plots.spectrogram(chirp(0.5), 32_000, title=title)
    assert axes.get_title(loc="left") == title
