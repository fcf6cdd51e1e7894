"""SNS's topics and SQS's queues, to which the course's alarms and rules send; no message."""

from collections.abc import Iterator, Mapping

from helpers.config import Config
from helpers.course_tag import as_mapping
from helpers.resources.kind import OURS, Kind, Resource
from helpers.session import client


def topics(config: Config) -> Iterator[Resource]:
    """Yield all topics whose names begin as the course's."""
    for page in client(config, "sns").get_paginator("list_topics").paginate():
        for arn in (topic["TopicArn"] for topic in page["Topics"]):
            name = arn.rpartition(":")[2]
            if name.startswith(OURS):
                yield Resource(name, arn)


def topic_tags(config: Config, topic: Resource) -> Mapping[str, str]:
    """Return a topic's tags."""
    return as_mapping(client(config, "sns").list_tags_for_resource(ResourceArn=topic.arn)["Tags"])


def delete_topic(config: Config, name: str) -> None:
    """Delete a topic with its subscriptions."""
    arns = [topic.arn for topic in topics(config) if topic.name == name]
    for arn in arns:
        client(config, "sns").delete_topic(TopicArn=arn)


def queues(config: Config) -> Iterator[Resource]:
    """Yield all queues whose names begin as the course's."""
    pages = client(config, "sqs").get_paginator("list_queues")
    for page in pages.paginate(QueueNamePrefix=OURS):
        for url in page.get("QueueUrls", []):
            yield Resource(url.rpartition("/")[2], url)


def queue_tags(config: Config, queue: Resource) -> Mapping[str, str]:
    """Return a queue's tags."""
    return client(config, "sqs").list_queue_tags(QueueUrl=queue.arn).get("Tags", {})


def delete_queue(config: Config, name: str) -> None:
    """Delete a queue with its messages."""
    sqs = client(config, "sqs")
    sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"])


KINDS = (
    Kind("SNS", "topic", topics, topic_tags, delete_topic, ("alarm",)),
    Kind("SQS", "queue", queues, queue_tags, delete_queue, ("topic", "rule")),
)
