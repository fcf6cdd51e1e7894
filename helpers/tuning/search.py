"""Searches hyperparameters with Optuna, one trial after another, resumably; starts no job itself.

Every choice is a function of the seed, the trial's number and the earlier results: a search that is
read from its records continues as if it had never stopped. The functions that start and finish a
trial, and the storage of the records, come from search_jobs.py.
"""

import math
from collections.abc import Callable, Mapping
from random import Random
from typing import Any, Protocol

import optuna
from optuna.distributions import distribution_to_json
from optuna.samplers import TPESampler
from optuna.trial import TrialState

from helpers.costs import dollars
from helpers.tuning.space import checked, search_space
from helpers.tuning.trials import Trial, best_of, total_cost, words

GIVE_UP = 3
"""A search ends after so many trials if none of them succeeded."""


class Records(Protocol):
    """Keeps the state of a search."""

    def load(self) -> dict | None: ...
    def save(self, state: dict) -> None: ...


class SearchFailed(RuntimeError):
    """No trial succeeded; the message has the reason of the last one."""


class Search:
    """Hyperparameters tried one after another with Optuna's TPE; every trial is recorded.

    Args:
        ranges: the SDK's ranges by name; see `space.search_space`.
        records: stores the state; a search with recorded trials continues after them.
        objective: name of the metric.
        startup: random trials before TPE starts.

    Raises:
        ValueError: the records are of another search, or a range can't be searched.
    """

    def __init__(
        self,
        name: str,
        ranges: Mapping[str, Any],
        records: Records,
        *,
        objective: str,
        maximize: bool = True,
        seed: int = 0,
        startup: int = 3,
    ):
        self.name, self.objective, self.maximize = name, objective, maximize
        self._records, self._seed, self._startup = records, seed, startup
        self._space = search_space(ranges)
        self._settings = {
            "objective": objective,
            "maximize": maximize,
            "seed": seed,
            "ranges": {key: distribution_to_json(each) for key, each in self._space.items()},
        }
        # Silence Optuna's own reports: failed trials are reported here.
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self._study = optuna.create_study(direction="maximize" if maximize else "minimize")
        self.trials: list[Trial] = []
        for record in self._recorded():
            trial = Trial.read(record)
            self._ask(trial.params)
            self.trials.append(trial)
            if trial.ended:
                self._tell(trial.value)

    def _recorded(self) -> list[dict]:
        state = self._records.load()
        if state is None:
            return []
        settings = state.get("settings", {})
        if changed := [key for key, value in self._settings.items() if settings.get(key) != value]:
            raise ValueError(
                f"Search {self.name} was begun with another {' and '.join(changed)}:"
                " give the new search another name"
            )
        return state["trials"]

    def _ask(self, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Begin a trial of the study and return its hyperparameters: `params`, or Optuna's."""
        if params is not None:
            self._study.enqueue_trial(checked(self._space, params))
        seed = Random(f"{self._seed}/{len(self.trials)}").getrandbits(32)
        self._study.sampler = TPESampler(seed=seed, n_startup_trials=self._startup)
        self._asked = self._study.ask(self._space)
        return dict(self._asked.params)

    def _tell(self, value: float | None) -> None:
        """End the study's last trial; None, or a value that is not finite, is a failure."""
        if value is None or not math.isfinite(value):
            self._study.tell(self._asked, state=TrialState.FAIL)
        else:
            self._study.tell(self._asked, value)

    def run(
        self,
        start: Callable[[dict[str, Any]], str],
        finish: Callable[[Trial], Trial],
        trials: int,
        *,
        first: Mapping[str, Any] | None = None,
    ) -> "Search":
        """Run until `trials` trials have ended, including trials of earlier calls.

        A trial that is still running is awaited first. An interrupted search continues at the next
        call.

        Args:
            start: starts a job with hyperparameters and returns its name.
            finish: waits for a trial's job and returns the trial with its results.
            first: hyperparameters of the first trial, such as the defaults.

        Raises:
            SearchFailed: the first `GIVE_UP` trials all failed.
        """
        if self.trials and not self.trials[-1].ended:
            self._end(finish(self.trials[-1]))
        while len(self.trials) < trials:
            params = self._ask(None if self.trials else first)
            self.trials.append(Trial(len(self.trials), params, start(params)))
            self.save()
            self._end(finish(self.trials[-1]))
        return self

    def _end(self, trial: Trial) -> None:
        self.trials[-1] = trial
        self._tell(trial.value)
        self.save()
        if len(self.trials) >= GIVE_UP and self.best is None:
            raise SearchFailed(
                f"Search {self.name}: {len(self.trials)} trials, and none has a"
                f" {self.objective}; the last one, {trial.job}: {trial.reason or trial.status}"
            )

    def save(self) -> None:
        """Write settings and trials to the records."""
        trials = [trial.record() for trial in self.trials]
        self._records.save({"settings": self._settings, "trials": trials})

    @property
    def best(self) -> Trial | None:
        """Return the trial with the best objective; None before any trial has one."""
        return best_of(self.trials, self.maximize)

    def __repr__(self) -> str:
        ended = [trial for trial in self.trials if trial.ended]
        text = f"<Search {self.name}: {len(ended)} trials"
        if not self.best:
            return f"{text}>"
        seconds = sum(trial.billable_seconds for trial in ended)
        price = dollars(total_cost(ended))
        return (
            f"{text}, best {self.objective} {self.best.value:.3f} with"
            f" {words(self.best.params)}; {seconds:.0f} billable seconds, {price}>"
        )
