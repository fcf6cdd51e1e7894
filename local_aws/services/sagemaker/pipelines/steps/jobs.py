"""Steps that are jobs of SageMaker: processing, training, tuning, transform; runs none itself."""

from contextlib import suppress
from typing import ClassVar

from local_aws.errors import AwsError
from local_aws.services.sagemaker.pipelines.steps.kind import End, Kind

ENDS = {"Completed": "Succeeded", "Failed": "Failed", "Stopped": "Stopped"}


class Job(Kind):
    """A step that is a job: it is created, described and stopped."""

    noun: ClassVar[str]
    """`TrainingJob`, …: the operations' and members' name of it."""
    word: ClassVar[str]
    """Its name in a step's metadata."""
    cacheable = True

    def __init_subclass__(cls) -> None:
        cls.operation, cls.named = f"Create{cls.noun}", f"{cls.noun}Name"
        cls.word = cls.__dict__.get("word", cls.noun)

    def start(self, record: dict, is_again: bool) -> dict:
        if is_again and (job := self._described(record)):
            return {self.word: {"Arn": job[f"{self.noun}Arn"]}}
        return {self.word: {"Arn": self.send(record)[f"{self.noun}Arn"]}}

    def _described(self, record: dict) -> dict | None:
        try:
            return self._call("Describe", record)
        except AwsError:
            return None

    def _call(self, verb: str, record: dict) -> dict:
        request = {self.named: record["_name"]}
        return self.parts.call("sagemaker", f"{verb}{self.noun}", request)

    def end(self, record: dict) -> End | None:
        if (job := self._described(record)) is None:
            return End("Failed", f"ClientError: {self.noun} {record['_name']} was deleted")
        if (status := ENDS.get(job[f"{self.noun}Status"])) is None:
            return None
        return End(status, job.get("FailureReason", ""), self.outputs(job))

    def outputs(self, job: dict) -> dict:
        """Return the properties of an ended job."""
        return job

    def stop(self, record: dict) -> None:
        with suppress(AwsError):  # it has just ended, or is stopping
            self._call("Stop", record)


class Processing(Job):
    """A processing job."""

    type, noun = "Processing", "ProcessingJob"
    compared = ("AppSpecification", "Environment", "ProcessingInputs")


class Training(Job):
    """A training job."""

    type, noun = "Training", "TrainingJob"
    compared = (
        *("AlgorithmSpecification", "CheckpointConfig", "Environment", "HyperParameters"),
        "InputDataConfig",
    )


class Tuning(Job):
    """A hyperparameter tuning job; other steps get its best training jobs, too."""

    type, noun, word = "Tuning", "HyperParameterTuningJob", "TuningJob"
    compared = ("HyperParameterTuningJobConfig", "TrainingJobDefinition")

    def outputs(self, job: dict) -> dict:
        operation = "ListTrainingJobsForHyperParameterTuningJob"
        order = "Descending"
        objective = job["HyperParameterTuningJobConfig"]["HyperParameterTuningJobObjective"]
        if objective["Type"] == "Minimize":
            order = "Ascending"
        asked = {self.named: job[self.named], "MaxResults": 50, "SortOrder": order}
        asked["SortBy"] = "FinalObjectiveMetricValue"
        return {**job, **self.parts.call("sagemaker", operation, asked)}


class Transform(Job):
    """A batch transform job."""

    type, noun = "Transform", "TransformJob"
    compared = ("DataProcessing", "Environment", "ModelName", "TransformInput")
