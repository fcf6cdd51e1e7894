"""Targets are called with their input and as their role; what can't be called is refused."""

import json

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.services.sagemaker.jobs.requests import ROLE as JOBS_ROLE
from tests.local_aws.services.sagemaker.jobs.requests import processing, until
from tests.local_aws.services.sagemaker.pipelines.definitions import fail, get, parameter, text
from tests.local_aws.services.scheduler.conftest import allow, stamp, trust

JOB = {"Arn": "arn:aws:scheduler:::aws-sdk:sagemaker:createProcessingJob"}
START = "arn:aws:scheduler:::aws-sdk:sagemaker:startPipelineExecution"
PIPELINE = "arn:aws:sagemaker:us-east-1:000000000000:pipeline/chain"
NAME = "monitor-<aws.scheduler.execution-id>"
MIDNIGHT = "cron(0 0 * * ? *)"


def job(name=NAME, **more):
    return json.dumps({**processing(name), **more})


@pytest.fixture
def jobs(aws, client):
    """Return a function that returns the descriptions of all jobs."""
    aws.store.put("course-bucket", "code/run.py", b"print('done')")
    sagemaker = client("sagemaker")

    def read():
        summaries = sagemaker.list_processing_jobs()["ProcessingJobSummaries"]
        names = [each["ProcessingJobName"] for each in summaries]
        return [sagemaker.describe_processing_job(ProcessingJobName=name) for name in names]

    return read


def test_a_processing_job_runs_for_each_due_time_under_the_executions_id(aws, put, jobs, midnight):
    put(MIDNIGHT, text=job(), target=JOB)
    aws.parts.clock.advance(11)
    aws.parts.clock.advance(24 * 3600)
    names = {each["ProcessingJobName"] for each in jobs()}
    assert len(names) == 2
    for name in names:
        prefix, _, execution = name.partition("-")
        assert prefix == "monitor" and len(execution) == 16 and int(execution, 16) >= 0


def test_the_context_attributes_are_in_the_input(aws, put, queue, midnight):
    words = ("schedule-arn", "scheduled-time", "execution-id", "attempt-number")
    put(MIDNIGHT, text=" ".join(f"<aws.scheduler.{word}>" for word in words))
    aws.parts.clock.advance(11)
    [body] = queue.bodies()
    arn, time, execution, attempt = body.split(" ")
    assert arn == "arn:aws:scheduler:us-east-1:000000000000:schedule/default/s"
    assert (time, attempt, len(execution)) == (stamp(midnight), "1", 16)


def test_a_topic_publishes_the_input(aws, client, put, queue, midnight):
    topic = client("sns").create_topic(Name="news")["TopicArn"]
    client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue.arn)
    put(MIDNIGHT, text="due", target={"Arn": topic})
    aws.parts.clock.advance(11)
    [body] = queue.bodies()
    assert json.loads(body)["Message"] == "due"


@pytest.fixture
def executions(client, iam):
    """Return a function that returns the reasons of the executions of a pipeline, `chain`."""
    allow(iam, "sagemaker:StartPipelineExecution")
    sagemaker = client("sagemaker")
    definition = text(fail("stop", get("Parameters.at")), parameters=[parameter("at")])
    sagemaker.create_pipeline(
        PipelineName="chain", PipelineDefinition=definition, RoleArn=JOBS_ROLE
    )

    def read():
        until(lambda: "Executing" not in {each["PipelineExecutionStatus"] for each in listed()})
        return [each.get("PipelineExecutionFailureReason") for each in listed()]

    def listed():
        answer = sagemaker.list_pipeline_executions(PipelineName="chain")
        return answer["PipelineExecutionSummaries"]

    return read


def test_a_pipeline_is_started_with_parameters(aws, put, executions, midnight):
    parameters = [{"Name": "at", "Value": "<aws.scheduler.scheduled-time>"}]
    pipeline = {"PipelineParameterList": parameters}
    put(MIDNIGHT, text=None, target={"Arn": PIPELINE, "SageMakerPipelineParameters": pipeline})
    aws.parts.clock.advance(11)
    assert executions() == [stamp(midnight)]


def test_a_pipeline_is_started_by_a_request_too(aws, put, executions, midnight):
    token = "<aws.scheduler.execution-id>" * 2
    request = {"PipelineName": "chain", "ClientRequestToken": token}
    request["PipelineParameters"] = [{"Name": "at", "Value": "noon"}]
    put(MIDNIGHT, text=json.dumps(request), target={"Arn": START})
    aws.parts.clock.advance(11)
    assert executions() == ["noon"]


@pytest.mark.parametrize(
    ("arn", "name"),
    [
        ("arn:aws:scheduler:::aws-sdk:sagemaker:stopPipelineExecution", "stopPipelineExecution"),
        ("arn:aws:scheduler:::aws-sdk:sqs:sendMessage", "sqs:sendMessage"),
        ("arn:aws:lambda:us-east-1:000000000000:function:f", "function:f"),
        ("arn:aws:sqs:us-east-1:000000000000:q.fifo", "q.fifo"),
    ],
)
def test_another_target_is_refused_by_name(put, arn, name):
    with pytest.raises(ClientError, match="NotImplementedException") as refusal:
        put(MIDNIGHT, target={"Arn": arn})
    assert name in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "Invalid RequestJson"),
        ("[]", "Invalid RequestJson"),
        (job("<aws.scheduler.scheduled-time>"), "processingJobName"),
        (job(RoleArn=1), "roleArn"),
        (json.dumps({"ProcessingJobName": "a"}), "Member must not be null"),
        (job(ExperimentConfig={"TrialName": "t"}), "ExperimentConfig"),
        (job(Environment={"A": "x" * 262144}), "262144 bytes"),
    ],
)
def test_an_input_that_could_not_be_sent_is_refused(put, text, words):
    with pytest.raises(ClientError) as refusal:
        put(MIDNIGHT, text=text, target=JOB)
    assert words in str(refusal.value)


def test_a_role_that_does_not_trust_the_scheduler_is_refused(iam, put):
    iam.update_assume_role_policy(RoleName="schedules", PolicyDocument=trust("ec2.amazonaws.com"))
    with pytest.raises(ClientError, match="must allow AWS EventBridge Scheduler to assume"):
        put(MIDNIGHT)


@pytest.mark.parametrize(
    ("actions", "count"),
    [
        (("sagemaker:CreateProcessingJob", "iam:PassRole"), 1),
        (("sagemaker:CreateProcessingJob",), 0),
        (("iam:PassRole",), 0),
    ],
)
def test_the_role_must_be_allowed_the_job_and_to_pass_its_role(
    aws, iam, put, jobs, midnight, actions, count
):
    allow(iam, *actions)
    put(MIDNIGHT, text=job(), target=JOB | {"RetryPolicy": {"MaximumRetryAttempts": 0}})
    aws.parts.clock.advance(11)
    assert len(jobs()) == count


def test_a_jobs_role_that_sagemaker_can_not_assume_is_refused(aws, iam, put, jobs, midnight):
    text = job(RoleArn="arn:aws:iam::000000000000:role/schedules")
    put(MIDNIGHT, text=text, target=JOB | {"RetryPolicy": {"MaximumRetryAttempts": 0}})
    aws.parts.clock.advance(11)
    assert jobs() == []


def test_a_role_may_send_only_what_it_is_allowed(aws, iam, put, queue, midnight):
    allow(iam, "sns:Publish")
    put(MIDNIGHT, target={"RetryPolicy": {"MaximumRetryAttempts": 0}})
    aws.parts.clock.advance(11)
    assert queue.bodies() == []
