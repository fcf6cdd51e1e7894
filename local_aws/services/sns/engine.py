"""SNS: topics whose messages go to the SQS queues that subscribe to them; knows no publisher."""

import json
import logging
import re
import uuid

from local_aws.errors import AwsError
from local_aws.parts import Engine, Parts
from local_aws.services.sns import filter_policy
from local_aws.services.sns.filter_policy import ATTRIBUTES, BODY, invalid, not_done
from local_aws.state.collection import Collection, public

log = logging.getLogger(__name__)

OPERATIONS = {
    "sns": {
        "CreateTopic": "Name Tags(*)",
        "ListTagsForResource": "ResourceArn",
        "GetTopicAttributes": "TopicArn",
        "SetTopicAttributes": "TopicArn AttributeName=Policy AttributeValue",
        "DeleteTopic": "TopicArn",
        "ListTopics": "",
        "Subscribe": "TopicArn Protocol=sqs Endpoint Attributes ReturnSubscriptionArn",
        "Unsubscribe": "SubscriptionArn",
        "ListSubscriptionsByTopic": "TopicArn",
        "Publish": "TopicArn Message Subject MessageAttributes(DataType StringValue)",
    },
}
_SETTINGS = {
    "RawMessageDelivery": ("true", "false"),
    "FilterPolicyScope": (ATTRIBUTES, BODY),
    "FilterPolicy": None,
}


