"""kill -9 of a server with events under way: what was acknowledged is delivered by the next one."""

import json
import os
import signal
import threading
import time

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from local_aws import lifecycle
from local_aws.settings import Settings
from tests.local_aws.services.events.targets import allowing, until
from tools.course_run import free_port

pytestmark = pytest.mark.slow
GROUP, BUCKET = "/aws/events/all", "raw"
ARN = f"arn:aws:logs:us-east-1:000000000000:log-group:{GROUP}"
"""Lines of logs are on disk, as those that a rule starts are; messages of queues are in memory."""
WRITERS, KILLS = 3, 3


class Cloud:
    """A server of its own process, killed and started again at the same address."""

    def __init__(self, folder):
        self.settings = Settings(folder / "state", free_port())
        self.context = lifecycle.ensure_running(self.settings)

    def client(self, service):
        keys = {
            "aws_access_key_id": self.context.access_key,
            "aws_secret_access_key": self.context.secret_key,
        }
        config = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=30)
        return boto3.Session().client(
            service, endpoint_url=self.context.url, region_name="us-east-1", config=config, **keys
        )

    def kill(self):
        os.kill(lifecycle.owner(self.settings.state), signal.SIGKILL)
        until(lambda: lifecycle.owner(self.settings.state) is None, "it is not dead")
        lifecycle.ensure_running(self.settings)


@pytest.fixture
def cloud(tmp_path):
    cloud = Cloud(tmp_path)
    logs, events, s3 = (cloud.client(name) for name in ("logs", "events", "s3"))
    logs.create_log_group(logGroupName=GROUP)
    policy = allowing(["logs:CreateLogStream", "logs:PutLogEvents"], f"{ARN}:*")
    logs.put_resource_policy(policyName="events", policyDocument=policy)
    pattern = {"source": ["course", "aws.s3"]}
    events.put_rule(Name="all", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="all", Targets=[{"Id": "one", "Arn": ARN}])
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_notification_configuration(
        Bucket=BUCKET, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    yield cloud
    lifecycle.stop(cloud.settings.state)


def delivered(cloud):
    """Return the ids of custom events and the keys of objects that the log has."""
    pages = cloud.client("logs").get_paginator("filter_log_events").paginate(logGroupName=GROUP)
    events = [json.loads(line["message"]) for page in pages for line in page["events"]]
    ids = [event["id"] for event in events if event["source"] == "course"]
    keys = [event["detail"]["object"]["key"] for event in events if event["source"] == "aws.s3"]
    return {*ids}, {*keys}


def test_each_acknowledged_event_and_write_is_delivered_through_kills(cloud):
    ids, keys, over = set(), set(), threading.Event()

    def write(writer):
        s3, events, number = cloud.client("s3"), cloud.client("events"), 0
        while not over.is_set():
            number += 1
            key = f"{writer}/{number}"
            entry = {"Source": "course", "DetailType": "news", "Detail": json.dumps({"key": key})}
            try:
                s3.put_object(Bucket=BUCKET, Key=key, Body=b"1")
                keys.add(key)
                ids.update(
                    answer["EventId"] for answer in events.put_events(Entries=[entry])["Entries"]
                )
            except (BotoCoreError, ClientError):
                time.sleep(0.05)  # it is dead, and nothing was acknowledged

    writers = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    for kill in range(KILLS):
        until(lambda count=20 * (kill + 1): len(keys) >= count, "nothing is written")
        cloud.kill()
    over.set()
    for writer in writers:
        writer.join()

    def are_there():
        there = delivered(cloud)
        return ids <= there[0] and keys <= there[1]

    until(are_there, "an acknowledged event or write is not delivered")
