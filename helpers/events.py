"""Rules of EventBridge with their targets, queues that get events, and buckets that tell of them.

Each call can be repeated: it changes what is different. EventBridge may deliver an event twice, and
in any order: targets must bear both.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from helpers.config import PROJECT, Config
from helpers.policy_documents import Permission
from helpers.role_trust import companys_role
from helpers.roles import Permissions, put_role, wait_until_seen
from helpers.session import client

SERVICE = "events.amazonaws.com"
ROLE = f"{PROJECT}-events"
"""The role by which rules start workflows and pipelines, of both data sets."""
ACTIONS = {"glue": "glue:notifyEvent", "sagemaker": "sagemaker:StartPipelineExecution"}
"""What the role does, by the target's service: the other targets have policies of their own."""
POLL = 5
"""Seconds that SQS waits for a message."""


@dataclass(frozen=True)
class Rule:
    """A rule and where it sends the events that match its pattern."""

    name: str
    target: str
    """An ARN."""

    def __repr__(self) -> str:
        return f"<Rule {self.name}: events go to {self.target.rpartition(':')[2]}>"


def uploads(bucket: str, prefix: str = "") -> dict:
    """Return the pattern of new objects in a bucket, below a prefix."""
    where = {"bucket": {"name": [bucket]}, "object": {"key": [{"prefix": prefix}]}}
    return {"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": where}


def failed_runs(job: str) -> dict:
    """Return the pattern of a Glue job's runs that have failed or have run out of time."""
    detail = {"jobName": [job], "state": ["FAILED", "TIMEOUT"]}
    return {"source": ["aws.glue"], "detail-type": ["Glue Job State Change"], "detail": detail}


def make_rule(
    config: Config, what: str, pattern: dict, target: str, dead_letters: str | None = None
) -> Rule:
    """Make a rule that sends events to a target, and give it the permission for that.

    A queue allows the course's rules by its own policy (`make_queue`).

    Args:
        what: the rule's name behind the course's and the data set's.
        pattern: the events.
        target: the ARN of a queue, a Glue workflow or a SageMaker pipeline.
        dead_letters: the ARN of the queue that gets what the target does not take.
    """
    events, name = client(config, "events"), f"{config.name}-{what}"
    events.put_rule(Name=name, EventPattern=json.dumps(pattern))
    more = {"DeadLetterConfig": {"Arn": dead_letters}} if dead_letters else {}
    if target.split(":")[2] in ACTIONS:
        more["RoleArn"] = _role(config)
    answer = events.put_targets(Rule=name, Targets=[{"Id": what, "Arn": target, **more}])
    if failed := answer["FailedEntries"]:
        raise RuntimeError(f"{target} is no target of {name}: {failed[0]['ErrorMessage']}")
    pages = events.get_paginator("list_targets_by_rule").paginate(Rule=name)
    others = [each["Id"] for page in pages for each in page["Targets"] if each["Id"] != what]
    if others:  # of somebody who has changed the rule: the course's rules have one target
        events.remove_targets(Rule=name, Ids=others)
    return Rule(name, target)


@contextmanager
def switched_off(config: Config, what: str) -> Iterator[None]:
    """Have a rule send no events meanwhile; it is on again whatever happens.

    Args:
        what: the rule's name behind the course's and the data set's.
    """
    events, name = client(config, "events"), f"{config.name}-{what}"
    events.disable_rule(Name=name)
    try:
        yield
    finally:
        events.enable_rule(Name=name)


def permissions(config: Config) -> Permissions:
    """Return what the rules' role may do."""
    where = {"glue": "workflow", "sagemaker": "pipeline"}
    return {
        f"start the course's {kind}s": (
            [ACTIONS[service]],
            [f"arn:aws:{service}:{config.region}:*:{kind}/{PROJECT}*"],
        )
        for service, kind in where.items()
    }


def _role(config: Config) -> str:
    if arn := companys_role(config, SERVICE):
        return arn
    role = put_role(config, ROLE, SERVICE, permissions(config))
    wait_until_seen(config, ROLE)  # an event that a rule may not deliver is not tried again
    return role


def make_queue(config: Config, what: str) -> str:
    """Make a queue to which the course's rules may send events, and return its ARN."""
    sqs = client(config, "sqs")
    url = sqs.create_queue(QueueName=f"{config.name}-{what}")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    arn = arn["Attributes"]["QueueArn"]
    account = arn.split(":")[4]
    rules = f"arn:aws:events:{config.region}:{account}:rule/{PROJECT}*"
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": SERVICE},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnLike": {"aws:SourceArn": rules}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    return arn


def received(config: Config, queue: str, count: int = 1, seconds: float = 60.0) -> list[dict]:
    """Take events from a queue until there are so many, or the time is over; return them.

    An event that came twice, which EventBridge may send, counts once.

    Args:
        queue: its ARN.
    """
    sqs, end = client(config, "sqs"), time.monotonic() + seconds
    url = sqs.get_queue_url(QueueName=queue.rpartition(":")[2])["QueueUrl"]
    events: dict[str, dict] = {}
    while len(events) < count and time.monotonic() < end:
        answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=POLL)
        messages = answer.get("Messages", [])
        for event in (json.loads(message["Body"]) for message in messages):
            events[event["id"]] = event
        if messages:
            taken = [
                {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                for number, message in enumerate(messages)
            ]
            sqs.delete_message_batch(QueueUrl=url, Entries=taken)
    return list(events.values())


def tell_events(config: Config, bucket: str) -> None:
    """Have a bucket tell EventBridge of its objects; its other notices stay.

    Raises:
        ValueError: the account's own bucket, which is not changed, does not tell.
    """
    s3 = client(config, "s3")
    present = s3.get_bucket_notification_configuration(Bucket=bucket)
    del present["ResponseMetadata"]
    if "EventBridgeConfiguration" not in present:
        if config.account.bucket:
            raise ValueError(
                f"The bucket {bucket} does not tell EventBridge of its objects: have Amazon "
                "EventBridge switched on in its properties, under event notifications"
            )
        s3.put_bucket_notification_configuration(
            Bucket=bucket, NotificationConfiguration={**present, "EventBridgeConfiguration": {}}
        )


def rules_permissions(place: str) -> Iterator[Permission]:
    """Yield what a person must be allowed for rules, at `region:account`."""
    rules = (
        *("DeleteRule", "DisableRule", "EnableRule", "ListTagsForResource", "ListTargetsByRule"),
        *("PutRule", "PutTargets", "RemoveTargets", "TagResource"),
    )
    yield Permission(
        "make rules of EventBridge and delete them",
        tuple(f"events:{name}" for name in rules),
        (f"arn:aws:events:{place}:rule/{PROJECT}*",),
    )
    yield Permission("find rules", ("events:ListRules",))
