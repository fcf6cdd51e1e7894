"""Queues work with boto3 as SQS's do, on the one clock, and keep their messages."""

import json
import threading

import pytest
from botocore.exceptions import ClientError

from local_aws.server import LocalAws
from tests.local_cloud import make_client


@pytest.fixture
def sqs(client):
    return client("sqs")


@pytest.fixture
def url(sqs):
    return sqs.create_queue(QueueName="songs")["QueueUrl"]


def receive(sqs, url, **request):
    return sqs.receive_message(QueueUrl=url, **request).get("Messages", [])


def bodies(sqs, url, **request):
    return [message["Body"] for message in receive(sqs, url, **request)]


def count(sqs, url, kind=""):
    name = f"ApproximateNumberOfMessages{kind}"
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])
    return int(answer["Attributes"][name])


def test_a_message_is_received_and_deleted(sqs, url):
    sent = sqs.send_message(QueueUrl=url, MessageBody="wren")
    [message] = receive(sqs, url, MessageSystemAttributeNames=["All"])
    assert (message["MessageId"], message["Body"]) == (sent["MessageId"], "wren")
    assert message["MD5OfBody"] == sent["MD5OfMessageBody"]
    assert message["Attributes"]["ApproximateReceiveCount"] == "1"
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert count(sqs, url) == count(sqs, url, "NotVisible") == 0


def test_a_received_message_is_invisible_until_its_timeout(aws, sqs, url):
    sqs.send_message(QueueUrl=url, MessageBody="wren")
    [first] = receive(sqs, url)
    assert not receive(sqs, url) and count(sqs, url, "NotVisible") == 1
    aws.parts.clock.advance(31)
    [second] = receive(sqs, url)
    sqs.delete_message(QueueUrl=url, ReceiptHandle=first["ReceiptHandle"])
    assert count(sqs, url, "NotVisible") == 1, "only the newest handle deletes it"
    sqs.delete_message(QueueUrl=url, ReceiptHandle=second["ReceiptHandle"])
    assert count(sqs, url, "NotVisible") == 0


def test_a_receiver_says_how_long_a_message_is_invisible(aws, sqs, url):
    sqs.send_message(QueueUrl=url, MessageBody="wren")
    assert bodies(sqs, url, VisibilityTimeout=0) == ["wren"]
    assert bodies(sqs, url, VisibilityTimeout=600) == ["wren"]
    aws.parts.clock.advance(500)
    assert not receive(sqs, url)
    aws.parts.clock.advance(101)
    assert bodies(sqs, url) == ["wren"]


def test_messages_come_in_their_order_up_to_ten(sqs, url):
    for number in range(12):
        sqs.send_message(QueueUrl=url, MessageBody=str(number))
    assert bodies(sqs, url) == ["0"]
    assert bodies(sqs, url, MaxNumberOfMessages=10) == [str(n) for n in range(1, 11)]
    with pytest.raises(ClientError, match="MaxNumberOfMessages"):
        receive(sqs, url, MaxNumberOfMessages=11)


def test_a_delayed_message_comes_when_it_is_due(aws, sqs, url):
    sqs.send_message(QueueUrl=url, MessageBody="wren", DelaySeconds=60)
    assert not receive(sqs, url) and count(sqs, url, "Delayed") == 1
    aws.parts.clock.advance(61)
    assert bodies(sqs, url) == ["wren"]


def test_a_receiver_waits_for_a_message(sqs, url):
    send = threading.Timer(0.3, sqs.send_message, kwargs={"QueueUrl": url, "MessageBody": "wren"})
    send.start()
    assert bodies(sqs, url, WaitTimeSeconds=20) == ["wren"]
    send.join()


def test_a_receiver_waits_on_the_one_clock(aws, sqs, url):
    move = threading.Timer(0.3, aws.parts.clock.advance, [20])
    move.start()
    assert bodies(sqs, url, WaitTimeSeconds=20) == []
    move.join()


def test_a_message_that_is_too_old_is_gone(aws, sqs, url):
    sqs.send_message(QueueUrl=url, MessageBody="wren")
    aws.parts.clock.advance(4 * 86_400 + 1)
    assert count(sqs, url) == 0 and not receive(sqs, url)


