"""Runs one tuning job: starts the study's trials, watches them, reports results; trains nothing."""

import logging
import secrets
import sqlite3
import threading
from collections.abc import Callable
from contextlib import nullcontext, suppress
from math import nan

from local_aws.errors import AwsError
from local_aws.instances.log_streams import read_lines
from local_aws.parts import Parts
from local_aws.services.sagemaker.jobs.metrics import MetricReader
from local_aws.services.sagemaker.jobs.training import Training, TrainingKind
from local_aws.services.sagemaker.jobs.verdict import INTERNAL
from local_aws.services.sagemaker.tuning import trials
from local_aws.services.sagemaker.tuning.early_stopping import is_hopeless
from local_aws.services.sagemaker.tuning.requests import (
    better,
    most_trials,
    ranges_of,
    resources,
    training_request,
)
from local_aws.services.sagemaker.tuning.study import Study
from local_aws.state.collection import Collection
from local_aws.state.disk import FULL_MESSAGE, is_full

log = logging.getLogger(__name__)

POLL_SECONDS = 0.1
MOST = 1e300
"""Largest objective: sums of larger ones overflow."""
ATTEMPTS = 5
"""Number of training jobs without an objective that fails a tuning job."""

Verdict = tuple[str, str | None]
"""A tuning job's final status, and its FailureReason."""


