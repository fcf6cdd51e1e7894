"""A schedule is made where it is missing, changed where it is stopped or differs, else left."""

import json

import pytest
from botocore.stub import Stubber

from helpers import schedule_function
from helpers.roles import make_role
from helpers.schedules import make_role as make_schedules_role
from helpers.schedules import schedule_order
from helpers.session import role_arn
from tests.local_aws.services.sagemaker.jobs.requests import processing

FOREVER = "cron(0 6 1 1 ? 2199)"


@pytest.fixture
def order(config):
    make_role(config)
    arn = role_arn(config)
    request = processing("job") | {"RoleArn": arn}
    del request["ProcessingJobName"]
    role = make_schedules_role(config, arn)
    return schedule_order(config, f"{config.name}-s", request, FOREVER, role)


@pytest.fixture
def scheduler(config):
    """Return a client of Scheduler as a function of Lambda has it."""
    return schedule_function.boto3.client("scheduler")


def read(scheduler, order):
    named = {key: order["schedule"][key] for key in ("Name", "GroupName")}
    return scheduler.get_schedule(**named)


def test_it_is_made_once_with_its_group_and_then_left_alone(scheduler, order):
    assert schedule_function.put(scheduler, order) == "created"
    first = read(scheduler, order)
    assert schedule_function.put(scheduler, order) == "unchanged"
    assert read(scheduler, order)["LastModificationDate"] == first["LastModificationDate"]
    arn = scheduler.get_schedule_group(Name=order["group"]["Name"])["Arn"]
    tags = scheduler.list_tags_for_resource(ResourceArn=arn)["Tags"]
    assert tags == [{"Key": "course", "Value": "birds-and-bins"}]


@pytest.mark.parametrize(
    "change", [{"State": "DISABLED"}, {"ScheduleExpression": "cron(0 7 1 1 ? 2199)"}]
)
def test_one_that_is_stopped_or_differs_is_set_right(scheduler, order, change):
    schedule_function.put(scheduler, order)
    scheduler.update_schedule(**{**order["schedule"], **change})
    assert schedule_function.put(scheduler, order) == "updated"
    assert schedule_function.put(scheduler, order) == "unchanged"
    assert read(scheduler, order)["State"] == "ENABLED"


def test_what_aws_adds_by_itself_is_no_difference(scheduler, order):
    schedule_function.put(scheduler, order)
    more = read(scheduler, order) | {"ActionAfterCompletion": "NONE"}
    more["Target"] = {**more["Target"], "DeadLetterConfig": {}}
    with Stubber(scheduler) as aws:
        aws.add_client_error("create_schedule_group", "ConflictException")
        more.pop("ResponseMetadata")
        aws.add_response("get_schedule", more)
        assert schedule_function.put(scheduler, order) == "unchanged"


def test_another_request_of_its_jobs_is_another_schedule(scheduler, order):
    schedule_function.put(scheduler, order)
    other = json.loads(json.dumps(order).replace("ml.m5.large", "ml.m5.xlarge"))
    assert other != order and schedule_function.put(scheduler, other) == "updated"


def test_the_function_returns_its_name_and_what_was_done(scheduler, order):
    answer = schedule_function.handle({"order": json.dumps(order)}, None)
    assert answer == {"name": order["schedule"]["Name"], "done": "created"}
