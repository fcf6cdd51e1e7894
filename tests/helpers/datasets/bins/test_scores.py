"""Counts are scored by their accuracy and by their distance, as scikit-learn does."""

import numpy as np
import pytest
from sklearn.metrics import log_loss, mean_squared_error

from helpers.datasets.bins.scores import TASK

LABELS = ["0", "1", "2", "3"]


def test_counts_have_accuracy_and_an_error_in_items(answers):
    chances, target = answers
    said = chances.argmax(1)
    scores = TASK.scores(chances, target, ["1", "2", "5", "6"])
    counts = np.array([1, 2, 5, 6])
    assert scores["accuracy"] == pytest.approx((said == target).mean())
    assert scores["rmse"] == pytest.approx(mean_squared_error(counts[target], counts[said]) ** 0.5)
    assert scores["loss"] == pytest.approx(log_loss(target, chances, labels=range(4)))


def test_each_count_has_its_own_accuracy_and_error(answers):
    chances, target = answers
    said, each = chances.argmax(1), TASK.class_scores(*answers, LABELS)
    for c in range(3):
        inside = target == c
        assert each["accuracy"][c] == pytest.approx((said[inside] == c).mean())
        assert each["rmse"][c] == pytest.approx(((said[inside] - c) ** 2).mean() ** 0.5)
    assert np.isnan(each["accuracy"][3]) and np.isnan(each["rmse"][3])


def test_the_expected_count_does_not_depend_on_how_its_numbers_lie_in_memory():
    rng = np.random.default_rng(0)
    for _ in range(50):
        row = rng.dirichlet(np.ones(6))
        apart = np.repeat(row, 2)[::2]
        near, far = (TASK.estimates(p, list("012345"))["expected_count"] for p in (row, apart))
        assert near == far == pytest.approx(float(row @ np.arange(6)))
