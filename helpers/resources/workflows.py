"""Glue's workflows with their triggers; knows no job and no rule."""

from collections.abc import Iterator, Mapping

from helpers.config import Config
from helpers.resources.kind import OURS, Kind, Resource
from helpers.session import client

TRIGGER = "trigger"


def _resources(config: Config, kind: str, names: Iterator[str]) -> Iterator[Resource]:
    """Yield those of some names that begin as the course's."""
    account = client(config, "sts").get_caller_identity()["Account"]
    place = f"arn:aws:glue:{config.region}:{account}:{kind}"
    yield from (Resource(name, f"{place}/{name}") for name in names if name.startswith(OURS))


def triggers(config: Config) -> Iterator[Resource]:
    """Yield all triggers whose names begin as the course's."""
    pages = client(config, "glue").get_paginator("get_triggers").paginate()
    names = (trigger["Name"] for page in pages for trigger in page["Triggers"])
    yield from _resources(config, "trigger", names)


def workflows(config: Config) -> Iterator[Resource]:
    """Yield all workflows whose names begin as the course's."""
    pages = client(config, "glue").get_paginator("list_workflows").paginate()
    names = (name for page in pages for name in page["Workflows"])
    yield from _resources(config, "workflow", names)


def tags(config: Config, resource: Resource) -> Mapping[str, str]:
    """Return the tags of a workflow or a trigger."""
    return client(config, "glue").get_tags(ResourceArn=resource.arn)["Tags"]


def delete_trigger(config: Config, name: str) -> None:
    """Delete a trigger: it starts nothing more."""
    client(config, "glue").delete_trigger(Name=name)


def delete_workflow(config: Config, name: str) -> None:
    """Delete a workflow with what is known of its runs."""
    client(config, "glue").delete_workflow(Name=name)


KINDS = (
    Kind("Glue", TRIGGER, triggers, tags, delete_trigger, ("rule",)),
    Kind("Glue", "workflow", workflows, tags, delete_workflow, (TRIGGER,)),
)
