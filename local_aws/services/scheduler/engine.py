"""EventBridge Scheduler's schedules: kept, and sent to their targets in time, on the one clock."""

import logging
import random
import threading
from datetime import datetime, timedelta

from local_aws.parts import Engine, Parts
from local_aws.services.scheduler import targets
from local_aws.services.scheduler.executions import AGE, TRIES, Executions
from local_aws.services.scheduler.expressions import Expression
from local_aws.services.scheduler.groups import DEFAULT, Groups, page
from local_aws.services.scheduler.refusals import invalid, not_there, taken
from local_aws.state.clock import Timer
from local_aws.state.collection import Collection, public

log = logging.getLogger(__name__)
_SCHEDULE = """Name GroupName ScheduleExpression ScheduleExpressionTimezone StartDate EndDate
    Description State ActionAfterCompletion ClientToken FlexibleTimeWindow(*)
    Target(Arn RoleArn Input SageMakerPipelineParameters(*) DeadLetterConfig(*) RetryPolicy(*))"""
OPERATIONS = {
    "scheduler": {
        "CreateSchedule": _SCHEDULE,
        "UpdateSchedule": _SCHEDULE,
        "GetSchedule": "Name GroupName",
        "DeleteSchedule": "Name GroupName ClientToken",
        "ListSchedules": "GroupName NamePrefix State MaxResults NextToken",
        "DeleteScheduleGroup": "Name ClientToken",
    }
}
_TIMES = ("EndDate", "FlexibleTimeWindow", "State")
"""With the expression, what the due times depend on."""
AGAIN_SECONDS = 10.0
"""After which is tried again what failed for another reason than its target: a full disk."""


