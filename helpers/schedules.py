"""Runs a processing job again and again, by EventBridge Scheduler; starts no job itself.

A schedule starts a job at each due time, with the execution's id in the job's name: a due time that
AWS sends twice (it promises at least once) is two jobs with two names. Nothing is sent again by
itself, as a second attempt has another id. Schedules have no tags: they are in a group, which has.
https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
"""

import json
import time
from dataclasses import dataclass
from typing import Any

from helpers import schedule_function
from helpers.config import Config
from helpers.jobs import ENDED, Job, describe, finished
from helpers.request_fields import prescribed_by
from helpers.role_trust import companys_role
from helpers.roles import Permissions, put_role
from helpers.session import client
from helpers.user_policy import SCHEDULER
from helpers.waiting import until

EXECUTION, DUE = "<aws.scheduler.execution-id>", "<aws.scheduler.scheduled-time>"
"""What Scheduler replaces in a request: the execution's id, and the time when it is due."""
KIND, OPERATION = "ProcessingJob", "CreateProcessingJob"
TARGET = "arn:aws:scheduler:::aws-sdk:sagemaker:createProcessingJob"
LONGEST_NAME = 63 - len("-0123456789abcdef")
"""Of a schedule: a job's name has 63 letters, and an execution's id after it."""


@dataclass(frozen=True)
class Schedule:
    """A schedule of a processing job."""

    name: str
    group: str
    expression: str
    zone: str = "UTC"

    def __repr__(self) -> str:
        return f"<Schedule {self.name}: {self.expression}, {self.zone}>"


def request_of(config: Config, job: str) -> dict:
    """Return the request that starts a processing job like one that has run, without its name."""
    model = client(config, "sagemaker").meta.service_model.operation_model(OPERATION)
    description = describe(config, KIND, job)
    names = model.input_shape.members.keys() - {f"{KIND}Name"}
    return {name: value for name, value in description.items() if name in names}


def schedule_job(
    config: Config, name: str, request: dict, expression: str, *,
    zone: str = "UTC", window_minutes: int = 0,
) -> Schedule:  # fmt: skip
    """Have a processing job run at each due time; running it again changes what is different.

    Args:
        name: of the schedule, a part of its jobs' names; it begins with `config.name`.
        request: of CreateProcessingJob, without a name; `EXECUTION` and `DUE` may be in its texts.
        expression: `rate(1 hour)`, `cron(0 6 ? * MON-FRI *)` or `at(2026-11-30T06:00:00)`.
        window_minutes: within which after its due time a job starts; 0: at once.

    Raises:
        ValueError: the name is too long, or not the data set's: `12` would leave its jobs.
    """
    _check(config, name)
    role = make_role(config, request["RoleArn"])
    order = schedule_order(
        config, name, request, expression, role, zone=zone, window_minutes=window_minutes
    )
    schedule_function.put(client(config, "scheduler"), order)
    return Schedule(name, config.name, expression, zone)


def schedule_order(
    config: Config, name: str, request: dict, expression: str, role: str, *,
    zone: str = "UTC", window_minutes: int = 0,
) -> dict[str, Any]:  # fmt: skip
    """Return what `schedule_function` puts: the data set's group, and the schedule in it.

    Args:
        name: as in `schedule_job`; `request` and `expression` too.
        role: ARN of the role as which Scheduler starts the jobs.

    Raises:
        ValueError: the name is too long, or not the data set's: `12` would leave its jobs.
    """
    _check(config, name)
    # Scheduler sends it as it is.
    job = prescribed_by(config.account, "sagemaker", OPERATION, request)
    job = {**job, f"{KIND}Name": f"{name}-{EXECUTION}"}
    window = {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": window_minutes}
    schedule = {
        "Name": name,
        "GroupName": config.name,
        "ScheduleExpression": expression,
        "ScheduleExpressionTimezone": zone,
        "FlexibleTimeWindow": window if window_minutes else {"Mode": "OFF"},
        "State": "ENABLED",
        "Target": {
            "Arn": TARGET,
            "RoleArn": role,
            "Input": json.dumps(job, sort_keys=True),
            "RetryPolicy": {"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 3600},
        },
    }
    group = prescribed_by(config.account, "scheduler", "CreateScheduleGroup", {"Name": config.name})
    return {"group": group, "schedule": schedule}


def _check(config: Config, name: str) -> None:
    if len(name) > LONGEST_NAME or not name.startswith(config.name):
        rule = f"use at most {LONGEST_NAME} letters, and begin with {config.name}"
        raise ValueError(f"A schedule can't be called {name}: {rule}")


def unschedule(config: Config, schedule: Schedule) -> None:
    """Delete a schedule; the jobs that it has started stay."""
    client(config, "scheduler").delete_schedule(Name=schedule.name, GroupName=schedule.group)


def jobs_of(config: Config, schedule: Schedule) -> list[str]:
    """Return the names of the jobs that a schedule has started, the oldest first."""
    pages = client(config, "sagemaker").get_paginator("list_processing_jobs").paginate(
        NameContains=f"{schedule.name}-", SortBy="CreationTime", SortOrder="Ascending"
    )  # fmt: skip
    jobs = [each[f"{KIND}Name"] for page in pages for each in page["ProcessingJobSummaries"]]
    length = len(schedule.name) + len("-0123456789abcdef")
    return [job for job in jobs if job.startswith(schedule.name) and len(job) == length]


def wait_for_jobs(
    config: Config, schedule: Schedule, count: int, patience: float = 1800.0
) -> list[Job]:
    """Wait until a schedule has started some jobs and these have ended; return them.

    Args:
        patience: seconds after which it is an error that fewer have ended.

    Raises:
        RuntimeError: fewer have ended.
        NotTold: their states can't be asked for; the message says what to do.
    """
    end = time.monotonic() + patience

    def read() -> dict:
        names = jobs_of(config, schedule)
        states = [describe(config, KIND, name)[f"{KIND}Status"] for name in names]
        return dict(zip(names, states, strict=True))

    def over(states: dict) -> list[str]:
        return [name for name, state in states.items() if state in ENDED]

    states = until(
        read,
        lambda states: len(over(states)) >= count or time.monotonic() > end,
        name=schedule.name,
        words=lambda states: f"{len(states)} of {count} started",
        pause=config.poll_seconds,
    )
    if len(names := over(states)) < count:
        raise RuntimeError(
            f"{schedule.name} has started {len(states)} jobs, and {len(names)} of {count} have "
            "ended: see that the schedule's role may start them, and that they are due"
        )
    return [finished(config, KIND, name) for name in names]


def schedule_permissions(config: Config, passed: str) -> Permissions:
    """Return what the schedules' role may do.

    Args:
        passed: the ARN of the jobs' role.
    """
    jobs = f"arn:aws:sagemaker:{config.region}:*:processing-job/{config.name}*"
    return {
        "start the jobs": (["sagemaker:CreateProcessingJob", "sagemaker:AddTags"], [jobs]),
        "hand the jobs their role": (["iam:PassRole"], [passed]),
    }


def schedules_role(config: Config) -> str:
    """Return the name of the role as which Scheduler starts the data set's jobs."""
    return f"{config.name}-schedules"


def make_role(config: Config, passed: str) -> str:
    """Make the schedules' role, or renew its permissions; return its ARN.

    Args:
        passed: the ARN of the jobs' role.
    """
    if arn := companys_role(config, SCHEDULER):
        return arn
    return put_role(config, schedules_role(config), SCHEDULER, schedule_permissions(config, passed))
