"""Compares two models on the same test samples: each score's difference with its interval.

It knows predictions; nothing of registries. The bootstrap draws pairs of both models' predictions
for the same samples, which detects far smaller differences than two separate intervals do.
"""

from collections.abc import Hashable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from helpers.datasets import load_dataset
from helpers.evaluation.bootstrap import ROUNDS, bootstrap_intervals
from helpers.evaluation.predictions import Predictions

COLUMNS = ["score", "approved", "new", "difference", "95 % from", "to"]
NAN = float("nan")


class NotComparable(ValueError):
    """Two models share no test sample, or have other classes; the message says which."""


@dataclass(frozen=True)
class PairedComparison:
    """The scores of a new model beside those of the approved one."""

    table: pd.DataFrame
    """By score: the approved model's, the new one's, the difference, its 95 % interval."""
    verdict: str
    """One sentence."""
    worse: bool
    """Whether the new model is worse in the headline score, by its whole interval."""

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
    labels, target = new.labels, new.targets

    def score(chosen: np.ndarray) -> dict[Hashable, float]:
        ours = task.scores(new.probabilities[chosen], target[chosen], labels)
        theirs = task.scores(old.probabilities[chosen], target[chosen], labels)
        return {name: ours[name] - theirs[name] for name in task.score_names}

    whole = np.arange(len(new))
    intervals = bootstrap_intervals(score, new.sources, rounds=rounds, seed=seed)
    ours = task.scores(new.probabilities, target, labels)
    theirs = task.scores(old.probabilities, target, labels)
    gaps = score(whole)
    rows = [
        (words, theirs[name], ours[name], gaps[name], *intervals[name])
        for name, words in task.score_names.items()
    ]
    head, sign = task.headline, -1 if task.headline in task.lower_is_better else 1
    low, high = sorted(sign * bound for bound in intervals[head])
    verdict = f"{task.score_names[head]} {gaps[head]:+.3f} ({intervals[head][0]:+.3f} to "
    verdict += (
        f"{intervals[head][1]:+.3f}) on {len(new)} of {samples} samples: {_judged(low, high)}"
    )
    return PairedComparison(
        pd.DataFrame(rows, columns=COLUMNS).set_index("score"), verdict, high < 0
    )


FIRST = "the first version, with none to compare it with"


def no_comparison(new: Predictions, dataset: str, why: str = FIRST) -> PairedComparison:
    """Return the scores of a model without a second one, with the best baseline in the verdict."""
    task = load_dataset(dataset).task
    counts = np.bincount(new.targets, minlength=len(new.labels))
    best = max(each[task.headline] for each in task.baselines(counts, counts, new.labels))
    ours = task.scores(new.probabilities, new.targets, new.labels)
    rows = [(words, NAN, ours[name], NAN, NAN, NAN) for name, words in task.score_names.items()]
    table = pd.DataFrame(rows, columns=COLUMNS).set_index("score")
    reached = f"{task.score_names[task.headline]} {ours[task.headline]:.3f}, where a guess has"
    verdict = f"{why}: {reached} {best:.3f}"
    return PairedComparison(table, verdict, worse=False)


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
