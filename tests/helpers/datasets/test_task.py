"""A task's scores are named and made, those of baselines too; it may have none of its own."""

import numpy as np
import pytest

from helpers.datasets import NAMES, load_dataset
from helpers.datasets.task import Task

TASK = Task(purpose="", unit="", uses="", limits=(), risk="", caveat="")
CHANCES = np.array([[0.9, 0.1, 0.0], [0.2, 0.8, 0.0], [0.6, 0.4, 0.0], [0.3, 0.7, 0.0]])
TARGET = np.array([0, 1, 1, 1])
LABELS = ["a", "b", "c"]
COUNTS = ["0", "1", "2", "3"]


def test_accuracy_and_log_loss_are_of_all_samples():
    scores = TASK.scores(CHANCES, TARGET, LABELS)
    assert scores["accuracy"] == 0.75
    assert scores["loss"] == pytest.approx(-np.log([0.9, 0.8, 0.4, 0.7]).mean())


def test_a_class_has_the_share_of_its_samples_and_none_without_samples():
    (recalls,) = TASK.class_scores(CHANCES, TARGET, LABELS).values()
    assert recalls[:2] == pytest.approx([1, 2 / 3]) and np.isnan(recalls[2])


def test_a_guess_names_the_largest_class_of_training():
    counts = np.array([1, 3, 0])
    random, largest = TASK.baselines(counts[::-1], counts, LABELS)
    assert random["accuracy"] == pytest.approx(1 / 3)
    assert largest == {"model": "always b, the largest class", "accuracy": 0.75}


@pytest.mark.parametrize("name", NAMES)
def test_guessing_scores_what_guesses_say(name):
    task, rng = load_dataset(name).task, np.random.default_rng(1)
    target = rng.choice(4, 20_000, p=[0.4, 0.3, 0.2, 0.1])
    counts = np.bincount(target, minlength=4)
    random, largest = task.baselines(counts, counts, COUNTS)
    said = {"random": np.eye(4)[rng.integers(0, 4, len(target))], "largest": np.eye(4)[target * 0]}
    for guess, chances in ((random, said["random"]), (largest, said["largest"])):
        scores = task.scores(chances, target, COUNTS)
        for score in guess.keys() - {"model"}:
            assert scores[score] == pytest.approx(guess[score], abs=0.02), (guess, score)


@pytest.mark.parametrize("name", NAMES)
def test_every_score_that_is_named_is_made(name, answers):
    task = load_dataset(name).task
    assert task.scores(*answers, COUNTS).keys() == task.score_names.keys()
    assert task.class_scores(*answers, COUNTS).keys() == task.class_score_names.keys()
    assert task.headline in task.score_names and task.lower_is_better < task.score_names.keys()
    assert task.shares <= task.score_names.keys() | task.class_score_names.keys()
