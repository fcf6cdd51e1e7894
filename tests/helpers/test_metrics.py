import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import (
    average_precision_score,
    balanced_accuracy_score,
    f1_score,
    roc_auc_score,
)
from sklearn.metrics import (
    confusion_matrix as sklearn_confusion,
)

from helpers import metrics

LABELS = ["a", "b", "c"]


@st.composite
def scored(draw) -> tuple[np.ndarray, np.ndarray]:
    """Targets of three classes, all present, and probabilities with many ties."""
    size = draw(st.integers(6, 40))
    rng = np.random.default_rng(draw(st.integers(0, 1 << 30)))
    target = np.concatenate([[0, 1, 2], rng.integers(0, 3, size - 3)])
    counts = rng.integers(1, 5, (size, 3))
    return target, counts / counts.sum(1, keepdims=True)


@given(scored())
def test_the_confusions_scores_are_scikit_learns(sample):
    target, probabilities = sample
    predicted = probabilities.argmax(1)
    confusion = metrics.confusion_matrix(target, predicted, 3)
    assert (confusion == sklearn_confusion(target, predicted, labels=[0, 1, 2])).all()
    scores = metrics.score_confusion(confusion, LABELS)
    assert scores["accuracy"] == pytest.approx((target == predicted).mean())
    assert scores["macro_recall"] == pytest.approx(balanced_accuracy_score(target, predicted))
    macro_f1 = f1_score(target, predicted, average="macro", labels=[0, 1, 2], zero_division=0)
    assert scores["macro_f1"] == pytest.approx(macro_f1)


@given(scored())
def test_ranking_scores_are_scikit_learns_ties_included(sample):
    target, probabilities = sample
    auc = metrics.macro_over_classes(metrics.roc_auc, probabilities, target)
    each = [roc_auc_score(target == c, probabilities[:, c]) for c in range(3)]
    assert auc == pytest.approx(np.mean(each))
    ap = metrics.macro_over_classes(metrics.average_precision, probabilities, target)
    each = [average_precision_score(target == c, probabilities[:, c]) for c in range(3)]
    assert ap == pytest.approx(np.mean(each))


def test_a_class_without_samples_takes_no_part_in_macro_scores():
    confusion = np.array([[3, 1, 0], [0, 4, 0], [0, 0, 0]])
    scores = metrics.score_confusion(confusion, LABELS)
    assert scores["recall"] == {"a": 0.75, "b": 1.0, "c": None}
    assert scores["macro_recall"] == 0.875
    probabilities, target = np.eye(3)[[0, 1, 1]], np.array([0, 1, 1])
    assert metrics.macro_over_classes(metrics.roc_auc, probabilities, target) == 1.0


def test_the_error_of_a_mean_of_recalls_is_its_spread_over_tests():
    recalls, sizes = np.array([0.9, 0.6, 0.75]), np.array([30, 60, 90])
    right = np.random.default_rng(0).binomial(sizes, recalls, size=(4000, 3))
    tables = [np.diag(r) + np.roll(np.diag(sizes - r), 1, axis=1) for r in right[:200]]
    errors = [metrics.macro_recall_error(table) for table in tables]
    assert np.mean(errors) == pytest.approx((right / sizes).mean(1).std(), rel=0.05)


def test_a_class_that_is_all_right_has_an_error_and_one_without_samples_none():
    whole = metrics.macro_recall_error(np.diag([4, 0]))
    assert 0.1 < whole < 0.2 and whole == metrics.macro_recall_error(np.diag([4]))


def test_counts_have_an_error_in_items_and_names_have_none():
    confusion = np.array([[1, 0, 1], [0, 2, 0], [0, 0, 0]])
    assert metrics.score_confusion(confusion, ["0", "1", "2"])["rmse"] == pytest.approx(1.0)
    assert "rmse" not in metrics.score_confusion(confusion, LABELS)


def test_certain_and_right_predictions_have_no_loss_and_no_calibration_error():
    target = np.array([0, 1, 2, 1])
    scores = metrics.score_probabilities(np.eye(3)[target], target, LABELS)
    assert scores["loss"] == scores["calibration_error"] == 0
    assert scores["accuracy"] == scores["macro_auc"] == scores["macro_ap"] == 1


def test_the_calibration_error_is_the_gap_of_confidence_and_accuracy():
    probabilities = np.array([[0.75, 0.25]] * 4)
    bands = metrics.calibration(probabilities, np.array([0, 0, 1, 1]))
    assert bands == [{"from": 0.7, "samples": 4, "confidence": 0.75, "accuracy": 0.5}]
    assert metrics.calibration_error(bands) == metrics.overconfidence(bands) == 0.25


@given(st.dictionaries(st.sampled_from(["loss", "val_loss", "epoch"]), st.floats() | st.integers()))
def test_a_printed_line_reads_back(values):
    line = metrics.metric_line(**values)
    read = metrics.read_metric_lines([f"[rank 0] {line}"])
    assert read == ([pytest.approx(values, rel=1e-5, nan_ok=True)] if values else [])


def test_definitions_find_their_own_metric_alone():
    line = metrics.metric_line(epoch=3, train_loss=0.25, validation_loss=1.5e-7)
    definitions = metrics.metric_definitions(["epoch", "train_loss", "validation_loss", "loss"])
    found = {d["Name"]: re.findall(d["Regex"], line) for d in definitions}
    assert found == {
        "epoch": ["3"],
        "train_loss": ["0.25"],
        "validation_loss": ["1.5e-07"],
        "loss": [],
    }