def test_a_message_that_nobody_deletes_goes_to_the_dead_letter_queue(aws, sqs):
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["All"])["Attributes"]["QueueArn"]
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": "2"})
    url = sqs.create_queue(QueueName="songs", Attributes={"RedrivePolicy": policy})["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="wren")
    for _ in range(2):
        assert bodies(sqs, url) == ["wren"] and not receive(sqs, dead)
        aws.parts.clock.advance(31)
    assert not receive(sqs, url)
    [message] = receive(sqs, dead, MessageSystemAttributeNames=["DeadLetterQueueSourceArn"])
    source = message["Attributes"]["DeadLetterQueueSourceArn"]
    assert (message["Body"], source) == ("wren", arn.replace("dead", "songs"))


def test_a_messages_attributes_come_where_they_are_asked_for(sqs, url):
    attributes = {
        "site": {"DataType": "String", "StringValue": "Berlin"},
        "count": {"DataType": "Number", "StringValue": "3"},
    }
    sent = sqs.send_message(QueueUrl=url, MessageBody="wren", MessageAttributes=attributes)
    assert sent["MD5OfMessageAttributes"] == "730c9214522a4554ed0d6a66d957e4f2", "moto's too"
    [message] = receive(sqs, url, MessageAttributeNames=["count"], VisibilityTimeout=0)
    assert message["MessageAttributes"] == {"count": attributes["count"]}
    [message] = receive(sqs, url, MessageAttributeNames=["All"], VisibilityTimeout=0)
    assert message["MessageAttributes"] == attributes
    assert message["MD5OfMessageAttributes"] == sent["MD5OfMessageAttributes"]


def test_queues_are_found_by_their_names(sqs, url):
    sqs.create_queue(QueueName="other")
    assert sqs.create_queue(QueueName="songs")["QueueUrl"] == url
    assert sqs.get_queue_url(QueueName="songs")["QueueUrl"] == url
    assert sqs.list_queues(QueueNamePrefix="so")["QueueUrls"] == [url]
    with pytest.raises(sqs.exceptions.QueueNameExists):
        sqs.create_queue(QueueName="songs", Attributes={"DelaySeconds": "1"})
    sqs.delete_queue(QueueUrl=url)
    with pytest.raises(sqs.exceptions.QueueDoesNotExist) as missing:
        receive(sqs, url)
    assert missing.value.response["Error"]["Code"] == "AWS.SimpleQueueService.NonExistentQueue"


def test_a_restart_keeps_messages_in_their_order(tmp_path):
    with LocalAws(tmp_path) as server:
        sqs = make_client(server, "sqs")
        url = sqs.create_queue(QueueName="songs")["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody="first")
    with LocalAws(tmp_path) as server:
        sqs = make_client(server, "sqs")
        sqs.send_message(QueueUrl=url, MessageBody="second")
        assert bodies(sqs, url, MaxNumberOfMessages=10) == ["first", "second"]


def test_what_no_queue_does_is_refused_by_its_name(sqs, url):
    with pytest.raises(ClientError, match="CreateQueue with Attributes.FifoQueue"):
        sqs.create_queue(QueueName="songs", Attributes={"FifoQueue": "true"})
    with pytest.raises(ClientError, match="alphanumeric"):
        sqs.create_queue(QueueName="songs.fifo")
    with pytest.raises(ClientError, match="ReceiptHandleIsInvalid"):
        sqs.delete_message(QueueUrl=url, ReceiptHandle="no")
    with pytest.raises(ClientError, match="does not exist"):
        policy = json.dumps({"deadLetterTargetArn": "arn:no", "maxReceiveCount": 1})
        sqs.create_queue(QueueName="other", Attributes={"RedrivePolicy": policy})
    small = sqs.create_queue(QueueName="small", Attributes={"MaximumMessageSize": "1024"})
    with pytest.raises(ClientError, match="shorter than 1024 bytes"):
        sqs.send_message(QueueUrl=small["QueueUrl"], MessageBody="x" * 1025)
