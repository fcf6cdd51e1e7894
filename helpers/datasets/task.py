"""The task of a data set's models, and their scores; knows arrays and labels, no data set.

A task with other scores overrides `scores`, `class_scores` and `baselines` together with the names.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from helpers.metrics import log_loss


@dataclass(frozen=True, kw_only=True)
class Task:
    """A task with its scores, its texts for the model card, and published results."""

    purpose: str
    """The purpose of a model, such as 'name the bird species that sings in 5 seconds of sound'."""
    unit: str
    """The name of the raw objects, in the plural."""
    uses: str
    limits: tuple[str, ...]
    risk: str
    caveat: str
    """A note on the comparison with published scores."""
    headline: str = "accuracy"
    """The name of the score that decides comparisons of versions."""
    floor: float | None = None
    """The headline score that a version must reach to be approved: a decision of its owner. None
    stands for the best answer that ignores the samples."""
    score_names: Mapping[str, str] = field(
        default_factory=lambda: {"accuracy": "accuracy", "loss": "log loss"}
    )
    """The words for each score, in the order of tables."""
    class_score_names: Mapping[str, str] = field(default_factory=lambda: {"accuracy": "accuracy"})
    """The words for each class's scores; the first is drawn in the model card."""
    lower_is_better: frozenset[str] = frozenset({"loss"})
    shares: frozenset[str] = frozenset({"accuracy"})
    """Names of the scores that are shares of samples."""
    published: tuple[Mapping[str, object], ...] = ()
    """Published results: `model`, `data`, and scores by name."""
    published_classes: Mapping[str, float] = field(default_factory=dict)
    """Published values of the first class score, by class."""

    def scores(
        self,
        probabilities: np.ndarray,
        target: np.ndarray,
        labels: Sequence[str],
        classes: Mapping[str, np.ndarray] | None = None,
    ) -> dict[str, float]:
        """Return the scores of some samples by name.

        Args:
            probabilities: float (samples, classes).
            target: int (samples,).
            classes: their class scores, if computed already; not needed here.
        """
        return {
            "accuracy": float((probabilities.argmax(1) == target).mean()),
            "loss": log_loss(probabilities, target),
        }

    def class_scores(
        self, probabilities: np.ndarray, target: np.ndarray, labels: Sequence[str]
    ) -> dict[str, np.ndarray]:
        """Return each class's scores by name, float (classes,); nan without samples."""
        return {"accuracy": recall(probabilities, target, len(labels))}

    def estimates(self, probabilities: np.ndarray, labels: Sequence[str]) -> dict[str, float]:
        """Return what an answer says besides its probabilities, float (classes,)."""
        return {}

    def baselines(self, train: np.ndarray, test: np.ndarray, labels: Sequence[str]) -> list[dict]:
        """Return the baselines that ignore the samples: `model`, and scores by name.

        Args:
            train, test: samples of each class, int (classes,).
        """
        largest = int(train.argmax())
        return [
            {"model": "random", "accuracy": 1 / len(labels)},
            {
                "model": f"always {labels[largest]}, the largest class",
                "accuracy": float(test[largest] / test.sum()),
            },
        ]


def recall(probabilities: np.ndarray, target: np.ndarray, classes: int) -> np.ndarray:
    """Return the recall of each class, float (classes,); nan without samples."""
    size = np.bincount(target, minlength=classes).astype(float)
    size[size == 0] = np.nan
    return np.bincount(target, probabilities.argmax(1) == target, minlength=classes) / size
