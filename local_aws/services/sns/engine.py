"""SNS: topics whose messages go to the SQS queues that subscribe to them; knows no publisher."""

import json
import logging
import re
import uuid

from local_aws.errors import AwsError
from local_aws.parts import Engine, Parts
from local_aws.services.sns import filter_policy
from local_aws.services.sns.filter_policy import ATTRIBUTES, BODY, invalid, not_done
from local_aws.state.collection import Collection

log = logging.getLogger(__name__)

OPERATIONS = {
    "sns": {
        "CreateTopic": "Name",
        "DeleteTopic": "TopicArn",
        "ListTopics": "NextToken",
        "Subscribe": "TopicArn Protocol=sqs Endpoint Attributes ReturnSubscriptionArn",
        "Unsubscribe": "SubscriptionArn",
        "GetSubscriptionAttributes": "SubscriptionArn",
        "SetSubscriptionAttributes": "SubscriptionArn AttributeName AttributeValue",
        "ListSubscriptionsByTopic": "TopicArn NextToken",
        "Publish": """TopicArn Message Subject MessageStructure=json
            MessageAttributes(DataType StringValue)""",
    },
}
PAGE = 100
_SETTINGS = {
    "RawMessageDelivery": ("true", "false"),
    "FilterPolicyScope": (ATTRIBUTES, BODY),
    "FilterPolicy": None,
}

_LISTED = ("SubscriptionArn", "Owner", "Protocol", "Endpoint", "TopicArn")


