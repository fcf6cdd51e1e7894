"""Says whether the best of several trials beats a reference by more than chance; pure numbers.

A best one was picked, so it looks better than it is. Each of the others had its chance to be
picked: the level is divided by their number (Bonferroni), and the difference is held against its
standard error. Both values come from the same samples, which makes the difference vary less than
is assumed here; samples of one recording resemble each other, which makes it vary more.
Source: Wasserman, All of Statistics, 2004, section 10.7.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot
from statistics import NormalDist

from helpers.tuning.trials import Trial, best_of

LEVEL = 0.05


@dataclass(frozen=True)
class Gain:
    """The difference of the best trial to a reference."""

    difference: float
    """Above 0 where the best trial is better."""
    error: float
    """Standard error of the difference."""
    tried: int
    """The trials that could have been the best one, without the reference."""

    @property
    def needed(self) -> float:
        """Return the difference from which chance alone is no explanation."""
        return self.error * NormalDist().inv_cdf(1 - LEVEL / (2 * max(self.tried, 1)))

    @property
    def follows(self) -> bool:
        """Return whether the best trial is better by more than chance."""
        return self.difference > self.needed

    def __repr__(self) -> str:
        numbers = f"{self.difference:+.3f}, standard error {self.error:.3f}"
        if self.difference <= 0:
            return f"<Gain {numbers}: no one of {self.tried} others is better than the defaults>"
        text = f"the best of {self.tried} others needs {self.needed:.3f}"
        verdict = "it is better" if self.follows else "it does not follow that it is better"
        return f"<Gain {numbers}; {text}: {verdict}>"


def gain(trials: Sequence[Trial], reference: Trial, maximize: bool = True) -> Gain:
    """Return the difference of the best trial to the reference, with its standard error.

    Args:
        trials: all that ended; the reference may be among them.

    Raises:
        ValueError: a value or a standard error is not known.
    """
    best = best_of(trials, maximize)
    known = best and None not in (best.error, reference.value, reference.error)
    if not known:
        raise ValueError("No trial, or one without a value or its standard error, can't be judged")
    difference = (best.value - reference.value) * (1 if maximize else -1)
    tried = sum(trial.value is not None and trial.job != reference.job for trial in trials)
    return Gain(difference, hypot(best.error, reference.error), tried)
