"""Puts a schedule with its group where it is not as ordered: a function of Lambda, boto3 alone.

`schedules.schedule_job` does it by the same code.
"""

import json
from typing import Any

import boto3


def handle(event: dict[str, str], context: Any) -> dict[str, str]:
    """Put the schedule of an order; return its `name`, and what was `done`.

    Args:
        event: the `order` of `put` as JSON.
    """
    order = json.loads(event["order"])
    return {"done": put(boto3.client("scheduler"), order), "name": order["schedule"]["Name"]}


def put(scheduler: Any, order: dict[str, Any]) -> str:
    """Make a schedule that is missing, change one that is stopped or differs, leave one as ordered.

    Args:
        scheduler: a client of EventBridge Scheduler.
        order: `group`, the members of CreateScheduleGroup; `schedule`, those of CreateSchedule.

    Returns:
        `created`, `updated` or `unchanged`.
    """
    try:
        scheduler.create_schedule_group(**order["group"])
    except scheduler.exceptions.ConflictException:
        pass  # it is there
    wanted = order["schedule"]
    try:
        present = scheduler.get_schedule(Name=wanted["Name"], GroupName=wanted["GroupName"])
    except scheduler.exceptions.ResourceNotFoundException:
        scheduler.create_schedule(**wanted)
        return "created"
    if _has(present, wanted):
        return "unchanged"
    scheduler.update_schedule(**wanted)
    return "updated"


def _has(present: Any, wanted: Any) -> bool:
    """Say whether all that is wanted is there; what AWS has added by itself does not count."""
    if isinstance(wanted, dict) and isinstance(present, dict):
        return all(_has(present.get(key), value) for key, value in wanted.items())
    return present == wanted
