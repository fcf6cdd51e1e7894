"""CloudWatch's alarms that guard the course's endpoints; knows no metric."""

from collections.abc import Iterator

from helpers.config import Config
from helpers.course_tag import as_mapping
from helpers.resources.kind import OURS, Resource
from helpers.session import client


def alarms(config: Config) -> Iterator[Resource]:
    """Yield all alarms whose names begin as the course's."""
    pages = client(config, "cloudwatch").get_paginator("describe_alarms")
    for page in pages.paginate(AlarmNamePrefix=OURS):
        yield from (
            Resource(alarm["AlarmName"], alarm["AlarmArn"]) for alarm in page["MetricAlarms"]
        )


def tags(config: Config, alarm: Resource) -> dict[str, str]:
    """Return an alarm's tags."""
    cloudwatch = client(config, "cloudwatch")
    return as_mapping(cloudwatch.list_tags_for_resource(ResourceARN=alarm.arn)["Tags"])


def delete(config: Config, name: str) -> None:
    """Delete an alarm."""
    client(config, "cloudwatch").delete_alarms(AlarmNames=[name])
