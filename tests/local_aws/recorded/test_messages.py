"""Topics deliver to queues, and queues work on the one clock; what is not done is refused."""

import json
import threading

import pytest
from botocore.exceptions import ClientError

from local_aws.server import LocalAws
from tests.local_cloud import make_client

BIRD = {"kind": {"DataType": "String", "StringValue": "bird"}}
BIN = {"kind": {"DataType": "String", "StringValue": "bin"}}


@pytest.fixture
def sns(client):
    return client("sns")


@pytest.fixture
def sqs(client):
    return client("sqs")


@pytest.fixture
def topic(sns):
    return sns.create_topic(Name="news")["TopicArn"]


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


def test_a_published_message_comes_in_an_envelope(sns, sqs, topic):
    url, arn = make_queue(sqs)
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    id_ = sns.publish(TopicArn=topic, Message="a wren", Subject="heard")["MessageId"]
    content = json.loads(bodies(sqs, url)[0])
    expected = {"Type": "Notification", "MessageId": id_, "TopicArn": topic}
    assert (expected | {"Message": "a wren", "Subject": "heard"}).items() <= content.items()


def test_a_raw_message_comes_as_it_is_where_the_filter_policy_wants_it(sns, sqs, topic):
    url, arn = make_queue(sqs)
    attributes = {"RawMessageDelivery": "true", "FilterPolicy": json.dumps({"kind": ["bird"]})}
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes=attributes)
    for text, kind in (("an item", BIN), ("a wren", BIRD)):
        sns.publish(TopicArn=topic, Message=text, MessageAttributes=kind)
    [message] = receive(sqs, url, MaxNumberOfMessages=10)
    assert (message["Body"], message["MessageAttributes"]) == ("a wren", BIRD)


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


def test_a_restart_keeps_topics_queues_and_subscriptions(tmp_path):
    with LocalAws(tmp_path) as server:
        url, arn = make_queue(make_client(server, "sqs"))
        sns = make_client(server, "sns")
        topic = sns.create_topic(Name="news")["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    with LocalAws(tmp_path) as server:
        make_client(server, "sns").publish(TopicArn=topic, Message="a wren")
        [body] = bodies(make_client(server, "sqs"), url)
    assert json.loads(body)["Message"] == "a wren"


@pytest.mark.parametrize("protocol", ["http", "https", "email", "sms", "lambda"])
def test_no_message_leaves_this_machine(sns, topic, protocol):
    with pytest.raises(ClientError, match=rf"with Protocol {protocol} \(sqs is done\)"):
        sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint="http://127.0.0.1:1/")
    with pytest.raises(ClientError, match="with PhoneNumber"):
        sns.publish(PhoneNumber="+15555550100", Message="a wren")


def test_a_topic_or_a_queue_that_is_gone_is_an_error(sns, sqs, topic):
    url, _ = make_queue(sqs)
    sns.delete_topic(TopicArn=topic)
    with pytest.raises(sns.exceptions.NotFoundException):
        sns.publish(TopicArn=topic, Message="a wren")
    sqs.delete_queue(QueueUrl=url)
    with pytest.raises(sqs.exceptions.QueueDoesNotExist) as gone:
        sqs.receive_message(QueueUrl=url)
    assert gone.value.response["Error"]["Code"] == "AWS.SimpleQueueService.NonExistentQueue"
