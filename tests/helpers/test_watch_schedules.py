"""The schedule that watches an endpoint is the same whoever puts it, and its job can run."""

import json

import pytest

from helpers import schedule_function
from helpers.roles import make_role
from helpers.schedules import make_role as make_schedules_role
from helpers.session import client, role_arn
from helpers.watch_schedules import watch_on_schedule, watch_order, watch_schedule

pytestmark = pytest.mark.filterwarnings("ignore")  # the SDK warns of itself


def test_what_the_notebook_has_made_is_what_the_pipeline_orders(config):
    make_role(config)
    made = watch_on_schedule(config, config.name)
    assert made == watch_schedule(config)
    role = make_schedules_role(config, role_arn(config))
    order = watch_order(config, config.name, role)
    assert schedule_function.put(client(config, "scheduler"), order) == "unchanged"


def test_a_window_begins_where_the_last_one_ended_and_reads_the_present_baseline(config):
    make_role(config)
    order = watch_order(config, config.name, f"arn:aws:iam::{'0' * 12}:role/x")
    job = json.loads(order["schedule"]["Target"]["Input"])
    assert order["schedule"]["ScheduleExpression"] == "rate(15 minutes)"
    assert job["Environment"]["start_time"] == "-PT15M"
    assert job["Environment"]["end_time"] == "<aws.scheduler.scheduled-time>"
    assert job["AppSpecification"]["ContainerArguments"][-2:] == ["--late", "300"]
    inputs = {each["InputName"]: each["S3Input"]["S3Uri"] for each in job["ProcessingInputs"]}
    assert inputs["baseline"] == f"{config.uri('monitor', 'baseline')}/"
