"""What a task without scores of its own is scored by."""

import numpy as np
import pytest

from helpers.datasets.task import Task

TASK = Task(purpose="", unit="", uses="", limits=(), risk="", caveat="")
CHANCES = np.array([[0.9, 0.1, 0.0], [0.2, 0.8, 0.0], [0.6, 0.4, 0.0], [0.3, 0.7, 0.0]])
TARGET = np.array([0, 1, 1, 1])
LABELS = ["a", "b", "c"]


def test_accuracy_and_log_loss_are_of_all_samples():
    scores = TASK.scores(CHANCES, TARGET, LABELS)
    assert scores["accuracy"] == 0.75
    assert scores["loss"] == pytest.approx(-np.log([0.9, 0.8, 0.4, 0.7]).mean())


def test_a_class_has_the_share_of_its_samples_and_none_without_samples():
    (recalls,) = TASK.class_scores(CHANCES, TARGET, LABELS).values()
    assert recalls[:2] == pytest.approx([1, 2 / 3]) and np.isnan(recalls[2])


def test_a_guess_names_the_largest_class_of_training():
    counts = np.array([1, 3, 0])
    random, largest = TASK.guesses(counts[::-1], counts, LABELS)
    assert random["accuracy"] == pytest.approx(1 / 3)
    assert largest == {"model": "always b, the largest class", "accuracy": 0.75}
