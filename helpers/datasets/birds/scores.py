"""The scores of named species, as in BirdCLEF; knows arrays and labels.

BirdCLEF ranks by macro ROC-AUC over the species that have a positive in the test:
https://www.kaggle.com/competitions/birdclef-2024/overview/evaluation
"""

from collections.abc import Mapping, Sequence

import numpy as np

from helpers.datasets.task import Task, recall
from helpers.metrics import (
    average_precision,
    log_loss,
    mean_of_known,
    roc_auc,
    score_classes,
)


class Species(Task):
    """The task of naming species, with BirdCLEF's scores."""

    def scores(
        self,
        probabilities: np.ndarray,
        target: np.ndarray,
        labels: Sequence[str],
        classes: Mapping[str, np.ndarray] | None = None,
    ) -> dict[str, float]:
        """Return the scores of some samples by name; species without a positive are skipped.

        Args:
            probabilities: float (samples, classes).
            target: int (samples,).
            classes: their class scores, if computed already.
        """
        each = classes or self.class_scores(probabilities, target, labels)
        return {
            "macro_auc": mean_of_known(each["auc"]),
            "macro_ap": mean_of_known(each["ap"]),
            "accuracy": float((probabilities.argmax(1) == target).mean()),
            "loss": log_loss(probabilities, target),
        }

    def class_scores(
        self, probabilities: np.ndarray, target: np.ndarray, labels: Sequence[str]
    ) -> dict[str, np.ndarray]:
        """Return each species' recall, ROC-AUC and average precision, float (classes,)."""
        return {
            "recall": recall(probabilities, target, len(labels)),
            "auc": score_classes(roc_auc, probabilities, target),
            "ap": score_classes(average_precision, probabilities, target),
        }

    def baselines(self, train: np.ndarray, test: np.ndarray, labels: Sequence[str]) -> list[dict]:
        """Return the baselines that ignore the sound.

        Args:
            train, test: samples of each class, int (classes,).
        """
        share, largest = test / test.sum(), int(train.argmax())
        blind = {"macro_auc": 0.5, "macro_ap": float(share[test > 0].mean())}
        return [
            {"model": "random", "accuracy": 1 / len(labels), **blind},
            {
                "model": f"always {labels[largest]}, the largest class",
                "accuracy": float(share[largest]),
                **blind,
            },
        ]


TASK = Species(
    purpose="name the bird species that sings in 5 seconds of sound",
    unit="recordings",
    uses=(
        "To sort recordings for a person who listens, and to follow how often a species sings over "
        "a season. Not as the one proof that a rare species was there."
    ),
    limits=(
        "It names one of its species for every window: of any other sound too.",
        "Where several birds sing at once it names one.",
        "Training and test are recordings that somebody aimed at a bird; a microphone left in a "
        "wood is quieter and fuller.",
        "Human speech is cut out before the model, as in training.",
    ),
    risk="A species that was not there is reported, or one that was is missed.",
    # None is published: each BirdCLEF has its own species and its own hidden soundscapes.
    caveat=(
        "No published row stands here: every BirdCLEF has other species, and a hidden test of long "
        "soundscapes, which is harder than windows of recordings that somebody aimed at one bird."
    ),
    headline="macro_auc",
    floor=0.8,  # a guess has 0.5; below this a list of species by rank is of little use
    score_names={
        "macro_auc": "macro ROC-AUC",
        "macro_ap": "macro average precision",
        "accuracy": "accuracy",
        "loss": "log loss",
    },
    class_score_names={"recall": "recall", "auc": "ROC-AUC", "ap": "average precision"},
    shares=frozenset({"accuracy", "recall"}),
)
