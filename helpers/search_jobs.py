"""Runs a search as ordinary training jobs, one after another, with its records in S3.

A tuning job of SageMaker reuses its clusters, until it ends. A warm pool of ordinary training jobs
outlives each of them, so a search over it can be stopped and resumed, and choose in its own way;
its waiting is billed.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from helpers.config import Config
from helpers.jobs import JobFailed, wait
from helpers.s3 import S3Prefix
from helpers.session import client
from helpers.trial_jobs import measure
from helpers.tuning.search import Search
from helpers.tuning.trials import Trial
from helpers.warm_pools import WarmPool, end_warm_pool


class S3Records:
    """Keeps a search as one JSON object of the course's bucket."""

    def __init__(self, config: Config, name: str):
        self._folder = S3Prefix(client(config, "s3"), config.uri("search"))
        self._key = f"{name}.json"

    def load(self) -> dict | None:
        """Return the saved state; None where there is none."""
        try:
            return json.loads(self._folder.read(self._key))
        except FileNotFoundError:
            return None

    def save(self, state: dict) -> None:
        """Write the state in place of the one before."""
        self._folder.write(self._key, json.dumps(state, indent=1).encode())


def open_search(
    config: Config, name: str, ranges: Mapping[str, Any], *, objective: str, **options: Any
) -> Search:
    """Return a search that is kept in the course's bucket, with the trials that it has.

    Args:
        ranges: the ranges that the SDK's HyperparameterTuner takes.
        options: `maximize`, `seed`, `startup`; see `Search`.
    """
    return Search(name, ranges, S3Records(config, name), objective=objective, **options)


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
            Compute, each job after the first takes over the warm instances of the one before.
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
            pass  # measured like the others: the trial has its reason
        return _measured(config, search, trial)

    return search.run(start, finish, trials, first=first)


def end_search(config: Config, search: Search) -> WarmPool:
    """End the warm pool after the last trial, and add the cost of waiting to every trial."""
    pool = end_warm_pool(config, search.trials[-1].job)
    search.trials = [_measured(config, search, trial) for trial in search.trials]
    search.save()
    return pool


def _measured(config: Config, search: Search, trial: Trial) -> Trial:
    """Return a trial with the results of its job."""
    return measure(config, trial.job, search.objective, number=trial.number, params=trial.params)
