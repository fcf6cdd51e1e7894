"""Compares two models on the same test samples: each score's difference with its interval.

It knows predictions; nothing of registries. The bootstrap draws pairs of both models' predictions
for the same samples, which detects far smaller differences than two separate intervals do.
"""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from helpers.datasets import load_dataset
from helpers.datasets.task import Task
from helpers.evaluation.bootstrap import ROUNDS, Interval, bootstrap_intervals
from helpers.evaluation.predictions import Predictions

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ["score", "approved", "new", "difference", "95 % from", "to"]
NAN = float("nan")


class NotComparable(ValueError):
    """Two models share no test sample, or have other classes; the message says which."""


@dataclass(frozen=True)
class PairedComparison:
    """The scores of a new model beside those of the approved one."""

    rows: list[tuple]
    """By score: the approved model's, the new one's, the difference, its 95 % interval."""
    verdict: str
    """One sentence."""
    worse: bool
    """Whether the new model is worse in the headline score, by its whole interval."""
    above_floor: bool
    """Whether the new model's headline score lies above the task's floor, by its whole interval."""

    @property
    def table(self) -> "pd.DataFrame":
        """Return the rows as a table."""
        import pandas as pd  # the image of jobs lacks it

        return pd.DataFrame(self.rows, columns=COLUMNS).set_index("score")

    @property
    def passes(self) -> bool:
        """Return whether the new model may be approved."""
        return self.above_floor and not self.worse

    def document(self, report: dict, dataset: str) -> dict[str, object]:
        """Return what comparison.json holds; a score without a value is None there.

        Args:
            report: the new model's evaluation.json.
        """
        task = load_dataset(dataset).task
        value = report["metrics"][task.headline]["value"]
        scores = {
            name: {
                column: None if number != number else number
                for column, number in zip(COLUMNS[1:], numbers, strict=True)
            }
            for name, *numbers in self.rows
        }
        return {
            "passes": self.passes, "verdict": self.verdict, "worse": self.worse,
            "above_floor": self.above_floor, "score": task.score_names[task.headline],
            "value": "unknown" if value is None else f"{value:.3f}",
            "manifest": report["manifest"], "scores": scores,
        }  # fmt: skip

    def __repr__(self) -> str:
        """Return the verdict."""
        return f"<PairedComparison: {self.verdict}>"


def compare_pairs(
    new: Predictions, old: Predictions, dataset: str, *, rounds: int = ROUNDS, seed: int = 0
) -> PairedComparison:
    """Compare two models on their common test samples.

    A sample of both tests is in neither's training split, even if the data has grown meanwhile.

    Raises:
        NotComparable: there is no common sample, or the labels differ.
    """
    task, samples = load_dataset(dataset).task, len(new)
    new, old = in_common(new, old)
    labels, target, head = new.labels, new.targets, task.headline

    def score(chosen: np.ndarray) -> dict[Hashable, float]:
        ours = task.scores(new.probabilities[chosen], target[chosen], labels)
        theirs = task.scores(old.probabilities[chosen], target[chosen], labels)
        return {OWN: ours[head]} | {name: ours[name] - theirs[name] for name in task.score_names}

    intervals = bootstrap_intervals(score, new.sources, rounds=rounds, seed=seed)
    ours = task.scores(new.probabilities, target, labels)
    theirs = task.scores(old.probabilities, target, labels)
    gaps = {name: ours[name] - theirs[name] for name in task.score_names}
    rows = [
        (words, theirs[name], ours[name], gaps[name], *intervals[name])
        for name, words in task.score_names.items()
    ]
    low, high = sorted(_sign(task) * bound for bound in intervals[head])
    verdict = f"{task.score_names[head]} {gaps[head]:+.3f} ({intervals[head].low:+.3f} to "
    verdict += f"{intervals[head].high:+.3f}) on {len(new)} of {samples} samples: " + (
        SAME if _same(new, old) else _judged(low, high)
    )
    above, words = _above_floor(task, new, intervals[OWN])
    return PairedComparison(rows, verdict if above else f"{verdict}; {words}", high < 0, above)


FIRST = "the first version, with none to compare it with"
OWN = "the new model's headline score"
SAME = "both answer alike, so the new model has learned nothing"


def no_comparison(
    new: Predictions, dataset: str, why: str = FIRST, *, rounds: int = ROUNDS, seed: int = 0
) -> PairedComparison:
    """Return the scores of a model without a second one, judged by the task's floor alone."""
    task = load_dataset(dataset).task

    def score(chosen: np.ndarray) -> dict[Hashable, float]:
        scores = task.scores(new.probabilities[chosen], new.targets[chosen], new.labels)
        return {OWN: scores[task.headline]}

    interval = bootstrap_intervals(score, new.sources, rounds=rounds, seed=seed)[OWN]
    ours = task.scores(new.probabilities, new.targets, new.labels)
    rows = [(words, NAN, ours[name], NAN, NAN, NAN) for name, words in task.score_names.items()]
    above, words = _above_floor(task, new, interval)
    return PairedComparison(rows, f"{why}: {words}", worse=False, above_floor=above)


def _above_floor(task: Task, new: Predictions, interval: Interval) -> tuple[bool, str]:
    """Say whether a model's whole interval lies above the floor, and put it in words."""
    counts, head = np.bincount(new.targets, minlength=len(new.labels)), task.headline
    guesses = [each[head] for each in task.baselines(counts, counts, new.labels)]
    guess = max(guesses, key=lambda value: _sign(task) * value)
    floor = guess if task.floor is None else task.floor
    above = all(_sign(task) * bound > _sign(task) * floor for bound in interval)
    value = task.scores(new.probabilities, new.targets, new.labels)[head]
    words = f"{task.score_names[head]} {value:.3f} ({interval.low:.3f} to {interval.high:.3f}) is "
    words += "above" if above else "not wholly above"
    return above, f"{words} the floor of {floor:.3f}; a guess has {guess:.3f}"


def _sign(task: Task) -> int:
    """Return -1 where less of the headline score is better, else 1."""
    return -1 if task.headline in task.lower_is_better else 1


def _same(new: Predictions, old: Predictions) -> bool:
    """Say whether two models answer alike, to the last digit: no epoch has made one better."""
    return np.array_equal(new.probabilities, old.probabilities)


def _judged(low: float, high: float) -> str:
    """Describe the interval of a difference, where more is better."""
    if low > 0:
        return "the new model is better"
    return "the new model is worse" if high < 0 else "this test can't tell them apart"


def in_common(new: Predictions, old: Predictions) -> tuple[Predictions, Predictions]:
    """Return both models' predictions for their common samples, in the new one's order.

    Raises:
        NotComparable: there is no common sample, or the labels differ.
    """
    row_of = {key: index for index, key in enumerate(old.keys)}
    both = [index for index, key in enumerate(new.keys) if key in row_of]
    if set(old.labels) != set(new.labels):
        raise NotComparable("the two models have other classes")
    if not both:
        raise NotComparable("the two models share no test sample")
    columns = [old.labels.index(label) for label in new.labels]
    rows = [row_of[new.keys[index]] for index in both]
    new = new.take(both)
    return new, replace(new, probabilities=old.probabilities[np.ix_(rows, columns)])
