"""Schedules that are sent to a queue, as a role that may; and time that passes at once."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from local_aws.services.scheduler.targets import SERVICE

ROLE = "arn:aws:iam::000000000000:role/schedules"
OFF = {"Mode": "OFF"}


def trust(service=SERVICE):
    """Return a policy that lets a service assume a role."""
    who = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [who]})


def allow(iam, *actions):
    """Let the schedules' role do these actions alone."""
    statement = {"Effect": "Allow", "Action": [*actions], "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(RoleName="schedules", PolicyName="p", PolicyDocument=document)


class Queue:
    """A queue, and what is in it."""

    def __init__(self, sqs, name):
        self._sqs, self.url = sqs, sqs.create_queue(QueueName=name)["QueueUrl"]
        self.arn = f"arn:aws:sqs:us-east-1:000000000000:{name}"

    def messages(self):
        """Take all messages out."""
        taken = []
        while True:
            answer = self._sqs.receive_message(
                QueueUrl=self.url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
            )
            if not (messages := answer.get("Messages", [])):
                return taken
            for message in messages:
                handle = message["ReceiptHandle"]
                self._sqs.delete_message(QueueUrl=self.url, ReceiptHandle=handle)
            taken += messages

    def bodies(self):
        return [message["Body"] for message in self.messages()]


@pytest.fixture
def iam(client):
    """Return a client of IAM; the schedules' role is there, and may do all that they need."""
    iam = client("iam")
    iam.create_role(RoleName="schedules", AssumeRolePolicyDocument=trust())
    allow(iam, "sagemaker:CreateProcessingJob", "iam:PassRole", "sqs:SendMessage", "sns:Publish")
    return iam


@pytest.fixture
def scheduler(client, iam):
    """Return a client of EventBridge Scheduler."""
    return client("scheduler")


@pytest.fixture
def queue(client):
    """Return the queue that schedules are sent to."""
    return Queue(client("sqs"), "due")


@pytest.fixture
def dead(client):
    """Return a dead-letter queue."""
    return Queue(client("sqs"), "dead")


@pytest.fixture
def put(scheduler, queue):
    """Return a function that makes a schedule of the queue."""

    def put(expression, name="s", text="<aws.scheduler.scheduled-time>", target=(), **more):
        given = {} if text is None else {"Input": text}
        target = {"Arn": queue.arn, "RoleArn": ROLE, **given, **dict(target)}
        request = {"FlexibleTimeWindow": OFF, "Target": target, **more}
        return scheduler.create_schedule(Name=name, ScheduleExpression=expression, **request)

    return put


@pytest.fixture
def midnight(aws):
    """Move the clock to ten seconds before a midnight, and return that midnight."""
    now = aws.parts.clock.now()
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    aws.parts.clock.advance((midnight - now).total_seconds() - 10)
    return midnight


def stamp(time: datetime) -> str:
    """Return a time as the context attributes have it."""
    return f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
