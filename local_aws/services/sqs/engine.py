"""SQS: standard queues on the one clock, with messages that survive a restart; knows no sender."""

import hashlib
import re
from typing import Any

from local_aws.errors import AwsError, QueryError
from local_aws.parts import Engine, Parts
from local_aws.services.sqs import queue_attributes
from local_aws.services.sqs.messages import Messages
from local_aws.state.collection import Collection

OPERATIONS = {
    "sqs": {
        "CreateQueue": "QueueName Attributes",
        "DeleteQueue": "QueueUrl",
        "ListQueues": "QueueNamePrefix",
        "GetQueueUrl": "QueueName",
        "GetQueueAttributes": "QueueUrl AttributeNames",
        "SendMessage": "QueueUrl MessageBody DelaySeconds MessageAttributes(DataType StringValue)",
        "ReceiveMessage": """QueueUrl AttributeNames MessageSystemAttributeNames
            MessageAttributeNames MaxNumberOfMessages VisibilityTimeout WaitTimeSeconds""",
        "DeleteMessage": "QueueUrl ReceiptHandle",
    },
}
POLL_SECONDS = 0.1
"""Between two looks whether the clock was moved, while a receiver waits."""
_SYSTEM = {
    "SentTimestamp": "sent", "ApproximateReceiveCount": "receives",
    "ApproximateFirstReceiveTimestamp": "first", "DeadLetterQueueSourceArn": "from",
}  # fmt: skip


