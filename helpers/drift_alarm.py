"""Raises an alarm when a monitoring job finds violations, and tells people of it; runs no job.

An e-mail address subscribes to the topic by `sns.subscribe(Protocol="email")`, and its owner
confirms it. A queue subscribes here: a program reads it, and so does a notebook.
"""

import json
import time
from dataclasses import dataclass

from helpers.alarms import alarms_on, wait_until_shown
from helpers.config import Config
from helpers.monitor_jobs import NAMESPACE, SCHEDULE
from helpers.rehearsal import pass_time
from helpers.session import client

METRIC = "violations"
PERIOD_SECONDS = 3600
"""Of the alarm: a report an hour, and its numbers come minutes late."""
LATE_SECONDS = 900


@dataclass(frozen=True)
class DriftAlarm:
    """An alarm, the topic that it tells, and the queue that hears it."""

    name: str
    topic: str
    """ARN."""
    queue: str
    """URL."""

    def __repr__(self) -> str:
        return f"<DriftAlarm {self.name}>"


def make_alarm(config: Config, endpoint: str) -> DriftAlarm:
    """Create the alarm with its topic and queue, or find those there are."""
    name = f"{endpoint}-drift"
    sns, sqs = client(config, "sns"), client(config, "sqs")
    topic = sns.create_topic(Name=name)["TopicArn"]
    queue = sqs.create_queue(QueueName=name)["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    arn = attributes["Attributes"]["QueueArn"]
    # https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html
    allowed = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    client(config, "cloudwatch").put_metric_alarm(
        AlarmName=name,
        AlarmDescription=f"The traffic of {endpoint} differs from its baseline",
        Namespace=NAMESPACE,
        MetricName=METRIC,
        Dimensions=[
            {"Name": "Endpoint", "Value": endpoint},
            {"Name": "MonitoringSchedule", "Value": SCHEDULE},
        ],
        Statistic="Maximum",
        Period=PERIOD_SECONDS,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        # Without a report nothing is known: the state stays.
        TreatMissingData="ignore",
        AlarmActions=[topic],
    )
    wait_until_shown(config, [name])
    return DriftAlarm(name, topic, queue)


def is_on(config: Config, alarm: DriftAlarm) -> bool:
    """Say whether the alarm is on, after CloudWatch has looked at what was sent."""
    pass_time(config, 120, why="CloudWatch looks at its alarms each minute")
    return bool(alarms_on(config, [alarm.name]))


def messages(config: Config, alarm: DriftAlarm) -> list[dict]:
    """Return what the queue has heard, and take it out: the alarm's own words for each change."""
    sqs, heard = client(config, "sqs"), []
    deadline = time.monotonic() + LATE_SECONDS
    while not heard and time.monotonic() < deadline:
        reply = sqs.receive_message(QueueUrl=alarm.queue, MaxNumberOfMessages=10)
        for message in reply.get("Messages", []):
            notice = json.loads(message["Body"])
            heard.append({"subject": notice["Subject"], **json.loads(notice["Message"])})
            sqs.delete_message(QueueUrl=alarm.queue, ReceiptHandle=message["ReceiptHandle"])
        time.sleep(0 if heard else config.poll_seconds)
    return heard


def went_off(alarm: DriftAlarm) -> dict:
    """Return the pattern of the event that tells of the alarm."""
    return {
        "source": ["aws.cloudwatch"],
        "detail-type": ["CloudWatch Alarm State Change"],
        "detail": {"alarmName": [alarm.name], "state": {"value": ["ALARM"]}},
    }


def rehearse(config: Config, alarm: DriftAlarm) -> None:
    """Set the alarm off by hand, to see what follows; `call_off` has to follow."""
    for state in ("OK", "ALARM"):  # only a change is told of
        client(config, "cloudwatch").set_alarm_state(
            AlarmName=alarm.name, StateValue=state, StateReason="a rehearsal"
        )


def call_off(config: Config, alarm: DriftAlarm) -> None:
    """Set the alarm back, so that the next drift is a change again.

    CloudWatch does not: without a report the state that was set by hand stays.
    """
    client(config, "cloudwatch").set_alarm_state(
        AlarmName=alarm.name, StateValue="OK", StateReason="the rehearsal is over"
    )
