"""The executions of schedules: each due time is sent once, through retries and restarts.

A due time becomes a document with an execution id, in the same transaction that moves the schedule
on to its next one. The document is deleted once the target has answered. So a server that is killed
finds at its next start which due times it still owes: it sends those again under the same id. If
the job of that request is there already, made since the attempt was due, it was the last thing that
the killed server did, and nothing is sent. A message has no such mark: a queue's reader may see it
twice if the server is killed in the instant after it (AWS promises at least once, for all targets:
https://docs.aws.amazon.com/scheduler/latest/UserGuide/what-is-scheduler.html).
Left out: which errors AWS does not retry, and the pauses between its attempts, are not published.
Here every error is retried, after pauses that double.
"""

import logging
import secrets
from datetime import datetime, timedelta

from local_aws import role_permissions
from local_aws.errors import AwsError
from local_aws.parts import Parts
from local_aws.services.scheduler import targets
from local_aws.state.collection import Collection

log = logging.getLogger(__name__)
AGE, TRIES = "MaximumEventAgeInSeconds", "MaximumRetryAttempts"
LONGEST_PAUSE = 480
"""Seconds between two attempts: 185 of them, the most, fill the longest age of a day."""


class Executions:
    """The due times that are owed: the documents of what has not been sent or has failed so far."""

    def __init__(self, parts: Parts):
        self._parts = parts
        self._owed = Collection(parts.documents, "schedule.execution")

    def begin(self, schedule: dict, scheduled: datetime, at: datetime) -> None:
        """Owe an invocation.

        Args:
            scheduled: the due time; `at` is when it is sent, later where the window is flexible.
        """
        execution = {
            "key": f"{schedule['Arn']} {scheduled:%Y-%m-%dT%H:%M:%SZ}",
            "schedule": schedule["Arn"], "target": schedule["Target"], "scheduled": scheduled,
            "began": at, "at": at, "attempt": 1, "id": _new_id(),
        }  # fmt: skip
        self._owed.put(execution["key"], execution)

    def next(self) -> datetime | None:
        """Return when the next attempt is due, None where nothing is owed."""
        return min((execution["at"] for execution in self._owed), default=None)

    def of(self, schedule: str) -> list[dict]:
        """Return what is owed of a schedule, by its ARN."""
        return [execution for execution in self._owed if execution["schedule"] == schedule]

    def drop(self, schedule: str) -> None:
        """Owe nothing of a schedule any more."""
        for execution in self.of(schedule):
            self._owed.delete(execution["key"])

    def send_due(self) -> None:
        """Make the attempts that are due, in the order of their times."""
        now = self._parts.clock.now()
        for execution in sorted(self._owed, key=lambda each: each["at"]):
            if execution["at"] <= now:
                self._attempt(execution)

    def _attempt(self, execution: dict) -> None:
        policy, now = execution["target"]["RetryPolicy"], self._parts.clock.now()
        if now - execution["began"] > timedelta(seconds=policy[AGE]):
            error = AwsError("EventAgeExceeded", "The server did not run when it was due.")
            self._give_up(execution, error, AGE)
        elif error := self._send(execution):
            log.warning("%s, attempt %d: %s", execution["key"], execution["attempt"], error)
            pause = timedelta(seconds=min(2 ** (execution["attempt"] - 1), LONGEST_PAUSE))
            if execution["attempt"] > policy[TRIES]:
                self._give_up(execution, error, TRIES)
            elif now + pause - execution["began"] > timedelta(seconds=policy[AGE]):
                self._give_up(execution, error, AGE)
            else:
                attempt = {"attempt": execution["attempt"] + 1, "id": _new_id(), "at": now + pause}
                self._owed.put(execution["key"], execution | attempt)
        else:
            self._owed.delete(execution["key"])

    def _send(self, execution: dict) -> AwsError | None:
        """Call the target; return the error where it refuses."""
        attributes = _words(execution)
        try:
            targets.send(self._parts, execution["target"], attributes)
        except AwsError as error:
            if targets.is_made(self._parts, execution["target"], attributes, execution["at"]):
                return None
            return error
        return None

    def _give_up(self, execution: dict, error: AwsError, condition: str) -> None:
        """Put the invocation into the dead-letter queue, if there is one."""
        target = execution["target"]
        if queue := target.get("DeadLetterConfig", {}).get("Arn"):
            texts = {
                "ERROR_CODE": error.code, "ERROR_MESSAGE": error.message,
                "EXECUTION_ID": execution["id"], "EXHAUSTED_RETRY_CONDITION": condition,
                "IS_PAYLOAD_TRUNCATED": "false", "RETRY_ATTEMPTS": str(execution["attempt"] - 1),
                "SCHEDULED_TIME": _words(execution)["<aws.scheduler.scheduled-time>"],
                "SCHEDULE_ARN": execution["schedule"], "TARGET_ARN": target["Arn"],
            }  # fmt: skip
            self._bury(target, queue, targets.filled(target, _words(execution)), texts)
        self._owed.delete(execution["key"])

    def _bury(self, target: dict, queue: str, text: str, texts: dict[str, str]) -> None:
        """Send a dead letter, as the target's role.

        https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
        """
        try:
            call = targets.queue_message(self._parts, queue, text)
            role_permissions.check(self._parts.call, target["RoleArn"], call.action, call.resource)
            marks = {
                name: {"DataType": "String", "StringValue": value} for name, value in texts.items()
            }
            request = {**call.request, "MessageAttributes": marks}
            self._parts.call(call.service, call.operation, request)
        except AwsError as error:  # nobody is left who could be told
            log.warning("%s is lost: %s", texts["EXECUTION_ID"], error)


def _words(execution: dict) -> dict[str, str]:
    names = ("schedule", "scheduled", "id", "attempt")
    return targets.words(*(execution[name] for name in names))


def _new_id() -> str:
    return secrets.token_hex(8)
