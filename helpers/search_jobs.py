"""Runs a search as ordinary training jobs on a warm pool, with its records in S3.

A SageMaker tuning job reuses its clusters until it ends. A warm pool outlives each training job, so
a search on it can be stopped and resumed, and use its own sampler; its idle time is billed.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from helpers.config import Config
from helpers.jobs import JobFailed, training_job, wait
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
        """Write the state over the previous one."""
        self._folder.write(self._key, json.dumps(state, indent=1).encode())


def open_search(
    config: Config, name: str, ranges: Mapping[str, Any], *, objective: str, **options: Any
) -> Search:
    """Return a search whose records are in the course's bucket, with its earlier trials.

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
            Compute, each job reuses the warm instances of the job before.
        first: hyperparameters of the first trial, such as the defaults.
    """

    def start(params: dict[str, Any]) -> str:
        trainer = make_trainer(params)
        trainer.train(wait=False)
        return training_job(trainer)

    def finish(trial: Trial) -> Trial:
        try:
            wait(config, "TrainingJob", trial.job)
        except JobFailed:
            pass  # the trial is measured too, and has the reason
        return _measured(config, search, trial)

    return search.run(start, finish, trials, first=first)


def end_search(config: Config, search: Search, last: str | None = None) -> WarmPool:
    """End the warm pool of a search, and add its idle cost to the trials.

    Args:
        last: the job that ran last on it, if that is not a trial of the search.
    """
    pool = end_warm_pool(config, last or search.trials[-1].job)
    search.trials = [_measured(config, search, trial) for trial in search.trials]
    search.save()
    return pool


def _measured(config: Config, search: Search, trial: Trial) -> Trial:
    """Return a trial with the results of its job."""
    return measure(config, trial.job, search.objective, number=trial.number, params=trial.params)