class TuningRun:
    """The thread of one tuning job; its document has all that it needs to go on after a restart."""

    def __init__(self, name: str, jobs: Collection, parts: Parts, tell: Callable[[str], None]):
        self.name, self._jobs, self._tell = name, jobs, tell
        self._call, self._clock = parts.call, parts.clock
        self._training = parts.engine(Training)
        self._wake, self._leaving = threading.Event(), False
        self._thread = threading.Thread(target=self._run, name=f"tuning-{name}", daemon=True)
        self._numbers: dict[str, int] = {}
        self._seen: dict[str, int] = {}
        self._readers: dict[str, MetricReader] = {}

    def start(self) -> None:
        """Begin the tuning job, or continue it after a restart."""
        self._thread.start()

    def wake(self) -> None:
        """Have the thread read the changed document now."""
        self._wake.set()

    def leave(self) -> None:
        """End the thread; the next server continues the tuning job."""
        self._leaving = True
        self._wake.set()
        self._thread.join()

    def _run(self) -> None:
        verdict: Verdict | None = None
        job = self._jobs.get(self.name)
        self._arn = job["HyperParameterTuningJobArn"]
        self._training.pools.open(self._arn)
        try:
            self._study = self._make_study(job)
            while not self._leaving:
                job = self._collect()
                verdict = verdict or self._verdict(job)
                if verdict and not trials.running(job):
                    return self._finish(*verdict)
                if verdict:
                    self._stop_trials(job)
                else:
                    self._watch(job)
                    self._fill(job)
                self._wake.wait(POLL_SECONDS)
                self._wake.clear()
        except AwsError as error:
            self._give_up(f"ClientError: {error.message}")
        except Exception as error:
            if is_full(error):
                return self._give_up(f"ClientError: {FULL_MESSAGE}")
            log.exception("tuning job %s", self.name)
            self._give_up(f"InternalServerError: {type(error).__name__}: {error}")
        finally:
            self._training.pools.close(self._arn)

    def _make_study(self, job: dict) -> Study:
        """Return the study with the trials of parents, and those before a restart."""
        config, most = job["HyperParameterTuningJobConfig"], most_trials(job)
        hyperband = config["Strategy"] == "Hyperband"
        study = Study(
            ranges_of(job),
            strategy=config["Strategy"],
            maximise=better(job) > 0,
            seed=job["_seed"],
            startup=int(min(10, max(2, most // 3))),
            resources=resources(job) if hyperband else (1, 1),
        )
        for parent in job.get("_inherited", []):
            study.tell(study.ask(parent["values"])[0], parent["value"])
        for trial in job["_trials"]:
            number = self._numbers[trial["name"]] = study.ask(trial["values"])[0]
            for epoch, value in enumerate(trial.get("objectives", []) if hyperband else [], 1):
                study.report(number, epoch, value)
            if "summary" in trial:
                study.tell(number, trials.value_of(trial["summary"]))
        return study

    # Watching trials.

    def _collect(self) -> dict:
        """Record the trials that have ended, and return the tuning job's document."""
        job = self._jobs.get(self.name)
        for trial in trials.running(job):
            training = trials.training_job(
                self._training.jobs.records.documents, trial, self._clock
            )
            if training["TrainingJobStatus"] in trials.ENDED:
                self._end(job, trial, training)
        return self._jobs.get(self.name)

    def _end(self, job: dict, trial: dict, training: dict) -> None:
        summary = trials.summarise(job, trial, training)
        # The state after a killed server.
        interrupted = training.get("FailureReason", "").startswith(INTERNAL)
        again = {"again": "waiting"} if interrupted or trial.get("interrupted") else {}
        done = {"summary": summary, "objectives": self._objectives(job, trial["name"]), **again}
        self._change(trial["name"], done)
        self._study.tell(self._numbers[trial["name"]], trials.value_of(summary))

    def _change(self, name: str, fields: dict) -> None:
        def change(job: dict) -> None:
            next(trial for trial in job["_trials"] if trial["name"] == name).update(fields)
            job["LastModifiedTime"] = self._clock.now()

        self._jobs.update(self.name, change)

    def _objectives(self, job: dict, name: str) -> list[float]:
        """Return all values of the objective that a training job has printed."""
        objective = job["HyperParameterTuningJobConfig"]["HyperParameterTuningJobObjective"]
        definitions = job["TrainingJobDefinition"]["AlgorithmSpecification"]["MetricDefinitions"]
        ours = [each for each in definitions if each["Name"] == objective["MetricName"]]
        reader = self._readers.setdefault(name, MetricReader(ours))
        metrics: list[dict] = []
        for line in read_lines(self._call, TrainingKind.names.log_group, f"{name}/"):
            metrics += reader.read(line, self._clock.now())[0]
        # A value that is not finite can't be averaged, but counts as an epoch.
        values = [metric["Value"] for metric in metrics]
        return [value if abs(value) < MOST else nan for value in values]

    def _watch(self, job: dict) -> None:
        """Stop running trials by early stopping or Hyperband."""
        config = job["HyperParameterTuningJobConfig"]
        auto = config.get("TrainingJobEarlyStoppingType") == "Auto"
        if not auto and config["Strategy"] != "Hyperband":
            return
        earlier = [trial["objectives"] for trial in trials.ended(job)]
        for trial in trials.running(job):
            values = self._objectives(job, trial["name"])
            seen = self._seen.get(trial["name"], 0)
            self._seen[trial["name"]] = len(values)
            for epoch in range(seen + 1, len(values) + 1):
                if auto:
                    stop = is_hopeless(values[:epoch], earlier, better(job))
                else:
                    stop = self._judge(job, trial["name"], epoch, values[epoch - 1])
                if stop:
                    self._stop_trial(trial["name"])
                    break

    def _judge(self, job: dict, name: str, epoch: int, value: float) -> bool:
        # A trial ends by itself at its last epoch; one that goes on is stopped.
        most = resources(job)[1]
        return self._study.report(self._numbers[name], epoch, value) or epoch > most

    # Starting and stopping trials.

    def _fill(self, job: dict) -> None:
        """Start trials up to the limits."""
        room = min(
            _parallel(job) - len(trials.running(job)), most_trials(job) - len(trials.launched(job))
        )
        for _ in range(int(max(0, room))):
            self._launch(job)

    def _launch(self, job: dict) -> None:
        # An interrupted trial is run again with the same hyperparameters.
        waiting = [trial for trial in job["_trials"] if trial.get("again") == "waiting"]
        number, values = self._study.ask(waiting[0]["values"] if waiting else None)
        if waiting:
            waiting[0]["again"] = "done"
            self._change(waiting[0]["name"], {"again": "done"})
        count = number + 1 - len(job.get("_inherited", []))
        name = f"{self.name}-{count:03d}-{secrets.token_hex(4)}"
        request = training_request(job, name, values)
        parallel = min(_parallel(job), most_trials(job))
        arn = self._training.create_trial(request, self._arn, parallel)["TrainingJobArn"]
        self._numbers[name] = number
        trial = {"name": name, "arn": arn, "created": self._clock.now(), "values": values}
        self._jobs.update(self.name, lambda kept: kept["_trials"].append(trial))

    def _stop_trials(self, job: dict) -> None:
        for trial in trials.running(job):
            self._stop_trial(trial["name"])

    def _stop_trial(self, name: str) -> None:
        try:
            with suppress(AwsError):  # the trial has just ended, or is stopping
                self._training.stop_training_job({"TrainingJobName": name})
        except sqlite3.Error as error:
            if not is_full(error):
                raise
            self._training.jobs.runner.stop(name)  # the trial was Stopped without a request

    # Ending.

    def _verdict(self, job: dict) -> Verdict | None:
        """Return the tuning job's verdict once it must end, else None."""
        if job["HyperParameterTuningJobStatus"] == "Stopping":
            return "Stopped", None
        done, most = trials.ended(job), most_trials(job)
        none = all(trials.value_of(trial["summary"]) is None for trial in done)
        over = len(done) >= most
        if done and none and (over or len(done) >= ATTEMPTS):
            return "Failed", _why(done)
        if over or self._is_enough(job):
            return "Completed", None
        return None

    def _is_enough(self, job: dict) -> bool:
        """Say whether a time limit or a completion criterion is reached."""
        config = job["HyperParameterTuningJobConfig"]
        most = config["ResourceLimits"].get("MaxRuntimeInSeconds", float("inf"))
        if (self._clock.now() - job["CreationTime"]).total_seconds() >= most:
            return True
        criteria = config.get("TuningJobCompletionCriteria", {})
        patience = criteria.get("BestObjectiveNotImproving", {})
        if trials.stale(job) >= patience.get("MaxNumberOfTrainingJobsNotImproving", float("inf")):
            return True
        best = trials.best_of(job, [trial["summary"] for trial in trials.ended(job)])
        target = criteria.get("TargetObjectiveMetricValue")
        if best is None or target is None:
            return False
        return better(job) * trials.value_of(best) >= better(job) * target

    def _give_up(self, reason: str) -> None:
        """Fail the tuning job and stop its trials; only Describe shows their ends."""
        self._stop_trials(self._jobs.get(self.name))
        self._finish("Failed", reason)

    def _finish(self, status: str, reason: str | None) -> None:
        time = self._clock.now()
        fields = {
            "HyperParameterTuningJobStatus": status,
            "HyperParameterTuningEndTime": time,
            "LastModifiedTime": time,
            **({"FailureReason": reason} if reason else {}),
        }
        self._training.pools.close(self._arn)  # before a caller can see that it has ended
        # A tuning job is Completed only once that is on disk.
        late = status == "Failed"
        with nullcontext() if late else self._jobs.transaction():
            self._jobs.update(self.name, lambda job: job.update(fields), late)
            self._tell(self.name)


def _why(done: list[dict]) -> str:
    """Return, in AWS's words, the reason why no trial has an objective."""
    if any(trial["summary"]["TrainingJobStatus"] == "Completed" for trial in done):
        return (
            f"No objective metrics found after running {len(done)} training jobs. Please ensure"
            " that the custom algorithm is emitting the objective metric as defined by the regular"
            " expression provided."
        )
    return (
        f"No training job succeeded after {len(done)} attempts. For additional details, please"
        " take a look at the training job failures by listing training jobs for the"
        " hyperparameter tuning job."
    )


def _parallel(job: dict) -> int:
    return job["HyperParameterTuningJobConfig"]["ResourceLimits"]["MaxParallelTrainingJobs"]
