"""Scores in the data sets' own terms agree with scikit-learn, and missing classes are skipped."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, log_loss, mean_squared_error, roc_auc_score

from helpers.datasets import NAMES, load_dataset

BINS, BIRDS = load_dataset("bins").task, load_dataset("birds").task
LABELS = ["0", "1", "2", "3"]


@pytest.fixture
def answers():
    """Return probabilities and targets of 60 samples; class 3 has none."""
    rng = np.random.default_rng(0)
    chances = rng.dirichlet(np.ones(4), 60)
    return chances, rng.integers(0, 3, 60)


def test_counts_have_accuracy_and_an_error_in_items(answers):
    chances, target = answers
    said = chances.argmax(1)
    scores = BINS.scores(chances, target, ["1", "2", "5", "6"])
    counts = np.array([1, 2, 5, 6])
    assert scores["accuracy"] == pytest.approx((said == target).mean())
    assert scores["rmse"] == pytest.approx(mean_squared_error(counts[target], counts[said]) ** 0.5)
    assert scores["loss"] == pytest.approx(log_loss(target, chances, labels=range(4)))


def test_each_count_has_its_own_accuracy_and_error(answers):
    chances, target = answers
    said, each = chances.argmax(1), BINS.class_scores(*answers, LABELS)
    for c in range(3):
        inside = target == c
        assert each["accuracy"][c] == pytest.approx((said[inside] == c).mean())
        assert each["rmse"][c] == pytest.approx(((said[inside] - c) ** 2).mean() ** 0.5)
    assert np.isnan(each["accuracy"][3]) and np.isnan(each["rmse"][3])


def test_species_without_a_positive_are_skipped_as_birdclef_does(answers):
    chances, target = answers
    auc = [roc_auc_score(target == c, chances[:, c]) for c in range(3)]
    ap = [average_precision_score(target == c, chances[:, c]) for c in range(3)]
    scores, each = (f(chances, target, LABELS) for f in (BIRDS.scores, BIRDS.class_scores))
    assert scores["macro_auc"] == pytest.approx(np.mean(auc))
    assert scores["macro_ap"] == pytest.approx(np.mean(ap))
    assert each["auc"][:3] == pytest.approx(auc) and each["ap"][:3] == pytest.approx(ap)
    assert np.isnan([each[name][3] for name in each]).all()


@pytest.mark.parametrize("name", NAMES)
def test_guessing_scores_what_guesses_say(name):
    task, rng = load_dataset(name).task, np.random.default_rng(1)
    target = rng.choice(4, 20_000, p=[0.4, 0.3, 0.2, 0.1])
    counts = np.bincount(target, minlength=4)
    random, largest = task.guesses(counts, counts, LABELS)
    said = {"random": np.eye(4)[rng.integers(0, 4, len(target))], "largest": np.eye(4)[target * 0]}
    for guess, chances in ((random, said["random"]), (largest, said["largest"])):
        scores = task.scores(chances, target, LABELS)
        for score in guess.keys() - {"model"}:
            assert scores[score] == pytest.approx(guess[score], abs=0.02), (guess, score)


@pytest.mark.parametrize("name", NAMES)
def test_every_score_that_is_named_is_made(name, answers):
    task = load_dataset(name).task
    assert task.scores(*answers, LABELS).keys() == task.score_names.keys()
    assert task.class_scores(*answers, LABELS).keys() == task.class_score_names.keys()
    assert task.headline in task.score_names and task.lower_is_better < task.score_names.keys()
    assert task.shares <= task.score_names.keys() | task.class_score_names.keys()
