"""Requests for small tuning jobs over a script, and waiting for them."""

import io
import tarfile
import time

from tests.local_aws.services.sagemaker.jobs.requests import ROLE
from tests.local_cloud import BUCKET, IMAGE

SUBMIT = f"s3://{BUCKET}/code/sourcedir.tar.gz"
METRIC = "score"
SCORE = """
import sys
given = dict(zip(sys.argv[1::2], sys.argv[2::2]))
x = float(given.get('-x', 0))
print(f'score={1 - (x - 0.7) ** 2}', flush=True)
"""
"""Best at x = 0.7."""


def archive(script):
    """Return a source archive with one script, `trial.py`."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        member = tarfile.TarInfo("trial.py")
        member.size = len(script.encode())
        tar.addfile(member, io.BytesIO(script.encode()))
    return packed.getvalue()


def continuous(name="x", low="0", high="1", scaling="Linear"):
    return {"Name": name, "MinValue": low, "MaxValue": high, "ScalingType": scaling}


def tuning(name="tune", *, trials=2, parallel=1, strategy="Random", ranges=None, static=(), **more):
    """Return a CreateHyperParameterTuningJob request; `more` goes to the job's config."""
    limits = {"MaxParallelTrainingJobs": parallel}
    if trials:
        limits["MaxNumberOfTrainingJobs"] = trials
    config = {
        "Strategy": strategy,
        "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": METRIC},
        "ResourceLimits": limits,
        "ParameterRanges": ranges or {"ContinuousParameterRanges": [continuous()]},
        "RandomSeed": 1,
    }
    parameters = {
        "sagemaker_program": "trial.py",
        "sagemaker_submit_directory": SUBMIT,
        **dict(static),
    }
    definition = {
        "StaticHyperParameters": parameters,
        "AlgorithmSpecification": {
            "TrainingImage": IMAGE,
            "TrainingInputMode": "File",
            "MetricDefinitions": [{"Name": METRIC, "Regex": r"score=(\S+)"}],
        },
        "RoleArn": ROLE,
        "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/models"},
        "ResourceConfig": {
            "InstanceCount": 1,
            "InstanceType": "ml.m5.large",
            "VolumeSizeInGB": 1,
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
    }
    return {
        "HyperParameterTuningJobName": name,
        "HyperParameterTuningJobConfig": {**config, **more},
        "TrainingJobDefinition": definition,
    }


def describe(sagemaker, name="tune"):
    return sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)


def trials_of(sagemaker, name="tune", **how):
    """Return the summaries of a tuning job's training jobs, by name."""
    answer = sagemaker.list_training_jobs_for_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=name, MaxResults=100, **how
    )
    return answer["TrainingJobSummaries"]


def wait_until(condition, seconds=60):
    """Return what a function returns once that is true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if result := condition():
            return result
        time.sleep(0.05)
    raise AssertionError(f"not so in {seconds} s")


def wait_for_tuning(sagemaker, name="tune"):
    """Return a tuning job's description once it has ended."""

    def ended():
        job = describe(sagemaker, name)
        running = ("InProgress", "Stopping")
        return None if job["HyperParameterTuningJobStatus"] in running else job

    return wait_until(ended)
