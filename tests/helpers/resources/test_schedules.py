"""A group of schedules is marked when it is made, and goes with its schedules."""

import pytest
from botocore.exceptions import ClientError

from helpers.resources import schedules
from helpers.resources.kind import is_gone
from helpers.roles import make_role
from helpers.schedules import schedule_job
from helpers.session import role_arn
from tests.local_aws.services.sagemaker.jobs.requests import processing


def test_groups_are_listed_with_their_tag_and_deleted(client, config):
    make_role(config)
    job = processing("-") | {"RoleArn": role_arn(config)}
    del job["ProcessingJobName"]
    for name in (f"{config.name}-a", f"{config.name}-b"):
        schedule_job(config, name, job, "cron(0 6 1 1 ? 2199)")
    client("scheduler").create_schedule_group(Name="another")
    [group] = schedules.groups(config)
    assert group.name == config.name
    assert schedules.tags(config, group) == {"course": "birds-and-bins"}
    schedules.delete(config, group.name)
    assert not list(schedules.groups(config))
    assert not client("scheduler").list_schedules()["Schedules"]
    names = [each["Name"] for each in client("scheduler").list_schedule_groups()["ScheduleGroups"]]
    assert names == ["another", "default"]
    with pytest.raises(ClientError) as again:
        schedules.delete(config, group.name)
    assert is_gone(again.value)
