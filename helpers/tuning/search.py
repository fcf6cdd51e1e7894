"""A search by ordinary training jobs, one after another, asked of a study; it can be gone on with.

A tuning job of SageMaker reuses its clusters, until it ends. A warm pool of ordinary training jobs
outlives each of them, so a search over it can be stopped and gone on with, and choose in its own
way; its waiting is billed. The core (`Search`) takes two functions and a place for its records;
`run_search` gives it SageMaker's.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from helpers.config import Config
from helpers.costs import dollars
from helpers.jobs import JobFailed, wait
from helpers.s3 import S3Prefix
from helpers.session import client
from helpers.tuning.trials import Trial, best_of, measure, total_cost, words
from helpers.warm_pools import WarmPool, end_warm_pool
from local_aws.services.sagemaker.tuning.ranges import Range, from_sdk
from local_aws.services.sagemaker.tuning.study import Study

GIVE_UP = 3
"""So many failed trials at the beginning, and none that succeeded, end a search."""


class Records(Protocol):
    """Where a search keeps what it knows."""

    def load(self) -> dict | None: ...
    def save(self, state: dict) -> None: ...


class SearchFailed(RuntimeError):
    """No trial succeeds; the message has the last one's reason."""


class Search:
    """Hyperparameters tried one after another; what has been tried is kept, and told again.

    Args:
        ranges: by name, as `local_aws.services.sagemaker.tuning.ranges.from_sdk` reads them.
        records: keeps the state; one that holds trials already is gone on with.
        objective: name of the metric.
        startup: trials drawn at random before the sampler has enough to go by.

    Raises:
        ValueError: the records are of another search.
    """

    def __init__(
        self,
        name: str,
        ranges: Mapping[str, Range],
        records: Records,
        *,
        objective: str,
        maximise: bool = True,
        seed: int = 0,
        startup: int = 3,
    ):
        self.name, self.objective, self.maximise = name, objective, maximise
        self._records = records
        self._about = {
            "objective": objective,
            "maximise": maximise,
            "seed": seed,
            "ranges": {key: str(given) for key, given in ranges.items()},
        }
        self._study = Study(ranges, maximise=maximise, seed=seed, startup=startup)
        self.trials = [Trial.read(record) for record in self._load()]
        for trial in self.trials:
            self._asked, _ = self._study.ask(trial.params)
            if trial.ended:
                self._study.tell(self._asked, trial.value)

    def _load(self) -> list[dict]:
        state = self._records.load()
        if state is None:
            return []
        if changed := [key for key in self._about if state["about"].get(key) != self._about[key]]:
            raise ValueError(
                f"Search {self.name} was begun with another {' and '.join(changed)}:"
                " give the new search another name"
            )
        return state["trials"]

    def run(
        self,
        start: Callable[[dict[str, Any]], str],
        finish: Callable[[Trial], Trial],
        trials: int,
        *,
        first: Mapping[str, Any] | None = None,
    ) -> "Search":
        """Go on until so many trials have ended, those of earlier calls included.

        A trial that is found running is waited for first. What interrupts the search leaves it so
        that the next call goes on.

        Args:
            start: starts a job with hyperparameters and returns its name.
            finish: waits for a trial's job and returns the trial with what it brought.
            first: hyperparameters of the first trial, such as the defaults.

        Raises:
            SearchFailed: the first trials all failed.
        """
        if self.trials and not self.trials[-1].ended:
            self._end(finish(self.trials[-1]))
        while len(self.trials) < trials:
            self._asked, params = self._study.ask(None if self.trials else first)
            self.trials.append(Trial(len(self.trials), params, start(params)))
            self.save()
            self._end(finish(self.trials[-1]))
        return self

    def _end(self, trial: Trial) -> None:
        self.trials[-1] = trial
        self._study.tell(self._asked, trial.value)
        self.save()
        if len(self.trials) >= GIVE_UP and self.best is None:
            raise SearchFailed(
                f"Search {self.name}: {len(self.trials)} trials, and none has a"
                f" {self.objective}; the last one, {trial.job}: {trial.reason or trial.status}"
            )

    def save(self) -> None:
        """Write what is known to the records."""
        trials = [trial.record() for trial in self.trials]
        self._records.save({"about": self._about, "trials": trials})

    @property
    def best(self) -> Trial | None:
        """Return the trial with the best objective; None before one has any."""
        return best_of(self.trials, self.maximise)

    def __repr__(self) -> str:
        ended = [trial for trial in self.trials if trial.ended]
        about = f"<Search {self.name}: {len(ended)} trials"
        if not self.best:
            return f"{about}>"
        seconds = sum(trial.billable_seconds for trial in ended)
        price = dollars(total_cost(ended))
        return (
            f"{about}, best {self.objective} {self.best.value:.3f} with"
            f" {words(self.best.params)}; {seconds:.0f} billable seconds, {price}>"
        )


class S3Records:
    """Keeps a search as one JSON object of the course's bucket."""

    def __init__(self, config: Config, name: str):
        self._folder = S3Prefix(client(config, "s3"), config.uri("search"))
        self._key = f"{name}.json"

    def load(self) -> dict | None:
        """Return what was saved; None where nothing was."""
        try:
            return json.loads(self._folder.read(self._key))
        except FileNotFoundError:
            return None

    def save(self, state: dict) -> None:
        """Write the state in place of what was there."""
        self._folder.write(self._key, json.dumps(state, indent=1).encode())


def open_search(
    config: Config, name: str, ranges: Mapping[str, Any], *, objective: str, **options: Any
) -> Search:
    """Return a search that is kept in the course's bucket, with the trials that it has.

    Args:
        ranges: as the SDK's HyperparameterTuner takes them.
        options: `maximise`, `seed`, `startup`; see `Search`.
    """
    return Search(name, from_sdk(ranges), S3Records(config, name), objective=objective, **options)


def run_search(
    config: Config,
    search: Search,
    make_trainer: Callable[[dict[str, Any]], Any],
    trials: int,
    *,
    first: Mapping[str, Any] | None = None,
) -> Search:
    """Run a search's trials as training jobs, one after another.

    Args:
        make_trainer: returns a ModelTrainer for hyperparameters; with a keep-alive period in its
            Compute, each job after the first finds the last one's instances warm.
        first: hyperparameters of the first trial, such as the defaults.
    """

    def start(params: dict[str, Any]) -> str:
        trainer = make_trainer(params)
        trainer.train(wait=False)
        return trainer._latest_training_job.training_job_name

    def finish(trial: Trial) -> Trial:
        try:
            wait(config, "TrainingJob", trial.job)
        except JobFailed:
            pass  # measured like the others: its reason is in the trial
        about = {"number": trial.number, "params": trial.params}
        return measure(config, trial.job, search.objective, **about)

    return search.run(start, finish, trials, first=first)


def end_search(config: Config, search: Search) -> WarmPool:
    """Let the instances go that wait after the last trial; note in all what waiting cost."""
    pool = end_warm_pool(config, search.trials[-1].job)
    search.trials = [
        measure(config, trial.job, search.objective, number=trial.number, params=trial.params)
        for trial in search.trials
    ]
    search.save()
    return pool
