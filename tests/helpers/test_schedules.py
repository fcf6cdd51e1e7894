"""A processing job that has run runs again at each due time, under names that tell them apart."""

import json
from datetime import timedelta

import pytest

from helpers.account_settings import AccountSettings
from helpers.jobs import wait
from helpers.metrics import END
from helpers.rehearsal import now, pass_time
from helpers.roles import make_role, put_role
from helpers.schedules import (
    DUE,
    EXECUTION,
    jobs_of,
    request_of,
    schedule_job,
    schedule_permissions,
    unschedule,
    wait_for_jobs,
)
from helpers.session import client, role_arn
from helpers.user_policy import SCHEDULER
from local_aws.control import Fault, set_faults
from tests.local_aws.services.sagemaker.jobs.requests import processing
from tests.local_cloud import course_config

NAME = "birds-and-bins-birds-s"
FOREVER = "cron(0 6 1 1 ? 2199)"
PRINT = f"print('a=1'); print({END!r})".encode()


@pytest.fixture
def request_(aws, rehearsed):
    """Return the request of a job that has run."""
    config = rehearsed
    aws.store.put(config.bucket, "code/run.py", PRINT)
    make_role(config)
    job = processing(f"{config.name}-monitor") | {"RoleArn": role_arn(config)}
    client(config, "sagemaker").create_processing_job(**job, Environment={"DUE": "by hand"})
    wait(config, "ProcessingJob", f"{config.name}-monitor")
    request = request_of(config, f"{config.name}-monitor")
    assert {**request, "ProcessingJobName": f"{config.name}-monitor"} == job | {
        "Environment": {"DUE": "by hand"}, "StoppingCondition": request["StoppingCondition"],
    }  # fmt: skip
    return request | {"Environment": {"DUE": DUE}}


def test_a_job_runs_at_once_and_again_when_time_passes(config, request_):
    name = f"{config.name}-hourly"
    schedule = schedule_job(config, name, request_, "rate(1 hour)")
    assert repr(schedule) == f"<Schedule {name}: rate(1 hour), UTC>"
    [first] = wait_for_jobs(config, schedule, 1)
    pass_time(config, 3600)
    jobs = wait_for_jobs(config, schedule, 2)
    assert [job.status for job in jobs] == ["Completed"] * 2 and jobs[0].name == first.name
    assert jobs_of(config, schedule) == [job.name for job in jobs]
    assert all(len(job.name) == len(f"{name}-") + 16 for job in jobs)
    due = [job.description["Environment"]["DUE"] for job in jobs]
    assert due[0] < due[1] and all(each.endswith("Z") for each in due)


def test_the_jobs_have_the_courses_tag_and_their_group_too(config, request_):
    schedule = schedule_job(config, NAME, request_, "rate(1 day)")
    [job] = wait_for_jobs(config, schedule, 1)
    sagemaker, tag = client(config, "sagemaker"), [{"Key": "course", "Value": "birds-and-bins"}]
    assert sagemaker.list_tags(ResourceArn=job.description["ProcessingJobArn"])["Tags"] == tag
    group = client(config, "scheduler").get_schedule_group(Name=config.name)["Arn"]
    assert client(config, "scheduler").list_tags_for_resource(ResourceArn=group)["Tags"] == tag


def test_a_schedule_is_made_once_and_changed_where_it_is_different(config, request_):
    scheduler = client(config, "scheduler")

    def read():
        [summary] = scheduler.list_schedules(GroupName=config.name)["Schedules"]
        return scheduler.get_schedule(Name=summary["Name"], GroupName=config.name)

    schedule_job(config, NAME, request_, FOREVER)
    first = read()
    assert json.loads(first["Target"]["Input"])["ProcessingJobName"] == f"{NAME}-{EXECUTION}"
    schedule_job(config, NAME, request_, FOREVER)
    assert read()["LastModificationDate"] == first["LastModificationDate"]
    schedule_job(config, NAME, request_, FOREVER, zone="Europe/Berlin", window_minutes=15)
    changed = read()
    assert changed["ScheduleExpressionTimezone"] == "Europe/Berlin"
    assert changed["FlexibleTimeWindow"] == {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15}


def test_a_deleted_schedule_starts_no_more_jobs(config, request_):
    soon = now(config) + timedelta(hours=1)
    schedule = schedule_job(config, NAME, request_, f"at({soon:%Y-%m-%dT%H:%M:%S})")
    unschedule(config, schedule)
    pass_time(config, 7200)
    assert jobs_of(config, schedule) == []


def test_the_schedules_role_may_start_the_courses_jobs_and_no_others(config, request_):
    schedule_job(config, NAME, request_, FOREVER)
    arn = role_arn(config).replace("execution", "birds-schedules")
    place = f"arn:aws:sagemaker:{config.region}:000000000000"
    request = {
        "PolicySourceArn": arn, "ActionNames": ["sagemaker:CreateProcessingJob"],
        "ResourceArns": [f"{place}:processing-job/{name}" for name in (f"{config.name}-x", "x")],
    }  # fmt: skip
    results = client(config, "iam").simulate_principal_policy(**request)["EvaluationResults"]
    assert [each["EvalDecision"] for each in results] == ["allowed", "implicitDeny"]


def test_an_accounts_own_role_is_used_as_it_is(aws, config, request_):
    arn = put_role(config, "theirs", SCHEDULER, schedule_permissions(config, "*"))
    company = course_config(aws, account=AccountSettings(role_arn=arn))
    schedule = schedule_job(company, NAME, request_, FOREVER)
    scheduler = client(company, "scheduler")
    kept = scheduler.get_schedule(Name=schedule.name, GroupName=schedule.group)
    assert kept["Target"]["RoleArn"] == arn
    names = [each["RoleName"] for each in client(config, "iam").list_roles()["Roles"]]
    assert f"{config.name}-schedules" not in names


def test_a_new_role_is_waited_for(aws, config, request_):
    set_faults(aws.context, [Fault("lagging", "iam", "CreateRole", seconds=2)])
    assert schedule_job(config, NAME, request_, FOREVER).name == NAME


def test_a_schedule_whose_jobs_do_not_come_is_an_error_in_the_end(config, request_):
    schedule = schedule_job(config, NAME, request_, FOREVER)
    with pytest.raises(RuntimeError, match="started 0 jobs"):
        wait_for_jobs(config, schedule, 1, patience=0.3)


@pytest.mark.parametrize("name", [f"{NAME:x<47}", "monitor"])
def test_a_name_that_leaves_no_room_for_an_execution_or_is_not_ours_is_refused(config, name):
    with pytest.raises(ValueError, match="at most 46 letters, and begin with birds-and-bins-birds"):
        schedule_job(config, name, {}, FOREVER)