class Schedules(Engine):
    """The schedules of the local AWS.

    A due time that comes while no server runs is sent at its next start, unless it is older than
    the target's `MaximumEventAgeInSeconds`; AWS is never down.
    Left out: other targets than SageMaker's createProcessingJob, queues and topics (FIFO queues
    too), targets without an input, keys, quotas. A rate without a StartDate begins at once, as on
    AWS; an update that changes neither the expression nor the StartDate leaves its times as they
    are. A schedule invokes at its second, on AWS within its minute.
    """

    name, operations = "schedules", OPERATIONS

    def __init__(self, parts: Parts):
        super().__init__(parts)
        self._schedules = Collection(parts.documents, "schedule")
        self._groups = parts.engine(Groups)
        self._executions = Executions(parts)
        self._lock = threading.RLock()
        self._timer: Timer | None = None

    def create_schedule(self, request: dict) -> dict:
        key, token = self._key(request), request.get("ClientToken")
        with self._lock:
            if there := self._schedules.get(key):
                if token is None or there["_token"] != token:
                    raise taken(f"Schedule {request['Name']}")
                return {"ScheduleArn": there["Arn"]}
            schedule = self._new(request, {})
            self._schedules.put(key, schedule)
            self._arm()
        return {"ScheduleArn": schedule["Arn"]}

    def update_schedule(self, request: dict) -> dict:
        with self._lock:
            before = self._schedule(request)
            schedule = self._new(request, before)
            self._schedules.put(self._key(request), schedule)
            self._arm()
        return {"ScheduleArn": schedule["Arn"]}

    def get_schedule(self, request: dict) -> dict:
        return public(self._schedule(request))

    def list_schedules(self, request: dict) -> dict:
        group, state = request.get("GroupName"), request.get("State")
        if group:
            self._groups.get(group)
        fields = ("Arn", "CreationDate", "GroupName", "LastModificationDate", "Name", "State")
        schedules = [
            {**{name: each[name] for name in fields}, "Target": {"Arn": each["Target"]["Arn"]}}
            for each in self._schedules.listed()
            if group in (None, each["GroupName"])
            and state in (None, each["State"])
            and each["Name"].startswith(request.get("NamePrefix", ""))
        ]
        return page(schedules, request, "Schedules")

    def delete_schedule(self, request: dict) -> dict:
        with self._lock:
            self._delete(self._schedule(request))
        return {}

    def delete_schedule_group(self, request: dict) -> dict:
        group = self._groups.get(request["Name"])["Name"]
        with self._lock, self._schedules.transaction():
            self._groups.delete(group)
            for schedule in self._schedules:
                if schedule["GroupName"] == group:
                    self._delete(schedule)
        return {}

    def _delete(self, schedule: dict) -> None:
        with self._schedules.transaction():
            self._executions.drop(schedule["Arn"])
            self._schedules.delete(f"{schedule['GroupName']}/{schedule['Name']}")

    def _key(self, request: dict) -> str:
        return f"{request.get('GroupName', DEFAULT)}/{request['Name']}"

    def _schedule(self, request: dict) -> dict:
        if (schedule := self._schedules.get(self._key(request))) is None:
            raise not_there(f"Schedule {request['Name']}")
        return schedule

    def _new(self, request: dict, before: dict) -> dict:
        """Return the document of a schedule.

        Args:
            before: that of the schedule which it replaces, or nothing.

        Raises:
            AwsError: a value is not valid, or something is not done.
        """
        now, group = self.parts.clock.now(), request.get("GroupName", DEFAULT)
        self._groups.get(group)
        window = request["FlexibleTimeWindow"]
        if (window["Mode"] == "FLEXIBLE") != ("MaximumWindowInMinutes" in window):
            raise invalid("A flexible time window has MaximumWindowInMinutes, and no other one.")
        arn = self.parts.context.arn("scheduler", f"schedule/{group}/{request['Name']}")
        target = request["Target"]
        targets.check(self.parts, target, targets.words(arn, now, "0" * 16, 1))
        policy = {AGE: 86_400, TRIES: 185, **target.get("RetryPolicy", {})}
        schedule = {
            "ScheduleExpressionTimezone": "UTC", "State": "ENABLED",
            "ActionAfterCompletion": "NONE",
            **{name: value for name, value in request.items() if name != "ClientToken"},
            "Arn": arn, "GroupName": group, "Target": {**target, "RetryPolicy": policy},
            "CreationDate": before.get("CreationDate", now), "LastModificationDate": now,
            "_token": request.get("ClientToken"), "_last": before.get("_last"),
        }  # fmt: skip
        if schedule.get("EndDate", now + timedelta(1)) <= max(now, schedule.get("StartDate", now)):
            raise invalid("The EndDate must be in the future, and after the StartDate.")
        same = ("ScheduleExpression", "ScheduleExpressionTimezone", "StartDate")
        is_same = before and all(before.get(name) == schedule.get(name) for name in same)
        schedule["_begin"] = before["_begin"] if is_same else schedule.get("StartDate", now)
        if is_same and all(before.get(name) == schedule.get(name) for name in _TIMES):
            return schedule | {name: before[name] for name in ("_due", "_at")}
        # A rate that begins now is due now.
        return schedule | _next(schedule, now - timedelta(milliseconds=1))

    # Sending.

    def recover(self) -> None:
        """Send what became due while no server ran.

        SageMaker's engines have recovered before: they are earlier in the table. What they found
        running they have failed, and not what is sent from now on.
        """
        self._arm()

    def shut_down(self) -> None:
        """Send nothing any more."""
        with self._lock:
            if self._timer:
                self._timer.cancel()

    def _arm(self, soonest: float = 0.0) -> None:
        """Wait for the next time at which something is due."""
        if self._timer:
            self._timer.cancel()
        times = [each["_at"] for each in self._schedules if each["_at"]]
        times += [owed] if (owed := self._executions.next()) else []
        if times:
            left = (min(times) - self.parts.clock.now()).total_seconds()
            self._timer = self.parts.clock.after(max(soonest, left), self._fire)

    def _fire(self) -> None:
        with self._lock:
            soonest = AGAIN_SECONDS
            try:
                for schedule in self._schedules:
                    self._begin(schedule)
                self._executions.send_due()
                self._complete()
                soonest = 0.0
            finally:
                self._arm(soonest)

    def _begin(self, schedule: dict) -> None:
        """Owe the due times of a schedule that have come, each in one step with the next one's."""
        now, oldest = self.parts.clock.now(), schedule["Target"]["RetryPolicy"][AGE]
        while (at := schedule["_at"]) and at <= now:
            is_late = now - at > timedelta(seconds=oldest)
            after = now - timedelta(seconds=oldest) if is_late else schedule["_due"]
            following = schedule | _next(schedule, after) | {"_last": schedule["_due"]}
            with self._schedules.transaction():
                if is_late:
                    log.warning("%s was due at %s: too old to be sent", schedule["Arn"], at)
                else:
                    self._executions.begin(schedule, schedule["_due"], at)
                self._schedules.put(self._key(schedule), following)
            schedule = following

    def _complete(self) -> None:
        """Delete the schedules that have no due time left, if they ask for it."""
        for schedule in self._schedules:
            is_over = schedule["_due"] is None and schedule["State"] == "ENABLED"
            if is_over and schedule["ActionAfterCompletion"] == "DELETE":
                if not self._executions.of(schedule["Arn"]):
                    self._delete(schedule)


def _next(schedule: dict, after: datetime) -> dict:
    """Return the next due time of a schedule, and when it is sent: somewhere in its window.

    A due time is after the last one that was sent, even if the clock was moved back by a restart.
    """
    due = None
    if schedule["State"] == "ENABLED":
        expression = Expression(
            schedule["ScheduleExpression"], schedule["ScheduleExpressionTimezone"]
        )
        after = max(after, schedule["_last"] or after)
        due = expression.first(after, schedule["_begin"])
        is_one_time = expression.kind == "at"  # it has neither begin nor end
        if due and not is_one_time and due > schedule.get("EndDate", due):
            due = None
    window = 60 * schedule["FlexibleTimeWindow"].get("MaximumWindowInMinutes", 0)
    return {"_due": due, "_at": due and due + timedelta(seconds=random.randrange(window + 1))}
