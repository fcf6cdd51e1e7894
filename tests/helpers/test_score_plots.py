"""Figures of scores have titles and labeled axes, and show the numbers that they were given."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from helpers import score_plots
from tests.figures import is_labeled, shown
from tests.helpers.test_plots import ODD

pytestmark = pytest.mark.usefixtures("course_style")

HISTORY = pd.DataFrame(
    {"epoch": [1, 2, 3], "train_loss": [2.0, 1.0, 0.5], "validation_loss": [2.1, 1.5, 1.6],
     "validation_accuracy": [0.2, 0.6, 0.7]}
)  # fmt: skip


DRAWN = {
    "learning_curve": lambda: score_plots.learning_curve(HISTORY, title="T", chance=0.3),
    "confusion": lambda: score_plots.confusion(np.eye(3, dtype=int), ["a", "b", "c"], title="T"),
    "probabilities": lambda: score_plots.probabilities({"a": 1.0}, axes=plt.subplots()[1]).figure,
}


@pytest.mark.parametrize("name", DRAWN)
def test_every_figure_has_a_title_and_labeled_axes(name):
    found = shown(DRAWN[name]())
    assert found
    for axes in found:
        assert axes.get_title(loc="left") or axes.get_title()
        assert is_labeled(axes)


WITH_LABELS = {
    "confusion": lambda: score_plots.confusion(np.eye(10, dtype=int), ODD, title="T"),
    "probabilities": lambda: (
        score_plots.probabilities(dict.fromkeys(ODD, 0.1), axes=plt.subplots()[1]).figure
    ),
}


@pytest.mark.parametrize("name", WITH_LABELS)
def test_a_figure_shows_labels_of_any_script_and_no_formula(name, tmp_path):
    WITH_LABELS[name]().savefig(tmp_path / "figure.png")  # warnings are errors


def test_the_epoch_of_the_lowest_validation_loss_is_marked():
    left, right = score_plots.learning_curve(HISTORY, title="T").axes
    assert left.lines[-1].get_xydata().tolist() == [[2, 1.5]]
    assert right.lines[-1].get_xydata().tolist() == [[2, 0.6]]


def test_the_rows_of_a_confusion_have_names_and_the_columns_codes():
    names = {"a": "Barn Swallow (a)"}
    axes = score_plots.confusion(np.eye(2, dtype=int), ["a", "b"], title="T", names=names).axes[0]
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["Barn Swallow (a)", "b"]
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["a", "b"]


def test_confusion_is_colored_by_the_share_of_each_row_and_labeled_by_counts():
    axes = score_plots.confusion(np.array([[8, 2], [0, 0]]), ["a", "b"], title="T").axes[0]
    assert [text.get_text() for text in axes.texts] == ["8", "2"]
    assert axes.collections[0].get_array().ravel().tolist() == [0.8, 0.2, None, None]


def test_the_true_class_of_an_answer_has_its_own_color():
    axes = score_plots.probabilities({"a": 0.2, "b": 0.8}, axes=plt.subplots()[1], truth="a")
    likely, true = axes.patches
    assert likely.get_facecolor() != true.get_facecolor()
    assert [text.get_text() for text in axes.texts] == ["0.80", "0.20  true class"]


def test_reliability_shows_every_band_with_its_interval_and_its_samples():
    bands = [
        {"from": 0.4, "samples": 3, "confidence": 0.45, "accuracy": 0.4, "low": 0.1, "high": 0.8},
        {"from": 0.9, "samples": 7, "confidence": 0.96, "accuracy": 1.0, "low": 0.6, "high": 1.0},
    ]
    left, right = score_plots.reliability(bands, error=0.042, bins=10, title="Reliability").axes
    curve = left.lines[1]
    assert curve.get_xydata().tolist() == [[0.45, 0.4], [0.96, 1.0]]
    assert [bar.get_height() for bar in right.patches] == [3, 7]
    assert right.get_title(loc="left") == "Calibration error (ECE) 0.042"
    assert right.get_xlabel() == "confidence (10 bins, n = 10)"
