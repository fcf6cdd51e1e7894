"""Queues work on the one clock; a restart keeps them, and not their messages."""

import json
import threading

import pytest

from local_aws.server import LocalAws
from tests.local_cloud import make_client


@pytest.fixture
def sqs(client):
    return client("sqs")


def make_queue(sqs, name="news", **attributes):
    """Return the URL and the ARN of a new queue."""
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return url, answer["Attributes"]["QueueArn"]


def receive(sqs, url, **request):
    return sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"], **request).get(
        "Messages", []
    )


def bodies(sqs, url, **request):
    return [message["Body"] for message in receive(sqs, url, **request)]


def test_a_received_message_is_invisible_until_its_timeout_on_the_one_clock(aws, sqs):
    url, _ = make_queue(sqs)
    sqs.send_message(QueueUrl=url, MessageBody="wren")
    assert bodies(sqs, url) == ["wren"] and bodies(sqs, url) == []
    aws.parts.clock.advance(31)
    [message] = receive(sqs, url)
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    aws.parts.clock.advance(31)
    assert bodies(sqs, url) == []


def test_a_delayed_message_comes_when_it_is_due_and_an_old_one_is_gone(aws, sqs):
    url, _ = make_queue(sqs)
    sqs.send_message(QueueUrl=url, MessageBody="wren", DelaySeconds=60)
    assert bodies(sqs, url) == []
    aws.parts.clock.advance(61)
    assert bodies(sqs, url, VisibilityTimeout=0) == ["wren"]
    aws.parts.clock.advance(4 * 86_400)
    assert bodies(sqs, url) == []


@pytest.mark.parametrize("sent", [["wren"], []])
def test_a_receiver_waits_for_a_message_or_its_time_on_the_one_clock(aws, sqs, sent):
    url, _ = make_queue(sqs)

    def act():
        for text in sent:
            aws.parts.call("sqs", "SendMessage", {"QueueUrl": url, "MessageBody": text})
        aws.parts.clock.advance(0 if sent else 30)

    timer = threading.Timer(0.3, act)
    timer.start()
    assert bodies(sqs, url, WaitTimeSeconds=20) == sent
    timer.join()


def test_a_message_that_nobody_deletes_goes_to_the_dead_letter_queue(aws, sqs):
    dead, arn = make_queue(sqs, "dead")
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": "2"})
    url, _ = make_queue(sqs, RedrivePolicy=policy)
    sqs.send_message(QueueUrl=url, MessageBody="wren")
    for _ in range(2):
        assert bodies(sqs, url) == ["wren"] and bodies(sqs, dead) == []
        aws.parts.clock.advance(31)
    assert bodies(sqs, url) == [] and bodies(sqs, dead) == ["wren"]


def test_a_restart_keeps_queues_and_not_their_messages(tmp_path):
    with LocalAws(tmp_path) as server:
        sqs = make_client(server, "sqs")
        url, _ = make_queue(sqs, VisibilityTimeout="600")
        sqs.send_message(QueueUrl=url, MessageBody="wren")
    with LocalAws(tmp_path) as server:
        sqs = make_client(server, "sqs")
        assert sqs.list_queues()["QueueUrls"] == [url] and bodies(sqs, url) == []
        kept = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])
        assert kept["Attributes"] == {"VisibilityTimeout": "600"}


def test_a_queue_that_is_gone_is_an_error_with_two_names(sqs):
    url, _ = make_queue(sqs)
    sqs.delete_queue(QueueUrl=url)
    with pytest.raises(sqs.exceptions.QueueDoesNotExist) as gone:
        sqs.receive_message(QueueUrl=url)
    assert gone.value.response["Error"]["Code"] == "AWS.SimpleQueueService.NonExistentQueue"
