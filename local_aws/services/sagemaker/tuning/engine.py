"""Executes the operations on hyperparameter tuning jobs; trains nothing.

Trials are training jobs of the training engine, on clusters that the tuning job keeps until it
ends: only the first trial on each of MaxParallelTrainingJobs clusters starts cold, and spot trials,
and a trial after one that damaged its cluster. Left out, and refused by name: several training job
definitions, Autotune, convergence detection, instance fallback lists, algorithms of AWS
Marketplace. After a restart of the server a tuning job goes on: interrupted trials count as
RetryableError, and are run again.
"""

import secrets
import threading

from local_aws.errors import AwsError
from local_aws.images.registry import find
from local_aws.parts import Engine, Parts
from local_aws.services.sagemaker import state_events
from local_aws.services.sagemaker.jobs.training import Training
from local_aws.services.sagemaker.jobs.training_request import ALGORITHM, MEMBERS
from local_aws.services.sagemaker.tuning import trials
from local_aws.services.sagemaker.tuning.requests import check
from local_aws.services.sagemaker.tuning.tuning_run import TuningRun
from local_aws.services.sagemaker.tuning.warm_start import inherit
from local_aws.state.collection import Collection, public
from local_aws.wire.listing import CHANGED, LISTED, Listing

NAME, ARN = "HyperParameterTuningJobName", "HyperParameterTuningJobArn"
STATUS = "HyperParameterTuningJobStatus"
JOBS = Listing(
    "HyperParameterTuningJobSummaries", NAME,
    (NAME, ARN, STATUS, "Strategy", "CreationTime", "HyperParameterTuningEndTime",
     "LastModifiedTime", "TrainingJobStatusCounters", "ObjectiveStatusCounters", "ResourceLimits"),
    STATUS,
)  # fmt: skip
VALUE = "_value"
TRIALS = Listing(
    "TrainingJobSummaries", "TrainingJobName",
    ("TrainingJobName", "TrainingJobArn", *trials.TIMES, "TrainingJobStatus",
     "TunedHyperParameters", "FailureReason", "FinalHyperParameterTuningJobObjectiveMetric",
     "ObjectiveStatus"),
    "TrainingJobStatus", (("FinalObjectiveMetricValue", VALUE),),
)  # fmt: skip


OPERATIONS = {
    "sagemaker": {
        "CreateHyperParameterTuningJob": f"""HyperParameterTuningJobName Tags(*)
            HyperParameterTuningJobConfig(Strategy
                StrategyConfig(HyperbandStrategyConfig(MinResource MaxResource))
                HyperParameterTuningJobObjective(Type MetricName) RandomSeed
                ResourceLimits(MaxNumberOfTrainingJobs MaxParallelTrainingJobs MaxRuntimeInSeconds)
                ParameterRanges(IntegerParameterRanges(*) ContinuousParameterRanges(*)
                    CategoricalParameterRanges(*))
                TrainingJobEarlyStoppingType TuningJobCompletionCriteria(
                    TargetObjectiveMetricValue BestObjectiveNotImproving(*)
                    ConvergenceDetected(CompleteOnConvergence=Disabled)))
            TrainingJobDefinition(DefinitionName StaticHyperParameters {MEMBERS}
                AlgorithmSpecification({ALGORITHM}))
            WarmStartConfig(WarmStartType
                ParentHyperParameterTuningJobs(HyperParameterTuningJobName))""",
        "DescribeHyperParameterTuningJob": NAME,
        "ListHyperParameterTuningJobs": f"{LISTED} {CHANGED}",
        "ListTrainingJobsForHyperParameterTuningJob": f"""{NAME} StatusEquals SortBy SortOrder
            NextToken MaxResults""",
        "StopHyperParameterTuningJob": NAME,
        "DeleteHyperParameterTuningJob": NAME,
    },
}