class Topics(Engine):
    """The topics of the local AWS.

    Left out: subscriptions of other protocols than sqs (e-mail, HTTPS, Lambda), FIFO topics,
    policies, tags, encryption, batches, binary attributes, retries and dead letters of deliveries.
    A delivery is not signed, and needs no permission in the queue's policy.
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
        self._topics.add(arn, {"TopicArn": arn})
        return {"TopicArn": arn}

    def delete_topic(self, request: dict) -> dict:
        with self._topics.transaction():
            self._topics.delete(request["TopicArn"])
            for subscription in self._of(request["TopicArn"]):
                self._subscriptions.delete(subscription["SubscriptionArn"])
        return {}

    def list_topics(self, request: dict) -> dict:
        return _page(self._topics.listed(), "Topics", request)

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
                    if attributes.items() <= there["attributes"].items():
                        return {"SubscriptionArn": there["SubscriptionArn"]}
                    reason = "Subscription already exists with different attributes"
                    raise invalid(f"Attributes Reason: {reason}")
            arn = f"{topic}:{uuid.uuid4()}"
            subscription = {
                "SubscriptionArn": arn, "Owner": self.parts.context.account, "Protocol": "sqs",
                "Endpoint": endpoint, "TopicArn": topic, "attributes": attributes,
            }  # fmt: skip
            self._subscriptions.put(arn, subscription)
        return {"SubscriptionArn": arn}

    def unsubscribe(self, request: dict) -> dict:
        self._subscriptions.delete(request["SubscriptionArn"])
        return {}

    def get_subscription_attributes(self, request: dict) -> dict:
        subscription = self._subscription(request)
        own = {name: subscription[name] for name in _LISTED}
        own |= {"PendingConfirmation": "false", "ConfirmationWasAuthenticated": "true"}
        return {"Attributes": {**own, "RawMessageDelivery": "false", **subscription["attributes"]}}

    def set_subscription_attributes(self, request: dict) -> dict:
        name, value = request["AttributeName"], request.get("AttributeValue", "")
        arn = self._subscription(request)["SubscriptionArn"]
        if name == "FilterPolicy" and value in ("", "{}"):
            self._subscriptions.update(arn, lambda each: each["attributes"].pop(name, None))
        else:
            _check(name, value)
            self._subscriptions.update(arn, lambda each: each["attributes"].update({name: value}))
        return {}

    def list_subscriptions_by_topic(self, request: dict) -> dict:
        listed = [
            {name: subscription[name] for name in _LISTED}
            for subscription in self._of(self._topic(request))
        ]
        return _page(listed, "Subscriptions", request)

    def publish(self, request: dict) -> dict:
        topic, text = self._topic(request), request["Message"]
        if not text:
            raise invalid("Empty message")
        if not 1 <= len(request.get("Subject", "-")) <= 100:
            raise invalid("Subject")
        if "MessageStructure" in request:
            text = _structured(text)
        message_id = str(uuid.uuid4())
        for subscription in self._of(topic):
            if _wants(subscription, request, text):
                self._deliver(subscription, request, text, message_id)
        return {"MessageId": message_id}

    def _deliver(self, subscription: dict, request: dict, text: str, message_id: str) -> None:
        arn, attributes = subscription["Endpoint"], request.get("MessageAttributes", {})
        is_raw = subscription["attributes"].get("RawMessageDelivery") == "true"
        body = text if is_raw else self._envelope(subscription, request, text, message_id)
        try:
            url = self.parts.call("sqs", "GetQueueUrl", {"QueueName": arn.rpartition(":")[2]})
            message = {**url, "MessageBody": body}
            message |= {"MessageAttributes": attributes} if is_raw and attributes else {}
            self.parts.call("sqs", "SendMessage", message)
        except AwsError as error:  # a publisher hears of no delivery
            log.warning("%s: not delivered to %s: %s", subscription["TopicArn"], arn, error)

    def _envelope(self, subscription: dict, request: dict, text: str, message_id: str) -> str:
        """Return a message as queues get it.

        https://docs.aws.amazon.com/sns/latest/dg/http-notification-json.html
        """
        now = self.parts.clock.now()
        arn = subscription["SubscriptionArn"]
        content = {
            "Type": "Notification",
            "MessageId": message_id,
            "TopicArn": subscription["TopicArn"],
            **({"Subject": request["Subject"]} if "Subject" in request else {}),
            "Message": text,
            "Timestamp": f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03}Z",
            "SignatureVersion": "1",
            "Signature": "",
            "SigningCertURL": "",
            "UnsubscribeURL": f"{self.parts.context.url}/?Action=Unsubscribe&SubscriptionArn={arn}",
        }
        if attributes := request.get("MessageAttributes"):
            content["MessageAttributes"] = {
                name: {"Type": each["DataType"], "Value": each.get("StringValue", "")}
                for name, each in attributes.items()
            }
        return json.dumps(content, indent=2, separators=(",", " : "), ensure_ascii=False)

    def _of(self, topic: str) -> list[dict]:
        return [each for each in self._subscriptions if each["TopicArn"] == topic]

    def _topic(self, request: dict) -> str:
        if (arn := request.get("TopicArn")) is None:
            raise invalid("TopicArn")
        if arn not in self._topics:
            raise AwsError("NotFound", "Topic does not exist", 404)
        return arn

    def _subscription(self, request: dict) -> dict:
        if subscription := self._subscriptions.get(request["SubscriptionArn"]):
            return subscription
        raise AwsError("NotFound", "Subscription does not exist", 404)


def _check(name: str, value: str) -> None:
    """Refuse a subscription's attribute that is not done, or a value that AWS refuses."""
    if name not in _SETTINGS:
        raise not_done(f"the subscription attribute {name}")
    if name == "FilterPolicy":
        filter_policy.check(value)
    elif value not in _SETTINGS[name]:
        raise invalid(f"Attributes Reason: {name}: Invalid value [{value}].")


def _wants(subscription: dict, request: dict, text: str) -> bool:
    attributes = subscription["attributes"]
    if not (policy := attributes.get("FilterPolicy")):
        return True
    scope = attributes.get("FilterPolicyScope", ATTRIBUTES)
    return filter_policy.matches(policy, scope, text, request.get("MessageAttributes", {}))


def _structured(text: str) -> str:
    """Return the message for queues from a JSON text with one for each protocol."""
    try:
        texts = json.loads(text)
        default = texts["default"]
    except (ValueError, TypeError, LookupError):
        raise invalid("Message Structure - No default entry in JSON message body") from None
    return str(texts.get("sqs", default))


def _page(items: list, name: str, request: dict) -> dict:
    token = request.get("NextToken") or "0"
    if not token.isdecimal():
        raise invalid("NextToken")
    end = int(token) + PAGE
    more = {"NextToken": str(end)} if end < len(items) else {}
    return {name: items[int(token) : end], **more}
