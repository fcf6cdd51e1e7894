"""Chooses hyperparameters with Optuna, one trial after another; knows no jobs and no files.

Every choice is a function of the seed, the trial's number and the results before it: a new study
with the same results continues as the old one.
"""

import math
from collections.abc import Iterator, Mapping
from itertools import product
from random import Random
from typing import TYPE_CHECKING, Any

from local_aws.services.sagemaker.tuning.ranges import Range

if TYPE_CHECKING:
    from optuna import Trial
    from optuna.samplers import BaseSampler

STRATEGIES = ("Bayesian", "Random", "Hyperband", "Grid")


class Study:
    """The trials of one search, by their numbers from 0 on.

    Bayesian draws with Optuna's TPE, Random and Hyperband draw at random; Hyperband also stops
    running trials; Grid takes every combination once.

    Args:
        startup: number of random trials before TPE draws.
        resources: Hyperband's least and most epochs of a trial.
    """

    def __init__(
        self,
        ranges: Mapping[str, Range],
        *,
        strategy: str = "Bayesian",
        maximise: bool = True,
        seed: int = 0,
        startup: int = 10,
        resources: tuple[int, int] = (1, 1),
    ):
        import optuna

        # Optuna logs to the error stream; failed trials are reported here.
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self.ranges, self.strategy, self.seed, self.startup = ranges, strategy, seed, startup
        self._space = {name: each.distribution() for name, each in ranges.items()}
        self._taken: list[dict[str, Any]] = []
        pruner = optuna.pruners.NopPruner()
        if strategy == "Hyperband":
            pruner = optuna.pruners.HyperbandPruner(*resources)
        # Hyperband's brackets depend on the name: a fixed one makes choices repeatable.
        self._study = optuna.create_study(
            study_name="study", direction="maximize" if maximise else "minimize", pruner=pruner
        )
        self._trials: list[Trial] = []

    def __len__(self) -> int:
        """Return the number of trials so far."""
        return len(self._trials)

    def ask(self, values: Mapping[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        """Begin a trial and return its number and its hyperparameters, by name.

        Args:
            values: the hyperparameters; by default the strategy chooses.

        Raises:
            RangeError: a given value lies outside of its range.
            KeyError: a value is missing.
            IndexError: the grid has no further combination.
        """
        number = len(self._trials)
        if values is None and self.strategy == "Grid":
            values = self._untaken()
        if values is not None:
            drawn = {name: each.drawn(values[name]) for name, each in self.ranges.items()}
            self._study.enqueue_trial(drawn)
        self._study.sampler = self._sampler(number)
        trial = self._study.ask(self._space)
        self._trials.append(trial)
        taken = {name: each.value(trial.params[name]) for name, each in self.ranges.items()}
        self._taken.append(taken)
        return number, dict(taken)

    def _untaken(self) -> dict[str, str]:
        for values in combinations(self.ranges):
            if values not in self._taken:
                return values
        raise IndexError("the grid has no further combination")

    def report(self, number: int, epoch: int, value: float) -> bool:
        """Record a running trial's value after an epoch (from 1 on); say whether to stop it."""
        self._trials[number].report(value, epoch)
        return self._trials[number].should_prune()

    def tell(self, number: int, value: float | None) -> None:
        """End a trial with its objective; None or a value that is not finite means failure."""
        from optuna.trial import TrialState

        if value is None or not math.isfinite(value):
            self._study.tell(self._trials[number], state=TrialState.FAIL)
        else:
            self._study.tell(self._trials[number], value)

    def _sampler(self, number: int) -> "BaseSampler":
        from optuna.samplers import RandomSampler, TPESampler

        seed = Random(f"{self.seed}/{number}").getrandbits(32)
        if self.strategy == "Bayesian":
            return TPESampler(seed=seed, n_startup_trials=self.startup)
        return RandomSampler(seed=seed)


def combinations(ranges: Mapping[str, Range]) -> Iterator[dict[str, str]]:
    """Yield every combination of categorical ranges' values, by name."""
    values = product(*(each.values for each in ranges.values()))
    return (dict(zip(ranges, chosen, strict=True)) for chosen in values)
