"""Finds the training jobs whose models may be registered; knows their names, no registry."""

import re

from helpers.config import Config
from helpers.jobs import Job, finished, shards_of
from helpers.session import client


def candidate(config: Config) -> Job:
    """Return the newest completed job of notebooks/05 on this raw data's shards.

    Trials of a search have longer names.

    Raises:
        LookupError: there is no such job; the message names the notebook to run.
    """
    return _newest(config, config.name, "notebooks/05")


def winner(config: Config) -> Job:
    """Return the newest completed job that trained the winner of notebooks/06 in full.

    Its base name ends in `-winner`.

    Raises:
        LookupError: there is no such job; the message names the notebook to run.
    """
    return _newest(config, f"{config.name}-winner", "notebooks/06")


def _newest(config: Config, base_name: str, notebook: str) -> Job:
    """Return the newest completed training job of a base name, to which the SDK adds the time."""
    wanted = re.compile(re.escape(base_name) + r"-\d{14}")
    pages = client(config, "sagemaker").get_paginator("list_training_jobs").paginate(
        NameContains=base_name, StatusEquals="Completed", SortBy="CreationTime",
        SortOrder="Descending",
    )  # fmt: skip
    names = (job["TrainingJobName"] for page in pages for job in page["TrainingJobSummaries"])
    for name in filter(wanted.fullmatch, names):
        job = finished(config, "TrainingJob", name)
        if shards_of(job.description) in (None, config.uri("shards")):
            return job
    raise LookupError(
        f"No completed training job called {base_name}-… on {config.uri('shards')}: "
        f"run {notebook} first"
    )
