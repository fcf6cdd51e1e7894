"""The course's rules of EventBridge; knows no event and no target."""

from collections.abc import Iterator

from helpers.config import Config
from helpers.course_tag import as_mapping
from helpers.resources.kind import OURS, Kind, Resource
from helpers.session import client

RULE = "rule"


def rules(config: Config) -> Iterator[Resource]:
    """Yield all rules whose names begin as the course's."""
    for page in client(config, "events").get_paginator("list_rules").paginate(NamePrefix=OURS):
        yield from (Resource(rule["Name"], rule["Arn"]) for rule in page["Rules"])


def rule_tags(config: Config, rule: Resource) -> dict[str, str]:
    """Return a rule's tags."""
    events = client(config, "events")
    return as_mapping(events.list_tags_for_resource(ResourceARN=rule.arn)["Tags"])


def delete_rule(config: Config, name: str) -> None:
    """Take a rule's targets away, and delete it: EventBridge keeps a rule that has some."""
    events = client(config, "events")
    pages = events.get_paginator("list_targets_by_rule").paginate(Rule=name)
    if ids := [each["Id"] for page in pages for each in page["Targets"]]:
        events.remove_targets(Rule=name, Ids=ids)
    events.delete_rule(Name=name)


KINDS = (Kind("EventBridge", RULE, rules, rule_tags, delete_rule),)