class Tuning(Engine):
    """The tuning jobs; each has a thread while it runs."""

    name, operations = "tuning", OPERATIONS

    def __init__(self, parts: Parts):
        super().__init__(parts)
        self._context, self._clock = parts.context, parts.clock
        self._training = parts.engine(Training)
        self.documents = Collection(parts.documents, "HyperParameterTuningJob")
        self._runs: dict[str, TuningRun] = {}
        self._lock = threading.Lock()

    # The operations.

    def create_hyper_parameter_tuning_job(self, request: dict) -> dict:
        check(request)
        algorithm = request["TrainingJobDefinition"]["AlgorithmSpecification"]
        find(self._context, algorithm.get("TrainingImage", ""))
        name, arn, time = request[NAME], self._arn(request[NAME]), self._clock.now()
        job = {**request, ARN: arn, STATUS: "InProgress"}
        job |= {"CreationTime": time, "LastModifiedTime": time}
        seed = request["HyperParameterTuningJobConfig"].get("RandomSeed", secrets.randbits(31))
        job |= {"_trials": [], "_seed": seed, **self._inherit(request)}
        if not self.documents.add(name, job):
            message = f"Tuning job names must be unique, and a tuning job {arn} already exists"
            raise AwsError("ResourceInUse", message)
        self._tell(name)
        self._start(name)
        return {ARN: arn}

    def describe_hyper_parameter_tuning_job(self, request: dict) -> dict:
        return public(self._described(self._document(request[NAME])))

    def list_hyper_parameter_tuning_jobs(self, request: dict) -> dict:
        return JOBS.answer(map(self._listed, self.documents.listed()), request)

    def list_training_jobs_for_hyper_parameter_tuning_job(self, request: dict) -> dict:
        job = self._document(request[NAME])
        query = {"SortBy": "Name", "SortOrder": "Ascending", **request}
        del query[NAME]
        summaries = self._summaries(job)
        if query["SortBy"] == "FinalObjectiveMetricValue":
            # By the API's documentation, trials without a value are not listed then.
            summaries = [{**summary, VALUE: trials.value_of(summary)} for summary in summaries]
            summaries = [summary for summary in summaries if summary[VALUE] is not None]
        return TRIALS.answer(summaries, query)

    def stop_hyper_parameter_tuning_job(self, request: dict) -> dict:
        name = request[NAME]
        self._document(name)

        def change(job: dict) -> None:
            if job[STATUS] != "InProgress":
                message = f"The request was rejected because the tuning job is {job[STATUS]}."
                raise AwsError("ValidationException", message)
            job.update({STATUS: "Stopping", "LastModifiedTime": self._clock.now()})

        self.documents.update(name, change)
        self._tell(name)
        if run := self._runs.get(name):
            run.wake()
        return {}

    def delete_hyper_parameter_tuning_job(self, request: dict) -> dict:
        name = request[NAME]
        if self._document(name)[STATUS] in ("InProgress", "Stopping"):
            raise AwsError("ResourceInUse", f"Tuning job {name} is still running: stop it first.")
        self.documents.delete(name)
        return {}

    # Parts of the operations.

    def _arn(self, name: str) -> str:
        return self._context.arn("sagemaker", f"hyper-parameter-tuning-job/{name}")

    def _document(self, name: str) -> dict:
        if (document := self.documents.get(name)) is None:
            message = f"Requested resource not found: {self._arn(name)}"
            raise AwsError("ResourceNotFound", message)
        return document

    def _inherit(self, request: dict) -> dict:
        if not (config := request.get("WarmStartConfig")):
            return {}
        parents = [
            self._document(parent.get(NAME, ""))
            for parent in config["ParentHyperParameterTuningJobs"]
        ]
        return inherit(request, parents)

    def _summaries(self, job: dict) -> list[dict]:
        """Return each trial's summary: the kept one of an ended trial, else the present one."""
        jobs = self._training.jobs.records.documents
        return [
            trial.get("summary")
            or trials.summarise(job, trial, trials.training_job(jobs, trial, self._clock))
            for trial in job["_trials"]
        ]

    def _described(self, job: dict) -> dict:
        summaries = self._summaries(job)
        end = job.get("HyperParameterTuningEndTime", self._clock.now())
        seconds = round((end - job["CreationTime"]).total_seconds())
        described = {
            **job,
            **trials.counters(job, summaries),
            "ConsumedResources": {"RuntimeInSeconds": seconds},
            "TuningJobCompletionDetails": {
                "NumberOfTrainingJobsObjectiveNotImproving": trials.stale(job)
            },
        }
        best = trials.best_of(job, summaries)
        if best:
            described["BestTrainingJob"] = best
        if "_parents_best" in job:
            candidates = [each for each in (best, job["_parents_best"]) if each]
            described["OverallBestTrainingJob"] = trials.best_of(job, candidates)
        return described

    def _listed(self, job: dict) -> dict:
        config = job["HyperParameterTuningJobConfig"]
        limits = {"Strategy": config["Strategy"], "ResourceLimits": config["ResourceLimits"]}
        return {**job, **limits, **trials.counters(job, self._summaries(job))}

    def _tell(self, name: str) -> None:
        job = self._described(self._document(name))
        state_events.tell(self.parts, "HyperParameter Tuning Job", job[ARN], job, late=True)

    # The server's life.

    def _start(self, name: str) -> None:
        with self._lock:
            run = TuningRun(name, self.documents, self.parts, self._tell)
            self._runs[name] = run
            run.start()

    def recover(self) -> None:
        """Continue the tuning jobs that the last server's end interrupted."""
        for document in self.documents:
            if document[STATUS] in ("InProgress", "Stopping"):
                self._start(document[NAME])

    def shut_down(self) -> None:
        """End the threads; the next server continues the tuning jobs."""
        with self._lock:
            runs = list(self._runs.values())
        for run in runs:
            run.leave()
        for document in self.documents:
            self.documents.update(document[NAME], _mark_interrupted, late=True)


def _mark_interrupted(job: dict) -> None:
    if job[STATUS] == "InProgress":
        for trial in trials.running(job):
            trial["interrupted"] = True
