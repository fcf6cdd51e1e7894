"""Groups hold schedules and the tags that schedules lack; one is there from the beginning."""

import pytest
from botocore.exceptions import ClientError

ARN = "arn:aws:scheduler:us-east-1:000000000000:schedule-group/birds"


@pytest.fixture
def scheduler(client):
    return client("scheduler")


def test_the_default_group_is_there(scheduler):
    [group] = scheduler.list_schedule_groups()["ScheduleGroups"]
    assert (group["Name"], group["State"]) == ("default", "ACTIVE")
    assert scheduler.get_schedule_group(Name="default")["CreationDate"] == group["CreationDate"]


def test_a_group_has_the_tags_that_it_was_made_with_and_later_ones(scheduler):
    tags = [{"Key": "course", "Value": "a"}]
    assert scheduler.create_schedule_group(Name="birds", Tags=tags)["ScheduleGroupArn"] == ARN
    scheduler.tag_resource(ResourceArn=ARN, Tags=[{"Key": "course", "Value": "b"}])
    read = scheduler.list_tags_for_resource(ResourceArn=ARN)["Tags"]
    assert read == [{"Key": "course", "Value": "b"}]
    [group] = scheduler.list_schedule_groups(NamePrefix="bi")["ScheduleGroups"]
    assert group["Arn"] == ARN


def test_a_name_is_given_once_but_to_the_same_request(scheduler):
    scheduler.create_schedule_group(Name="birds", ClientToken="t")
    scheduler.create_schedule_group(Name="birds", ClientToken="t")
    with pytest.raises(ClientError, match="ConflictException"):
        scheduler.create_schedule_group(Name="birds")


def test_a_group_that_is_not_there_is_not_found(scheduler):
    for call in (
        lambda: scheduler.get_schedule_group(Name="birds"),
        lambda: scheduler.list_tags_for_resource(ResourceArn=ARN),
        lambda: scheduler.delete_schedule_group(Name="birds"),
    ):
        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            call()


def test_groups_have_pages(scheduler):
    scheduler.create_schedule_group(Name="birds")
    page = scheduler.list_schedule_groups(MaxResults=1)
    assert [each["Name"] for each in page["ScheduleGroups"]] == ["birds"]
    page = scheduler.list_schedule_groups(NextToken=page["NextToken"])
    assert [each["Name"] for each in page["ScheduleGroups"]] == ["default"]
    with pytest.raises(ClientError, match="ValidationException"):
        scheduler.list_schedule_groups(NextToken="x")
