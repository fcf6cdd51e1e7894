"""Requests for small jobs, and waiting for them."""

import time

from botocore import xform_name

from tests.local_cloud import BUCKET, IMAGE

ROLE = "arn:aws:iam::000000000000:role/course"
INPUT = "/opt/ml/processing/input"


def _source(name, key, how="FullyReplicated"):
    paths = {"S3Uri": f"s3://{BUCKET}/{key}", "LocalPath": f"{INPUT}/{name}"}
    kind = {"S3DataType": "S3Prefix", "S3InputMode": "File", "S3DataDistributionType": how}
    return {"InputName": name, "S3Input": {**paths, **kind}}


def processing(name, *arguments, count=1, kind="ml.m5.large", data=None):
    """Return a CreateProcessingJob request that runs `code/run.py` of the bucket.

    `data` is the distribution type of the input `data/`; None for no such input.
    """
    output = {"S3Uri": f"s3://{BUCKET}/output", "LocalPath": "/opt/ml/processing/output"}
    outputs = [{"OutputName": "o", "S3Output": {**output, "S3UploadMode": "EndOfJob"}}]
    inputs = [_source("code", "code/run.py")] + ([_source("data", "data/", data)] if data else [])
    specification = {"ImageUri": IMAGE, "ContainerEntrypoint": ["python3", f"{INPUT}/code/run.py"]}
    cluster = {"InstanceCount": count, "InstanceType": kind, "VolumeSizeInGB": 1}
    return {
        "ProcessingJobName": name,
        "ProcessingInputs": inputs,
        "ProcessingOutputConfig": {"Outputs": outputs},
        "AppSpecification": specification
        | ({"ContainerArguments": list(arguments)} if arguments else {}),
        "ProcessingResources": {"ClusterConfig": cluster},
        "RoleArn": ROLE,
    }


def training(name, script, *, count=1, seconds=60, metrics=(), **more):
    """Return a CreateTrainingJob request that runs a Python program given as text."""
    algorithm = {
        "TrainingImage": IMAGE,
        "TrainingInputMode": "File",
        "ContainerEntrypoint": ["python3"],
        # An argument of a container has one line, a variable may have more.
        "ContainerArguments": ["-c", "import os; exec(os.environ['SCRIPT'])"],
        "MetricDefinitions": [{"Name": key, "Regex": regex} for key, regex in metrics],
    }
    cluster = {"InstanceCount": count, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}
    return {
        "TrainingJobName": name,
        "AlgorithmSpecification": algorithm,
        "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/models"},
        "ResourceConfig": cluster,
        "StoppingCondition": {"MaxRuntimeInSeconds": seconds},
        "Environment": {"SCRIPT": script},
        "RoleArn": ROLE,
        **more,
    }


def channel(name, key, how="FullyReplicated", **more):
    """Return a training channel of the bucket's objects below `key`."""
    source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/{key}"}
    source["S3DataDistributionType"] = how
    return {"ChannelName": name, "DataSource": {"S3DataSource": source}, **more}


def wait_for(sagemaker, kind, name, seconds=60):
    """Return a job's description once it has ended."""
    describe = getattr(sagemaker, xform_name(f"Describe{kind}"))
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        job = describe(**{f"{kind}Name": name})
        if job[f"{kind}Status"] not in ("InProgress", "Stopping"):
            return job
        time.sleep(0.05)
    raise AssertionError(f"{name} has not ended in {seconds} s")


def spot(name, script, *, wait=120, **more):
    """Return a request for a job on spot instances."""
    request = training(name, script, EnableManagedSpotTraining=True, **more)
    if wait:
        request["StoppingCondition"]["MaxWaitTimeInSeconds"] = wait
    return request


def run_training(sagemaker, script, **more):
    """Run a program as a training job and return its description."""
    sagemaker.create_training_job(**training("job", script, **more))
    return wait_for(sagemaker, "TrainingJob", "job")


def statuses(job):
    """Return the secondary statuses that a training job has passed through."""
    return [each["Status"] for each in job["SecondaryStatusTransitions"]]


def printed(aws, kind="TrainingJob"):
    """Return all lines that jobs of a kind have printed."""
    group = {"logGroupName": f"/aws/sagemaker/{kind}s"}
    return [event["message"] for event in aws.engines.logs.filter_log_events(group)["events"]]


def until(happens, seconds=20):
    """Wait for a true result of `happens()`, and return it."""
    deadline = time.monotonic() + seconds
    while not (value := happens()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return value
