"""What fails is tried again as the retry policy says, then is a dead letter; all of it once."""

import json

import pytest

from local_aws.services.scheduler import executions
from tests.local_aws.services.sagemaker.jobs.requests import processing
from tests.local_aws.services.scheduler.conftest import ROLE, allow, stamp

MIDNIGHT = "cron(0 0 * * ? *)"
JOB = "arn:aws:scheduler:::aws-sdk:sagemaker:createProcessingJob"


def policy(queue=None, tries=0, age=86400):
    retry = {"MaximumRetryAttempts": tries, "MaximumEventAgeInSeconds": age}
    return {"RetryPolicy": retry, **({"DeadLetterConfig": {"Arn": queue.arn}} if queue else {})}


@pytest.fixture
def missing(client, queue):
    """Return the arn of a queue that is not there any more."""
    client("sqs").delete_queue(QueueUrl=queue.url)
    return queue.arn


def test_an_attempt_that_fails_is_made_again_under_another_id(aws, iam, put, queue, midnight):
    allow(iam, "sns:Publish")
    put(MIDNIGHT, text="<aws.scheduler.attempt-number> <aws.scheduler.execution-id>")
    aws.parts.clock.advance(10 + 1 + 2)  # attempts at 0, 1 and 3 seconds past midnight
    allow(iam, "sqs:SendMessage")
    aws.parts.clock.advance(5)
    [body] = queue.bodies()
    assert body.startswith("4 ")
    aws.parts.clock.advance(3600)
    assert queue.bodies() == []


@pytest.mark.parametrize("tries", [0, 2])
def test_what_fails_for_good_is_a_dead_letter_with_aws_attributes(
    aws, put, missing, dead, midnight, tries
):
    put(MIDNIGHT, text="hello", target={"Arn": missing, **policy(dead, tries)})
    aws.parts.clock.advance(60)
    [message] = dead.messages()
    marks = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
    assert message["Body"] == "hello"
    assert marks.pop("ERROR_CODE").endswith("NonExistentQueue") and marks.pop("ERROR_MESSAGE")
    assert len(marks.pop("EXECUTION_ID")) == 16
    assert marks == {
        "EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts", "RETRY_ATTEMPTS": str(tries),
        "IS_PAYLOAD_TRUNCATED": "false", "SCHEDULED_TIME": stamp(midnight), "TARGET_ARN": missing,
        "SCHEDULE_ARN": "arn:aws:scheduler:us-east-1:000000000000:schedule/default/s",
    }  # fmt: skip


def test_attempts_end_with_the_age_of_the_event(aws, put, missing, dead, midnight):
    put(MIDNIGHT, target={"Arn": missing, **policy(dead, 185, age=60)})
    aws.parts.clock.advance(3600)
    [message] = dead.messages()
    marks = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
    assert marks["EXHAUSTED_RETRY_CONDITION"] == "MaximumEventAgeInSeconds"
    assert marks["RETRY_ATTEMPTS"] == "5"  # after 1, 2, 4, 8 and 16 seconds more


def test_a_dead_letter_needs_the_roles_permission(aws, iam, put, queue, dead, midnight):
    allow(iam, "sns:Publish")
    put(MIDNIGHT, target=policy(dead))
    aws.parts.clock.advance(60)
    assert dead.messages() == queue.messages() == []


def test_a_deleted_schedule_is_not_tried_again(aws, scheduler, put, missing, dead, midnight):
    put(MIDNIGHT, target={"Arn": missing, **policy(dead, 5)})
    aws.parts.clock.advance(11)
    scheduler.delete_schedule(Name="s")
    aws.parts.clock.advance(3600)
    assert dead.messages() == []


def test_a_job_that_was_made_before_its_record_was_deleted_is_not_made_again(
    aws, client, put, midnight, monkeypatch
):
    """As after a server that was killed in between."""
    aws.store.put("course-bucket", "code/run.py", b"print('done')")
    made = processing("monitor-<aws.scheduler.execution-id>")
    target = {"Arn": JOB, "RoleArn": ROLE, **policy()}
    monkeypatch.setattr(executions.Collection, "delete", lambda *_: None)
    put(MIDNIGHT, text=json.dumps(made), target=target)
    aws.parts.clock.advance(11)
    monkeypatch.undo()
    [execution] = aws.engines.schedules._executions._owed
    aws.parts.clock.advance(60)
    assert len(client("sagemaker").list_processing_jobs()["ProcessingJobSummaries"]) == 1
    aws.engines.schedules._fire()
    assert not list(aws.engines.schedules._executions._owed)
    [job] = client("sagemaker").list_processing_jobs()["ProcessingJobSummaries"]
    assert job["ProcessingJobName"] == f"monitor-{execution['id']}"


def test_a_name_that_an_earlier_job_has_fails(aws, client, put, dead, midnight):
    aws.store.put("course-bucket", "code/run.py", b"print('done')")
    put(MIDNIGHT, text=json.dumps(processing("fixed")), target={"Arn": JOB, **policy(dead)})
    aws.parts.clock.advance(11)
    assert dead.messages() == []
    aws.parts.clock.advance(24 * 3600)
    [message] = dead.messages()
    assert message["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "ResourceInUse"
