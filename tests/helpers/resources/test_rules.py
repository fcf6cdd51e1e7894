"""Rules are listed with the course's tag, and go with their targets, without those of others."""

from helpers.events import make_queue, make_rule, uploads
from helpers.resources import messages, rules


def test_rules_go_with_their_targets_and_queues_with_their_messages(client, config):
    queue = make_queue(config, "heard")
    make_rule(config, "raw", uploads(config.bucket), queue)
    client("events").put_rule(Name="mine", EventPattern='{"source": ["x"]}')
    client("sqs").create_queue(QueueName="mine")
    for kind, own in ((rules.KINDS[0], "raw"), (messages.KINDS[1], "heard")):
        [resource] = kind.own(config)
        assert resource.name == f"birds-and-bins-birds-{own}"
        kind.delete(config, resource.name)
        assert not list(kind.own(config))
    assert [rule["Name"] for rule in client("events").list_rules()["Rules"]] == ["mine"]
    [url] = client("sqs").list_queues()["QueueUrls"]
    assert url.endswith("/mine")
