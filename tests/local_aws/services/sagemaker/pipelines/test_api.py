"""Pipelines are made, changed, listed and deleted; an execution is started once for a token."""

import os
import signal
import time
from functools import partial
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from local_aws import lifecycle
from local_aws.settings import Settings
from tests.local_aws.services.sagemaker.jobs.requests import ROLE, until
from tests.local_aws.services.sagemaker.pipelines.definitions import (
    Client,
    allow,
    condition,
    equal,
    fail,
    parameter,
    text,
    train,
)
from tests.local_cloud import BUCKET, JOB_ROLE, make_client
from tools.course_run import free_port

PASS = condition("pass", equal(1, 1))
TOKEN = "t" * 32


def test_a_pipeline_is_shown_changed_and_deleted(pipelines, sagemaker):
    arn = pipelines.make(PASS, Tags=[{"Key": "a", "Value": "b"}])
    shown = sagemaker.describe_pipeline(PipelineName=arn)
    assert (shown["PipelineName"], shown["PipelineStatus"]) == ("chain", "Active")
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "a", "Value": "b"}]
    with pytest.raises(ClientError, match="Pipeline names must be unique within an AWS account"):
        pipelines.make(PASS)
    changed = sagemaker.update_pipeline(PipelineName="chain", PipelineDefinition=text(fail()))
    assert changed == {**changed, "PipelineArn": arn, "PipelineVersionId": 2}
    assert sagemaker.describe_pipeline(PipelineName="chain")["PipelineDefinition"] == text(fail())
    assert sagemaker.delete_pipeline(PipelineName="chain")["PipelineArn"] == arn
    with pytest.raises(ClientError, match="Pipeline chain does not exist"):
        sagemaker.describe_pipeline(PipelineName="chain")


def test_a_token_makes_one_pipeline_and_one_execution(pipelines, sagemaker):
    asked = {"PipelineName": "chain", "PipelineDefinition": text(PASS), "RoleArn": ROLE}
    made = [sagemaker.create_pipeline(**asked, ClientRequestToken=TOKEN) for _ in range(2)]
    assert made[0]["PipelineArn"] == made[1]["PipelineArn"]
    first, second = (pipelines.start(ClientRequestToken=TOKEN) for _ in range(2))
    assert first == second != pipelines.start(ClientRequestToken="u" * 32)


def test_pipelines_and_executions_are_listed_by_pages(pipelines, sagemaker):
    for name in ("bird", "bins", "cats"):
        pipelines.make(PASS, name=name)
    answer = sagemaker.list_pipelines(PipelineNamePrefix="bi", SortBy="Name", SortOrder="Ascending")
    assert [each["PipelineName"] for each in answer["PipelineSummaries"]] == ["bins", "bird"]
    arns = [pipelines.start("cats") for _ in range(3)]
    for arn in arns:
        pipelines.wait(arn)
    page = sagemaker.list_pipeline_executions(PipelineName="cats", MaxResults=2)
    rest = sagemaker.list_pipeline_executions(PipelineName="cats", NextToken=page["NextToken"])
    listed = page["PipelineExecutionSummaries"] + rest["PipelineExecutionSummaries"]
    assert sorted(each["PipelineExecutionArn"] for each in listed) == sorted(arns)
    assert {each["PipelineExecutionStatus"] for each in listed} == {"Succeeded"}


def test_an_execution_shows_its_parameters_and_takes_a_new_name(pipelines, sagemaker):
    declared = [parameter("rate", "Float", 0.5), parameter("name")]
    pipelines.make(PASS, parameters=declared)
    with pytest.raises(ClientError, match="need a value: name"):
        pipelines.start()
    arn = pipelines.start(parameters={"name": "a"}, PipelineExecutionDisplayName="first")
    answer = sagemaker.list_pipeline_parameters_for_execution(PipelineExecutionArn=arn)
    assert answer["PipelineParameters"] == [
        {"Name": "rate", "Value": "0.5"},
        {"Name": "name", "Value": "a"},
    ]
    pipelines.wait(arn)
    assert pipelines.describe(arn)["PipelineExecutionDisplayName"] == "first"
    sagemaker.update_pipeline_execution(
        PipelineExecutionArn=arn, PipelineExecutionDisplayName="other"
    )
    assert pipelines.describe(arn)["PipelineExecutionDisplayName"] == "other"


