"""A rule for events of one source, and what goes with it."""

import json

import pytest

from tests.local_aws.services.events.targets import Queue

PATTERN = {"source": ["course"]}


@pytest.fixture
def events(client):
    return client("events")


@pytest.fixture
def rule(events):
    """Return the ARN of the rule `all`, which events of the source `course` match."""
    return events.put_rule(Name="all", EventPattern=json.dumps(PATTERN))["RuleArn"]


@pytest.fixture
def queue(client):
    return Queue(client("sqs"))


@pytest.fixture
def put(events):
    """Return a function that sends one event of the source `course`, and returns its id."""

    def put(**detail):
        entry = {"Source": "course", "DetailType": "news", "Detail": json.dumps(detail)}
        [answer] = events.put_events(Entries=[entry])["Entries"]
        return answer["EventId"]

    return put


@pytest.fixture
def aim(events, rule):
    """Return a function that gives the rule one target, by its ARN."""

    def aim(arn, id_="one", **more):
        events.put_targets(Rule="all", Targets=[{"Id": id_, "Arn": arn, **more}])

    return aim
