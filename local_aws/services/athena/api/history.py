"""The history of query executions: their records in the documents; runs none.

An execution that ran when the process was killed is FAILED after a restart.
"""

from itertools import count
from threading import Event
from typing import Protocol

from local_aws.errors import AwsError
from local_aws.services.athena.failures import QueryFailed, athena_error
from local_aws.state.clock import Clock
from local_aws.state.documents import Documents

RESTARTED = "GENERIC_INTERNAL_ERROR: The service was restarted while the query ran"
ENDED = ("SUCCEEDED", "FAILED", "CANCELLED")


class Recorded(Protocol):
    """The interface of an execution to its history."""

    id: str
    record: dict
    """QueryExecution as `body`, and the facts of the result."""
    done: Event

    def cancel(self, reason: str) -> None:
        """Stop the query."""


class History:
    """All executions: all in the documents, the unfinished ones in memory too."""

    def __init__(self, documents: Documents, clock: Clock):
        self._documents, self._clock = documents, clock
        self._live: dict[str, Recorded] = {}
        self._numbers = count(len(documents.items("execution")))
        self._fail_interrupted()

    def _fail_interrupted(self) -> None:
        for key, record in self._documents.items("execution"):
            status = record["body"]["Status"]
            if status["State"] not in ENDED:
                failure = QueryFailed("", RESTARTED)
                status |= {"State": "FAILED", "StateChangeReason": RESTARTED}
                status |= {"CompletionDateTime": self._clock.now()}
                status["AthenaError"] = {**athena_error(failure), "ErrorCategory": 1}
                self._documents.put("execution", key, record)

    def add(self, execution: Recorded, token: str | None) -> None:
        """Write a new execution; it is known after a crash from then on."""
        with self._documents.transaction():
            execution.record["number"] = next(self._numbers)
            self.save(execution)
            if token:
                self._documents.put("token", token, {"id": execution.id})
        self._live[execution.id] = execution

    def by_token(self, token: str) -> str | None:
        """Return the execution of a ClientRequestToken."""
        body = self._documents.get("token", token)
        return body["id"] if body else None

    def save(self, execution: Recorded) -> None:
        """Write an execution's state."""
        self._documents.put("execution", execution.id, execution.record)

    def finish(self, execution: Recorded) -> None:
        """Write a final state and wake the threads that wait for it.

        Raises:
            sqlite3.Error: a success can't be written; another state is kept in memory until it can.
        """
        if execution.record["body"]["Status"]["State"] == "SUCCEEDED":
            self.save(execution)
        else:
            self._documents.put_late("execution", execution.id, execution.record)
        self._live.pop(execution.id, None)
        execution.done.set()

    def live(self) -> list[Recorded]:
        """Return the queued and running executions."""
        return list(self._live.values())

    def running(self, id_: str) -> Recorded | None:
        """Return an unfinished execution, or None."""
        return self._live.get(id_)

    def wait(self, id_: str, seconds: float) -> None:
        """Wait for the end of an execution, up to a limit of time."""
        if execution := self._live.get(id_):
            execution.done.wait(seconds)

    def record(self, id_: str) -> dict:
        """Return an execution's record.

        Raises:
            AwsError: it does not exist.
        """
        record = self._documents.get("execution", id_)
        if record is None:
            raise AwsError("InvalidRequestException", f"QueryExecution {id_} was not found")
        return record

    def ids(self, group: str) -> list[str]:
        """Return a workgroup's executions, the newest first."""
        records = [
            record
            for _, record in self._documents.items("execution")
            if record["body"]["WorkGroup"] == group
        ]
        records.sort(key=_submitted, reverse=True)
        return [record["body"]["QueryExecutionId"] for record in records]


def _submitted(record: dict) -> tuple:
    """Return when an execution came: several may come within a millisecond of the clock."""
    return record["body"]["Status"]["SubmissionDateTime"], record.get("number", 0)
