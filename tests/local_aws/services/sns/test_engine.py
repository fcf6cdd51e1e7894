"""Topics deliver to queues what their subscriptions want, as SNS does."""

import json

import pytest
from botocore.exceptions import ClientError

BIRD = {"kind": {"DataType": "String", "StringValue": "bird"}}
BIN = {"kind": {"DataType": "String", "StringValue": "bin"}}
ONLY_BIRDS = json.dumps({"kind": ["bird"]})


@pytest.fixture
def sns(client):
    return client("sns")


@pytest.fixture
def topic(sns):
    return sns.create_topic(Name="news")["TopicArn"]


class Subscriber:
    """A queue that subscribes to a topic."""

    def __init__(self, sns, sqs, topic, **attributes):
        self._sqs, self._url = sqs, sqs.create_queue(QueueName="news")["QueueUrl"]
        answer = sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
        self.arn = answer["Attributes"]["QueueArn"]
        subscription = {"TopicArn": topic, "Protocol": "sqs", "Endpoint": self.arn}
        self.subscription = sns.subscribe(**subscription, Attributes=attributes)["SubscriptionArn"]

    def messages(self):
        request = {"QueueUrl": self._url, "MaxNumberOfMessages": 10}
        answer = self._sqs.receive_message(**request, MessageAttributeNames=["All"])
        return answer.get("Messages", [])

    def texts(self):
        return [json.loads(message["Body"])["Message"] for message in self.messages()]


@pytest.fixture
def subscribe(client, sns, topic):
    return lambda **attributes: Subscriber(sns, client("sqs"), topic, **attributes)


def test_a_message_comes_in_snss_envelope(sns, topic, subscribe):
    queue = subscribe()
    request = {"Message": "a wren", "Subject": "heard", "MessageAttributes": BIRD}
    id_ = sns.publish(TopicArn=topic, **request)["MessageId"]
    [message] = queue.messages()
    content = json.loads(message["Body"])
    assert (content["Type"], content["MessageId"], content["TopicArn"]) == (
        "Notification", id_, topic,
    )  # fmt: skip
    assert (content["Message"], content["Subject"]) == ("a wren", "heard")
    assert content["MessageAttributes"] == {"kind": {"Type": "String", "Value": "bird"}}
    assert content["Timestamp"].endswith("Z") and content["Signature"] == ""


def test_a_raw_message_comes_as_it_is_with_its_attributes(sns, topic, subscribe):
    queue = subscribe(RawMessageDelivery="true")
    sns.publish(TopicArn=topic, Message="a wren", MessageAttributes=BIRD)
    [message] = queue.messages()
    assert (message["Body"], message["MessageAttributes"]) == ("a wren", BIRD)


@pytest.mark.parametrize("scope", ["MessageAttributes", "MessageBody"])
def test_a_subscription_gets_what_its_policy_wants(sns, topic, subscribe, scope):
    queue = subscribe(FilterPolicy=ONLY_BIRDS, FilterPolicyScope=scope)
    for kind, attributes in [("bird", BIRD), ("bin", BIN)]:
        message = json.dumps({"kind": kind})
        sns.publish(TopicArn=topic, Message=message, MessageAttributes=attributes)
    assert queue.texts() == ['{"kind": "bird"}']


def test_nobody_gets_a_message_after_unsubscribing(sns, topic, subscribe):
    queue = subscribe()
    [listed] = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert (listed["SubscriptionArn"], listed["Protocol"]) == (queue.subscription, "sqs")
    sns.unsubscribe(SubscriptionArn=queue.subscription)
    sns.publish(TopicArn=topic, Message="a wren")
    assert queue.messages() == []
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []


def test_the_same_queue_subscribes_once(sns, topic, subscribe):
    assert subscribe().subscription == subscribe().subscription
    with pytest.raises(ClientError, match="already exists with different attributes"):
        subscribe(RawMessageDelivery="true")


def test_a_queue_that_is_gone_does_not_keep_others_from_their_messages(
    client, sns, topic, subscribe
):
    gone = client("sqs").create_queue(QueueName="gone")["QueueUrl"]
    arn = topic.replace(":sns:", ":sqs:").replace("news", "gone")
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    client("sqs").delete_queue(QueueUrl=gone)
    queue = subscribe()
    sns.publish(TopicArn=topic, Message="a wren")
    assert queue.texts() == ["a wren"]


def test_a_deleted_topic_is_gone_with_its_subscriptions(sns, topic, subscribe):
    subscribe()
    assert sns.list_topics()["Topics"] == [{"TopicArn": topic}]
    sns.delete_topic(TopicArn=topic)
    assert sns.list_topics()["Topics"] == []
    with pytest.raises(sns.exceptions.NotFoundException):
        sns.publish(TopicArn=topic, Message="a wren")
    sns.create_topic(Name="news")
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []


@pytest.mark.parametrize(
    "request_, reason",
    [
        ({"Protocol": "email", "Endpoint": "a@example.com"}, r"Protocol email \(sqs is done\)"),
        ({"Endpoint": "songs"}, "SQS endpoint ARN"),
        ({"Attributes": {"RedrivePolicy": "{}"}}, "subscription attribute RedrivePolicy"),
        ({"Attributes": {"RawMessageDelivery": "yes"}}, r"Invalid value \[yes\]"),
        ({"Attributes": {"FilterPolicy": '{"a": [{"cidr": "::/0"}]}'}}, "pattern.*cidr"),
    ],
)
def test_a_subscription_that_would_not_deliver_is_refused(sns, topic, request_, reason):
    queue = {"Protocol": "sqs", "Endpoint": "arn:aws:sqs:us-east-1:000000000000:songs"}
    with pytest.raises(ClientError, match=reason):
        sns.subscribe(TopicArn=topic, **{**queue, **request_})
