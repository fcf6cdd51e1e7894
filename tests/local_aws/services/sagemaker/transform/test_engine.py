"""Transform jobs send each object to a model's server, and are as honest as other jobs."""

import json
import subprocess
import sys
from functools import partial

import pytest
from botocore.exceptions import ClientError

from local_aws.server import LocalAws
from local_aws.services.sagemaker.jobs.runner import ENDED
from tests.local_aws.services.sagemaker.hosting.models import Hosting, archive
from tests.local_aws.services.sagemaker.jobs.requests import wait_for
from tests.local_aws.services.sagemaker.transform.jobs import ECHO, Transforms, transform
from tests.local_cloud import furnish, make_client


def test_every_object_has_an_output_under_its_name(transforms):
    transforms.hosting.model(data=archive(ECHO))
    transforms.put(a="one", b__c="two")
    job = transforms.run()
    assert job["TransformJobStatus"] == "Completed"
    assert job["TransformStartTime"] <= job["TransformEndTime"]
    outputs = transforms.outputs()
    assert outputs.keys() == {"a.txt.out", "b/c.txt.out"}
    answer = {"body": "two", "type": "text/plain", "batch": "true"}
    assert json.loads(outputs["b/c.txt.out"]) == answer


def test_a_job_goes_on_with_a_model_that_is_deleted_meanwhile(transforms):
    transforms.hosting.model(data=archive(ECHO))
    transforms.put(a="one")
    transforms.sagemaker.create_transform_job(**transform())
    transforms.sagemaker.delete_model(ModelName="model")
    job = wait_for(transforms.sagemaker, "TransformJob", "job")
    assert (job["TransformJobStatus"], job["ModelName"]) == ("Completed", "model")


def test_jobs_are_listed_by_status_and_name(transforms):
    transforms.hosting.model(data=archive(ECHO))
    transforms.put(a="one", b="bad")
    transforms.run(name="good-1", key="in/a")
    transforms.run(name="bad-1", ModelClientConfig={"InvocationsMaxRetries": 0})
    call = transforms.sagemaker.list_transform_jobs
    (failed,) = call(StatusEquals="Failed")["TransformJobSummaries"]
    assert failed["TransformJobName"] == "bad-1"
    assert failed["FailureReason"] == "AlgorithmError: See job logs for more information"
    assert failed["TransformJobArn"].endswith(":transform-job/bad-1")
    names = [each["TransformJobName"] for each in call()["TransformJobSummaries"]]
    assert names == ["bad-1", "good-1"]


def test_names_and_quotas_are_those_of_other_jobs(transforms, monkeypatch):
    monkeypatch.setattr("local_aws.services.sagemaker.jobs.quotas.DEFAULT", 1)
    transforms.hosting.model()
    with pytest.raises(ClientError, match="'ml.m5.large for transform job usage' is 1 Instances"):
        transforms.sagemaker.create_transform_job(**transform(count=2))
    transforms.run()
    with pytest.raises(ClientError, match="ResourceInUse"):
        transforms.sagemaker.create_transform_job(**transform())
    with pytest.raises(ClientError, match="ResourceNotFound"):
        transforms.sagemaker.describe_transform_job(TransformJobName="nobody")
    with pytest.raises(ClientError, match="in status Failed"):
        transforms.sagemaker.stop_transform_job(TransformJobName="job")


SERVER = """
import json, sys, time
from pathlib import Path
from local_aws.server import LocalAws
with LocalAws(Path(sys.argv[1])) as aws:
    aws.parts.call("sagemaker", "CreateTransformJob", json.loads(sys.argv[2]))
    group = {"logGroupName": "/aws/sagemaker/TransformJobs"}
    while not aws.engines.logs.describe_log_groups({})["logGroups"] or "waits" not in str(
        aws.engines.logs.filter_log_events(group)
    ):
        time.sleep(0.1)
    print("on", flush=True)
    time.sleep(600)
"""
WAITS = """
    if not data[0].startswith(b"again"):
        import time
        print("waits", flush=True)
        time.sleep(600)
"""


def test_a_job_that_a_killed_server_took_with_it_is_failed_after_the_restart(tmp_path):
    script = ECHO.replace("def predict_fn(data, model):", f"def predict_fn(data, model):{WAITS}")
    with LocalAws(tmp_path) as aws:
        furnish(aws)
        transforms = Transforms(Hosting(aws, partial(make_client, aws)))
        transforms.hosting.model(data=archive(script))
        transforms.put(a="a")
    command = [sys.executable, "-c", SERVER, str(tmp_path), json.dumps(transform())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout.readline() == "on\n"
        server.kill()
    with LocalAws(tmp_path) as aws:
        transforms = Transforms(Hosting(aws, partial(make_client, aws)))
        job = transforms.sagemaker.describe_transform_job(TransformJobName="job")
        assert (job["TransformJobStatus"], job["FailureReason"]) == ("Failed", ENDED)
        assert not list((aws.context.state / "instances").iterdir())
        transforms.put(a="again")
        assert transforms.run(name="again")["TransformJobStatus"] == "Completed"
        assert transforms.outputs().keys() == {"a.txt.out"}
