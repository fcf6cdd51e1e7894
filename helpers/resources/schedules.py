"""The groups of the course's schedules, which have the tags that schedules lack."""

from collections.abc import Iterator

from helpers.config import Config
from helpers.course_tag import as_mapping
from helpers.resources.kind import OURS, Kind, Resource
from helpers.session import client


def groups(config: Config) -> Iterator[Resource]:
    """Yield the groups whose names begin as the course's, but those that AWS is deleting."""
    pages = client(config, "scheduler").get_paginator("list_schedule_groups")
    for page in pages.paginate(NamePrefix=OURS):
        for group in page["ScheduleGroups"]:
            if group["State"] == "ACTIVE":
                yield Resource(group["Name"], group["Arn"])


def tags(config: Config, group: Resource) -> dict[str, str]:
    """Return a group's tags."""
    scheduler = client(config, "scheduler")
    return as_mapping(scheduler.list_tags_for_resource(ResourceArn=group.arn)["Tags"])


def delete(config: Config, name: str) -> None:
    """Delete a group's schedules one by one, then the group.

    A group takes its schedules with it too, but they go on starting jobs while AWS deletes it.
    """
    scheduler = client(config, "scheduler")
    pages = scheduler.get_paginator("list_schedules").paginate(GroupName=name)
    for schedule in [each["Name"] for page in pages for each in page["Schedules"]]:
        scheduler.delete_schedule(Name=schedule, GroupName=name)
    scheduler.delete_schedule_group(Name=name)


KINDS = (Kind("EventBridge Scheduler", "schedule group", groups, tags, delete),)
