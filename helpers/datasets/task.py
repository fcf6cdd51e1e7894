"""What a data set's models do and how they are scored; it knows arrays and labels, no data set.

A task of its own scores overrides `scores`, `class_scores` and `guesses` together with the names.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from helpers.metrics import log_loss


@dataclass(frozen=True, kw_only=True)
class Task:
    """A task with its scores, its words for the model card, and what others have reached."""

    purpose: str
    """What a model does, such as 'name the bird species that sings in 5 seconds of sound'."""
    unit: str
    """What one raw object is called, in the plural."""
    uses: str
    limits: tuple[str, ...]
    risk: str
    caveat: str
    """How the published scores compare with ours."""
    headline: str = "accuracy"
    """The score by which versions are compared."""
    score_names: Mapping[str, str] = field(
        default_factory=lambda: {"accuracy": "accuracy", "loss": "log loss"}
    )
    """Each score in words, in the order of tables."""
    class_score_names: Mapping[str, str] = field(default_factory=lambda: {"accuracy": "accuracy"})
    """Each class's scores in words; the first is the one that is drawn."""
    lower_is_better: frozenset[str] = frozenset({"loss"})
    shares: frozenset[str] = frozenset({"accuracy"})
    """Scores, of all or of a class, that are shares of samples."""
    published: tuple[Mapping[str, object], ...] = ()
    """Rows of what others have reached: `model`, `data`, and scores by name."""
    published_classes: Mapping[str, float] = field(default_factory=dict)
    """What others have reached of each class, in the first of the class scores."""

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
            classes: what `class_scores` has found of them already; not needed here.
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

    def guesses(self, train: np.ndarray, test: np.ndarray, labels: Sequence[str]) -> list[dict]:
        """Return what is reached without looking at a sample: `model`, and scores by name.

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
    """Return the share of each class's samples that is named right, nan without samples."""
    size = np.bincount(target, minlength=classes).astype(float)
    size[size == 0] = np.nan
    return np.bincount(target, probabilities.argmax(1) == target, minlength=classes) / size