class Queues(Engine):
    """The queues of the local AWS.

    Left out: FIFO and fair queues, changes of a queue, batches, encryption, tags, binary
    attributes, moving messages back from a dead-letter queue, the wait of 60 seconds after a
    deletion. A policy is kept and not evaluated.
    """

    name, operations = "queues", OPERATIONS

    def __init__(self, parts: Parts):
        super().__init__(parts)
        self._queues = Collection(parts.documents, "queue")
        self._messages = Messages(parts.documents, parts.clock)
        self._stopped = False

    def create_queue(self, request: dict) -> dict:
        name, attributes = request["QueueName"], request.get("Attributes", {})
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,80}", name):
            message = "Can only include alphanumeric characters, hyphens, or underscores."
            raise _invalid(f"{message} 1 to 80 in length")
        queue_attributes.check(attributes)
        if attributes.get("RedrivePolicy") and not self._dead_letters(attributes):
            raise _invalid("The dead-letter queue of RedrivePolicy does not exist.")
        now = str(self._messages.now() // 1000)
        queue = {
            "name": name, "arn": self.parts.context.arn("sqs", name), "created": now,
            "attributes": {**queue_attributes.DEFAULTS, **attributes},
        }  # fmt: skip
        if not self._queues.add(name, queue):
            there = self._queues.get(name)["attributes"]
            if any(there.get(key) != value for key, value in attributes.items()):
                message = "A queue already exists with the same name and different attributes."
                raise QueryError("QueueAlreadyExists", message, "QueueNameExists")
        return {"QueueUrl": self._url(name)}

    def delete_queue(self, request: dict) -> dict:
        queue = self._queue(request)
        with self._queues.transaction():
            self._messages.purge(queue["name"])
            self._queues.delete(queue["name"])
        return {}

    def list_queues(self, request: dict) -> dict:
        names = [queue["name"] for queue in self._queues.listed()]
        prefix = request.get("QueueNamePrefix", "")
        return {"QueueUrls": [self._url(name) for name in names if name.startswith(prefix)]}

    def get_queue_url(self, request: dict) -> dict:
        return {"QueueUrl": self._url(self._existing(request["QueueName"])["name"])}

    def get_queue_attributes(self, request: dict) -> dict:
        queue, now = self._queue(request), self._messages.now()
        messages = [message for _, message in self._messages.all(queue)]
        hidden = [message for message in messages if message["visible"] > now]
        delayed = sum(not message["receives"] for message in hidden)
        attributes = {
            **queue["attributes"],
            "QueueArn": queue["arn"],
            "CreatedTimestamp": queue["created"],
            "LastModifiedTimestamp": queue["created"],
            "ApproximateNumberOfMessages": str(len(messages) - len(hidden)),
            "ApproximateNumberOfMessagesDelayed": str(delayed),
            "ApproximateNumberOfMessagesNotVisible": str(len(hidden) - delayed),
        }
        return {"Attributes": _chosen(attributes, request.get("AttributeNames", []))}

    def send_message(self, request: dict) -> dict:
        queue, body = self._queue(request), request["MessageBody"]
        limit = int(queue["attributes"]["MaximumMessageSize"])
        if not 1 <= len(body.encode()) <= limit:
            reason = f"Message must be shorter than {limit} bytes" if body else "Message is empty"
            raise _invalid(f"One or more parameters are invalid. Reason: {reason}.")
        delay = request.get("DelaySeconds", int(queue["attributes"]["DelaySeconds"]))
        attributes = request.get("MessageAttributes", {})
        sent = self._messages.send(queue["name"], body, attributes, delay)
        return {
            "MessageId": sent["id"],
            "MD5OfMessageBody": _md5(body),
            **({"MD5OfMessageAttributes": _attributes_md5(attributes)} if attributes else {}),
        }

    def receive_message(self, request: dict) -> dict:
        queue = self._queue(request)
        count = request.get("MaxNumberOfMessages", 1)
        if not 1 <= count <= 10:
            raise _invalid(f"Value {count} for parameter MaxNumberOfMessages is invalid.")
        settings = queue["attributes"]
        timeout = request.get("VisibilityTimeout", int(settings["VisibilityTimeout"]))
        wait = request.get("WaitTimeSeconds", int(settings["ReceiveMessageWaitTimeSeconds"]))
        end = self._messages.now() + wait * 1000
        dead = self._dead_letters(settings)
        while True:
            received = self._messages.receive(queue, count, timeout, dead)
            if received or self._stopped or self._messages.now() >= end:
                messages = [_answer(message, request) for message in received]
                return {"Messages": messages} if messages else {}
            with self._messages.arrived:
                self._messages.arrived.wait(POLL_SECONDS)
            queue = self._queue(request)

    def delete_message(self, request: dict) -> dict:
        name, handle = self._queue(request)["name"], request["ReceiptHandle"]
        if not re.fullmatch(r"\d{16}-[0-9a-f]{32}", handle):
            raise AwsError("ReceiptHandleIsInvalid", "The input receipt handle is invalid.", 404)
        self._messages.delete(name, handle)
        return {}

    def shut_down(self) -> None:
        """Let no receiver wait any longer."""
        self._stopped = True

    def _queue(self, request: dict) -> dict:
        return self._existing(request["QueueUrl"].rpartition("/")[2])

    def _existing(self, name: str) -> dict:
        if queue := self._queues.get(name):
            return queue
        code = "AWS.SimpleQueueService.NonExistentQueue"
        raise QueryError(code, "The specified queue does not exist.", "QueueDoesNotExist")

    def _url(self, name: str) -> str:
        return f"{self.parts.context.url}/{self.parts.context.account}/{name}"

    def _dead_letters(self, attributes: dict) -> tuple[str, int] | None:
        """Return the name of the dead-letter queue and when messages go there, if there is one."""
        target, most = queue_attributes.redrive(attributes) or ("", 0)
        name = target.rpartition(":")[2]
        return (name, most) if name in self._queues else None


def _invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterValue", message)


def _chosen(values: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """Return the values of some names, or of all where `All` is one of them."""
    return {name: value for name, value in values.items() if name in names or "All" in names}


def _answer(message: dict, request: dict) -> dict:
    names = [*request.get("AttributeNames", []), *request.get("MessageSystemAttributeNames", [])]
    system = {name: str(message[key]) for name, key in _SYSTEM.items() if key in message}
    system = _chosen(system, names)
    own = _chosen(message["attributes"], request.get("MessageAttributeNames", []))
    return {
        "MessageId": message["id"],
        "ReceiptHandle": message["handle"],
        "MD5OfBody": _md5(message["body"]),
        "Body": message["body"],
        **({"Attributes": system} if system else {}),
        **(
            {"MessageAttributes": own, "MD5OfMessageAttributes": _attributes_md5(own)}
            if own
            else {}
        ),
    }


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _attributes_md5(attributes: dict) -> str:
    """Return the digest of message attributes, of strings and numbers.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
    """
    digest = hashlib.md5(usedforsecurity=False)
    for name in sorted(attributes):
        kind, text = attributes[name]["DataType"], attributes[name].get("StringValue", "")
        for before, part in ((b"", name), (b"", kind), (b"\x01", text)):
            data = part.encode()
            digest.update(before + len(data).to_bytes(4, "big") + data)
    return digest.hexdigest()
