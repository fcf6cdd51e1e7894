"""The history of query executions: their records, in the documents; knows nothing of their work.

An execution that was running when the process died is FAILED after a restart.
"""

from datetime import UTC, datetime
from threading import Event
from typing import Protocol

from local_aws.errors import AwsError
from local_aws.services.athena.failures import QueryFailed, athena_error
from local_aws.state.documents import Documents

RESTARTED = "GENERIC_INTERNAL_ERROR: The service was restarted while the query ran"
ENDED = ("SUCCEEDED", "FAILED", "CANCELLED")


class Recorded(Protocol):
    """An execution, as its history sees it."""

    id: str
    record: dict
    """QueryExecution as `body`, and the facts of its result."""
    done: Event

    def cancel(self, reason: str) -> None:
        """Stop the query."""


class History:
    """All executions: those that have not ended in memory, every one in the documents."""

    def __init__(self, documents: Documents):
        self._documents = documents
        self._live: dict[str, Recorded] = {}
        self._fail_interrupted()

    def _fail_interrupted(self) -> None:
        for key, record in self._documents.items("execution"):
            status = record["body"]["Status"]
            if status["State"] not in ENDED:
                failure = QueryFailed("", RESTARTED)
                status |= {"State": "FAILED", "StateChangeReason": RESTARTED}
                status |= {"CompletionDateTime": datetime.now(UTC)}
                status["AthenaError"] = {**athena_error(failure), "ErrorCategory": 1}
                self._documents.put("execution", key, record)

    def add(self, execution: Recorded, token: str | None) -> None:
        """Write a new execution down; it is known after a crash from here on."""
        with self._documents.transaction():
            self.save(execution)
            if token:
                self._documents.put("token", token, {"id": execution.id})
        self._live[execution.id] = execution

    def by_token(self, token: str) -> str | None:
        """Return the execution that a request token started."""
        body = self._documents.get("token", token)
        return body["id"] if body else None

    def save(self, execution: Recorded) -> None:
        """Write an execution's state down."""
        self._documents.put("execution", execution.id, execution.record)

    def finish(self, execution: Recorded) -> None:
        """Write a final state down and wake all that wait for it.

        Raises:
            sqlite3.Error: it is a success that can't be written down; another state is kept in
                memory until it can.
        """
        if execution.record["body"]["Status"]["State"] == "SUCCEEDED":
            self.save(execution)
        else:
            self._documents.put_late("execution", execution.id, execution.record)
        self._live.pop(execution.id, None)
        execution.done.set()

    def live(self) -> list[Recorded]:
        """Return the executions that are queued or run."""
        return list(self._live.values())

    def running(self, id_: str) -> Recorded | None:
        """Return an execution that has not ended."""
        return self._live.get(id_)

    def wait(self, id_: str, seconds: float) -> None:
        """Wait until an execution ends, for a while."""
        if execution := self._live.get(id_):
            execution.done.wait(seconds)

    def record(self, id_: str) -> dict:
        """Return an execution's record.

        Raises:
            AwsError: there is none.
        """
        record = self._documents.get("execution", id_)
        if record is None:
            raise AwsError("InvalidRequestException", f"QueryExecution {id_} was not found")
        return record

    def ids(self, group: str) -> list[str]:
        """Return a workgroup's executions, the newest first."""
        bodies = [
            record["body"]
            for _, record in self._documents.items("execution")
            if record["body"]["WorkGroup"] == group
        ]
        bodies.sort(key=lambda body: body["Status"]["SubmissionDateTime"], reverse=True)
        return [body["QueryExecutionId"] for body in bodies]
