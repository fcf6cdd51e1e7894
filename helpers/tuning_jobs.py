"""Waits for a native SageMaker tuning job and measures its trials; starts no job."""

from contextlib import suppress
from dataclasses import dataclass, field

from helpers.config import Config
from helpers.costs import dollars
from helpers.jobs import ENDED, JobFailed, describe
from helpers.session import client
from helpers.trial_jobs import measure
from helpers.tuning.trials import Trial, best_of, total_cost, words
from helpers.waiting import until

KIND = "HyperParameterTuningJob"


@dataclass(frozen=True)
class TuningJob:
    """One tuning job that has ended."""

    name: str
    status: str
    objective: str
    maximize: bool
    trials: list[Trial] = field(repr=False)
    """In the order of their requests."""
    description: dict = field(repr=False)

    @property
    def best(self) -> Trial | None:
        """Return the trial with the best objective; None if no trial has one."""
        return best_of(self.trials, self.maximize)

    def __repr__(self) -> str:
        text = f"<TuningJob {self.name}: {self.status}, {len(self.trials)} trials"
        if not self.best:
            return f"{text}>"
        seconds = sum(trial.billable_seconds for trial in self.trials)
        return (
            f"{text}, best {self.objective} {self.best.value:.3f} with"
            f" {words(self.best.params)}; {seconds:.0f} billable seconds,"
            f" {dollars(total_cost(self.trials))}>"
        )


def wait_for_tuning(config: Config, name: str) -> TuningJob:
    """Wait for a tuning job, show the states of its trials, and return it.

    Raises:
        JobFailed: it failed or was stopped; the message has the reason.
        NotTold: its state can't be asked for; the message says what to do.
    """
    description = until(
        lambda: describe(config, KIND, name),
        lambda job: job[f"{KIND}Status"] in ENDED,
        name=name,
        words=_counts,
        pause=config.poll_seconds,
    )
    if (status := description[f"{KIND}Status"]) != "Completed":
        raise JobFailed(
            f"{KIND} {name} {status}: {description.get('FailureReason', 'it was stopped')}"
        )
    return tuned(config, name)


def _counts(job: dict) -> str:
    """Say how many training jobs of a tuning job are in which state."""
    counts = job["TrainingJobStatusCounters"].items()
    return ", ".join(f"{count} {state}" for state, count in counts if count) or job[f"{KIND}Status"]


def tuned(config: Config, name: str) -> TuningJob:
    """Return a tuning job that has ended, with its measured trials.

    Raises:
        LookupError: there is no such job.
    """
    description = describe(config, KIND, name)
    objective = description[f"{KIND}Config"]["HyperParameterTuningJobObjective"]
    metric, maximize = objective["MetricName"], objective["Type"] == "Maximize"
    pages = client(config, "sagemaker").get_paginator(
        "list_training_jobs_for_hyper_parameter_tuning_job"
    )
    query = {f"{KIND}Name": name, "SortBy": "CreationTime", "SortOrder": "Ascending"}
    summaries = [item for page in pages.paginate(**query) for item in page["TrainingJobSummaries"]]
    trials = [
        measure(
            config, item["TrainingJobName"], metric,
            number=number,
            params={key: _typed(text) for key, text in item["TunedHyperParameters"].items()},
        )
        for number, item in enumerate(summaries)
    ]  # fmt: skip
    return TuningJob(name, description[f"{KIND}Status"], metric, maximize, trials, description)


def _typed(text: str) -> int | float | str:
    """Return a hyperparameter, which jobs get as text, as a number if it is one."""
    for kind in (int, float):
        with suppress(ValueError):
            return kind(text)
    return text
