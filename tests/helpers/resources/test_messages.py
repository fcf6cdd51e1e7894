"""Topics and queues are marked when they are made, and go without those of others."""

from helpers.drift_alarm import make_alarm
from helpers.resources import messages


def test_topics_and_queues_are_listed_with_their_tag_and_deleted(client, config):
    make_alarm(config, config.name)
    client("sns").create_topic(Name="my-topic")
    client("sqs").create_queue(QueueName="my-queue")
    for kind in messages.KINDS:
        (own,) = kind.own(config)
        assert own.name == f"{config.name}-drift"
        assert kind.tags(config, own) == {"course": "birds-and-bins"}
        kind.delete(config, own.name)
        assert not list(kind.find(config))
    assert len(client("sns").list_topics()["Topics"]) == 1
    assert len(client("sqs").list_queues()["QueueUrls"]) == 1
