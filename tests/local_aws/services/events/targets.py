"""Targets for rules in tests: a queue that allows the rules, and what it gets."""

import json
import time

from local_aws.services.events.targets import SERVICE

PATIENCE = 60.0
"""Seconds: the machine may be busy."""


def allowing(action, resource, **condition):
    """Return a resource's policy that lets EventBridge do something."""
    line = {"Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": action}
    line |= {"Resource": resource, **({"Condition": condition} if condition else {})}
    return json.dumps({"Version": "2012-10-17", "Statement": [line]})


class Queue:
    """A queue; `allowed` says whether its policy lets EventBridge send."""

    def __init__(self, sqs, name="heard", allowed=True, **condition):
        self.sqs, self.url = sqs, sqs.create_queue(QueueName=name)["QueueUrl"]
        answer = sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["QueueArn"])
        self.arn = answer["Attributes"]["QueueArn"]
        if allowed:
            policy = allowing("sqs:SendMessage", self.arn, **condition)
            sqs.set_queue_attributes(QueueUrl=self.url, Attributes={"Policy": policy})

    def messages(self, count):
        """Take so many messages, and return them; an error if they do not come."""
        messages, end = [], time.monotonic() + PATIENCE
        while len(messages) < count:
            assert time.monotonic() < end, f"{len(messages)} of {count} messages have come"
            answer = self.sqs.receive_message(
                QueueUrl=self.url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
            )
            for message in answer.get("Messages", []):
                handle = message["ReceiptHandle"]
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=handle)
                messages.append(message)
            time.sleep(0.02)
        return messages

    def texts(self, count):
        """Take so many messages, and return their bodies."""
        return [message["Body"] for message in self.messages(count)]

    def events(self, count):
        """Take so many messages, and return the events that they are."""
        return [json.loads(text) for text in self.texts(count)]


def until(is_met, what):
    """Wait until something is met."""
    end = time.monotonic() + PATIENCE
    while not is_met():
        assert time.monotonic() < end, what
        time.sleep(0.02)