def test_a_pipeline_with_a_running_execution_is_not_deleted(pipelines, sagemaker):
    pipelines.make(train("train", "import time; time.sleep(300)"))
    pipelines.start()
    with pytest.raises(ClientError, match="executions that have not ended"):
        sagemaker.delete_pipeline(PipelineName="chain")


def test_what_is_not_there_is_told(sagemaker, pipelines):
    pipelines.make(PASS)
    arn = sagemaker.describe_pipeline(PipelineName="chain")["PipelineArn"]
    with pytest.raises(ClientError, match="execution/none does not exist"):
        sagemaker.describe_pipeline_execution(PipelineExecutionArn=f"{arn}/execution/none")


@pytest.fixture
def killed(tmp_path):
    """Return a local AWS in a process of its own, which a test may kill."""
    settings = Settings(tmp_path / "state", free_port())
    yield lambda: SimpleNamespace(context=lifecycle.ensure_running(settings))
    lifecycle.stop(settings.state)


def kill(aws):
    os.kill(lifecycle.owner(aws.context.state), signal.SIGKILL)
    while lifecycle.owner(aws.context.state):
        time.sleep(0.01)


@pytest.mark.slow
def test_an_execution_whose_server_was_killed_ends_with_the_reason_and_a_retry_completes_it(killed):
    aws = killed()
    client = partial(make_client, aws)
    client("s3").create_bucket(Bucket=BUCKET)
    client("iam").create_role(**JOB_ROLE)
    allow(client("iam"))
    pipelines = Client(client("sagemaker"))
    script = (
        "import boto3, time\ns3 = boto3.client('s3')\n"
        f"if 'Contents' not in s3.list_objects_v2(Bucket='{BUCKET}', Prefix='go'):\n"
        f"    s3.put_object(Bucket='{BUCKET}', Key='here')\n    time.sleep(300)\n"
    )
    pipelines.make(PASS, train("slow", script), train("after", "print(1)", DependsOn=["slow"]))
    arn = pipelines.start()
    assert until(lambda: "Contents" in client("s3").list_objects_v2(Bucket=BUCKET, Prefix="here"))
    kill(aws)
    killed()
    shown = pipelines.wait(arn)
    assert shown["PipelineExecutionStatus"] == "Failed"
    assert "the local AWS was stopped" in pipelines.steps(arn)["slow"]["FailureReason"]
    client("s3").put_object(Bucket=BUCKET, Key="go")
    pipelines.sagemaker.retry_pipeline_execution(PipelineExecutionArn=arn, ClientRequestToken=TOKEN)
    assert pipelines.wait(arn)["PipelineExecutionStatus"] == "Succeeded"
    assert pipelines.statuses(arn) == dict.fromkeys(("pass", "slow", "after"), "Succeeded")
    jobs = client("sagemaker").list_training_jobs()["TrainingJobSummaries"]
    assert sorted(each["TrainingJobStatus"] for each in jobs) == [
        "Completed",
        "Completed",
        "Failed",
    ]


@pytest.mark.slow
def test_an_execution_goes_on_after_its_server_was_killed_at_any_moment(killed):
    aws = killed()
    client = partial(make_client, aws)
    client("s3").create_bucket(Bucket=BUCKET)
    client("iam").create_role(**JOB_ROLE)
    allow(client("iam"))
    pipelines = Client(client("sagemaker"))
    again = {"ExceptionType": ["SageMaker.JOB_INTERNAL_ERROR"], "MaxAttempts": 20}
    before, chain = [], []
    for number in range(3):
        name = f"train-{number}"
        chain.append(train(name, "print(1)", DependsOn=before, RetryPolicies=[again]))
        before = [name]
    pipelines.make(*chain)
    arn = pipelines.start()
    for pause in (0.05, 0.4, 1.0):
        time.sleep(pause)
        kill(aws)
        aws = killed()
    assert pipelines.wait(arn, 120)["PipelineExecutionStatus"] == "Succeeded"
    jobs = client("sagemaker").list_training_jobs(MaxResults=100)["TrainingJobSummaries"]
    done = [each for each in jobs if each["TrainingJobStatus"] == "Completed"]
    assert len(done) == 3, "no step's job has been completed twice"