class Topics(Engine):
    """The topics of the local AWS.

    Left out: subscriptions of other protocols than sqs (e-mail, HTTPS, Lambda), changes of
    subscriptions, FIFO topics, a message for each protocol, changes of tags, encryption, batches,
    binary attributes, attributes of a topic but its policy, retries and dead letters of
    deliveries. A delivery is not signed, has no link to unsubscribe, and needs no permission in
    the queue's policy. A topic's policy is what EventBridge reads; whoever has a key owns the
    topic.
    """

    name, operations = "topics", OPERATIONS

    def __init__(self, parts: Parts):
        super().__init__(parts)
        self._topics = Collection(parts.documents, "topic")
        self._subscriptions = Collection(parts.documents, "subscription")

    def create_topic(self, request: dict) -> dict:
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", request["Name"]):
            raise invalid("Topic Name")
        arn = self.parts.context.arn("sns", request["Name"])
        self._topics.add(arn, {"TopicArn": arn, "_tags": request.get("Tags", [])})
        return {"TopicArn": arn}

    def list_tags_for_resource(self, request: dict) -> dict:
        arn = self._topic({"TopicArn": request["ResourceArn"]})
        return {"Tags": self._topics.get(arn).get("_tags", [])}

    def get_topic_attributes(self, request: dict) -> dict:
        arn = self._topic(request)
        owner = self.parts.context.account
        policy = self._topics.get(arn).get("_policy")
        attributes = {"TopicArn": arn, "Owner": owner, **({"Policy": policy} if policy else {})}
        return {"Attributes": attributes}

    def set_topic_attributes(self, request: dict) -> dict:
        arn, policy = self._topic(request), request.get("AttributeValue", "")
        try:
            json.loads(policy)["Statement"]
        except (ValueError, LookupError, TypeError):
            raise invalid("Policy Error: the policy is no document with a Statement") from None
        self._topics.update(arn, lambda topic: topic.update(_policy=policy))
        return {}

    def delete_topic(self, request: dict) -> dict:
        with self._topics.transaction():
            self._topics.delete(request["TopicArn"])
            for subscription in self._of(request["TopicArn"]):
                self._subscriptions.delete(subscription["SubscriptionArn"])
        return {}

    def list_topics(self, request: dict) -> dict:
        return {"Topics": [public(topic) for topic in self._topics.listed()]}

    def subscribe(self, request: dict) -> dict:
        topic, endpoint = self._topic(request), request.get("Endpoint", "")
        if not re.fullmatch(r"arn:aws:sqs:[^:]+:\d+:[A-Za-z0-9_-]+", endpoint):
            raise invalid("SQS endpoint ARN")
        attributes = request.get("Attributes", {})
        for name, value in attributes.items():
            _check(name, value)
        with self._subscriptions.transaction():
            for there in self._of(topic):
                if there["Endpoint"] == endpoint:
                    if attributes.items() <= there["_attributes"].items():
                        return {"SubscriptionArn": there["SubscriptionArn"]}
                    reason = "Subscription already exists with different attributes"
                    raise invalid(f"Attributes Reason: {reason}")
            arn = f"{topic}:{uuid.uuid4()}"
            subscription = {
                "SubscriptionArn": arn, "Owner": self.parts.context.account, "Protocol": "sqs",
                "Endpoint": endpoint, "TopicArn": topic, "_attributes": attributes,
            }  # fmt: skip
            self._subscriptions.put(arn, subscription)
        return {"SubscriptionArn": arn}

    def unsubscribe(self, request: dict) -> dict:
        self._subscriptions.delete(request["SubscriptionArn"])
        return {}

    def list_subscriptions_by_topic(self, request: dict) -> dict:
        subscriptions = self._of(self._topic(request))
        return {"Subscriptions": [public(subscription) for subscription in subscriptions]}

    def publish(self, request: dict) -> dict:
        topic, text = self._topic(request), request["Message"]
        if not text or not 1 <= len(request.get("Subject", "-")) <= 100:
            raise invalid("Empty message" if not text else "Subject")
        now = self.parts.clock.now()
        notification = {
            "Type": "Notification",
            "MessageId": str(uuid.uuid4()),
            "TopicArn": topic,
            "Subject": request.get("Subject"),
            "Message": text,
            "Timestamp": f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03}Z",
            "SignatureVersion": "1",
            **dict.fromkeys(("Signature", "SigningCertURL", "UnsubscribeURL"), ""),
            "MessageAttributes": {
                name: {"Type": each["DataType"], "Value": each.get("StringValue", "")}
                for name, each in request.get("MessageAttributes", {}).items()
            },
        }
        for subscription in self._of(topic):
            if _wants(subscription["_attributes"], notification):
                self._deliver(subscription, request, notification)
        return {"MessageId": notification["MessageId"]}

    def _deliver(self, subscription: dict, request: dict, notification: dict) -> None:
        arn = subscription["Endpoint"]
        if subscription["_attributes"].get("RawMessageDelivery") == "true":
            attributes = request.get("MessageAttributes", {})
            message = {"MessageBody": request["Message"], "MessageAttributes": attributes}
        else:
            # The form: https://docs.aws.amazon.com/sns/latest/dg/http-notification-json.html
            own = {name: value for name, value in notification.items() if value not in (None, {})}
            message = {"MessageBody": json.dumps(own, indent=2, separators=(",", " : "))}
        try:
            url = self.parts.call("sqs", "GetQueueUrl", {"QueueName": arn.rpartition(":")[2]})
            self.parts.call("sqs", "SendMessage", {**url, **message})
        except AwsError as error:  # a publisher hears of no delivery
            log.warning("%s: not delivered to %s: %s", subscription["TopicArn"], arn, error)

    def _of(self, topic: str) -> list[dict]:
        return [each for each in self._subscriptions if each["TopicArn"] == topic]

    def _topic(self, request: dict) -> str:
        if (arn := request.get("TopicArn")) is None:
            raise invalid("TopicArn")
        if arn not in self._topics:
            raise AwsError("NotFound", "Topic does not exist", 404)
        return arn


def _check(name: str, value: str) -> None:
    """Refuse a subscription's attribute that is not done, or a value that AWS refuses."""
    if name not in _SETTINGS:
        raise not_done(f"the subscription attribute {name}")
    if name == "FilterPolicy":
        filter_policy.check(value)
    elif value not in _SETTINGS[name]:
        raise invalid(f"Attributes Reason: {name}: Invalid value [{value}].")


def _wants(attributes: dict, notification: dict) -> bool:
    if not (policy := attributes.get("FilterPolicy")):
        return True
    scope = attributes.get("FilterPolicyScope", ATTRIBUTES)
    message = (notification["Message"], notification["MessageAttributes"])
    return filter_policy.matches(policy, scope, *message)
