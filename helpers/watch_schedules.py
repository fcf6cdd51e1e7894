"""Watches an endpoint's traffic on a schedule: which window, how often, and where reports go.

`09` and the pipeline's step `Schedule` put the same schedule.
"""

from typing import Any

from helpers import schedule_function
from helpers.config import Config
from helpers.monitor_jobs import FOLDER, watch_request
from helpers.schedules import DUE, EXECUTION, Schedule, make_role, schedule_order
from helpers.session import client, role_arn

EVERY = "rate(15 minutes)"
WINDOW = "-PT15M"
"""Each window ends where the next one begins."""
LATE_SECONDS = 300
"""By which a window ends before its due time: captured files come late."""


def watch_schedule(config: Config) -> Schedule:
    """Return the schedule of the data set's endpoint, whether it is there or not."""
    return Schedule(f"{config.name}-watch", config.name, EVERY)


def watch_order(config: Config, endpoint: str, role: str) -> dict[str, Any]:
    """Return what `schedule_function` puts, so that an endpoint's traffic is watched.

    Args:
        role: ARN of the role as which Scheduler starts the jobs.
    """
    schedule = watch_schedule(config)
    place = config.uri(FOLDER, endpoint, "schedule", EXECUTION)
    request = watch_request(config, endpoint, place, WINDOW, DUE, late=LATE_SECONDS)
    return schedule_order(config, schedule.name, request, schedule.expression, role)


def watch_on_schedule(config: Config, endpoint: str) -> Schedule:
    """Have an endpoint's traffic watched on a schedule; running it again changes what differs."""
    order = watch_order(config, endpoint, make_role(config, role_arn(config)))
    schedule_function.put(client(config, "scheduler"), order)
    return watch_schedule(config)
