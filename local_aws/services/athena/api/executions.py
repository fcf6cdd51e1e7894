"""Query executions: their states, their history in a file, and the running of each.

An execution that was running when the process died is FAILED after a restart.
"""

import logging
import sqlite3
import threading
import time
from datetime import UTC, datetime

from local_aws.errors import AwsError
from local_aws.services.athena.failures import Cancelled, QueryFailed, athena_error
from local_aws.services.athena.statements.parsing import Statement
from local_aws.services.athena.statements.run import Outcome, run
from local_aws.services.athena.statements.run_context import RunContext
from local_aws.services.athena.statements.show import SHOWS
from local_aws.state.disk import FULL_MESSAGE, Reserve, is_full
from local_aws.state.documents import Documents

log = logging.getLogger(__name__)
READS = {"query", "explain", *SHOWS}
LOST = "GENERIC_INTERNAL_ERROR: The service was restarted while the query ran"
ENDED = ("SUCCEEDED", "FAILED", "CANCELLED")


class Execution:
    """One statement on its way through the states."""

    def __init__(self, engine, id_: str, record: dict, request: dict, statement: Statement, group):
        self.id, self.record = id_, record
        self._engine, self._request = engine, request
        self._statement, self._group = statement, group
        self.done = threading.Event()
        self._stop = threading.Event()
        self._first = threading.Lock()
        self._reason = ""
        self._connection = engine.database.cursor()
        self._closing = threading.Lock()
        self._begun = time.monotonic()

    @property
    def body(self) -> dict:
        """Return the QueryExecution."""
        return self.record["body"]

    def cancel(self, reason: str) -> None:
        """Stop the query: one that waits ends here and now, one that runs within moments."""
        self._reason = reason
        self._stop.set()
        if self._claim():
            self._end("CANCELLED", reason)
            self._finish(self._context(), time.monotonic())
        else:
            threading.Thread(target=self._interrupt, daemon=True).start()

    def _claim(self) -> bool:
        """Say whether the caller is the first to take the execution in hand."""
        return self._first.acquire(blocking=False)

    def _interrupt(self) -> None:
        # DuckDB forgets an interrupt that comes between two statements, hence again and again.
        while not self.done.wait(0.05):
            with self._closing:  # the query may end of itself meanwhile, and with it the connection
                if not self.done.is_set():
                    self._connection.interrupt()

    def run(self) -> None:
        """Execute the statement; whatever happens, the execution ends in a final state."""
        if not self._claim():
            return
        queued = time.monotonic()
        context = self._context()
        try:
            if self._stop.is_set():
                raise Cancelled
            self.body["Status"]["State"] = "RUNNING"
            self._engine.executions.save(self)
            if self._statement.kind not in READS:
                context.reserve = Reserve(self._engine.root)
            outcome = self._run(context)
            if self._stop.is_set():
                raise Cancelled
            context.done()
            self._succeed(outcome)
        except Cancelled as error:
            self._end("CANCELLED", str(error) or self._reason)
        except QueryFailed as failure:
            self._fail(failure)
        except AwsError as error:
            self._fail(QueryFailed("", f"{error.message} (Service: Amazon S3; Code: {error.code})"))
        except Exception as error:  # an execution must end, whatever breaks in here
            if is_full(error):
                return self._fail(QueryFailed("", FULL_MESSAGE))
            log.exception("query %s", self.id)
            self._fail(QueryFailed("GENERIC_INTERNAL_ERROR", f"{type(error).__name__}: {error}"))
        finally:
            self._finish(context, queued)

    def _context(self) -> RunContext:
        engine, request = self._engine, self._request
        database = request.get("QueryExecutionContext", {}).get("Database")
        return RunContext(
            id=self.id,
            catalog=engine.catalog,
            store=engine.store,
            connection=self._connection,
            default_database=database.lower() if database else None,
            output=self.record["folder"],
            prepared=engine.texts(self._group["Name"]),
            limit=self._group["Configuration"].get("BytesScannedCutoffPerQuery"),
            values=list(request.get("ExecutionParameters", [])),
            stop=self._stop,
        )

    def _run(self, context: RunContext) -> Outcome:
        statement, group = self._statement, self._group["Name"]
        if statement.kind == "prepare":
            self._engine.keep(group, statement.parts["name"], statement.parts["query"])
            return Outcome()
        if statement.kind == "deallocate":
            if not self._engine.drop(group, statement.parts["name"]):
                message = f"Prepared statement not found: {statement.parts['name']}"
                raise QueryFailed("NOT_FOUND", message)
            return Outcome()
        return run(context, statement, self.record["location"])

    def _succeed(self, outcome: Outcome) -> None:
        self.record |= {
            "columns": outcome.columns,
            "rows": outcome.rows,
            "bytes": outcome.bytes,
            "updated": outcome.updated,
        }
        if outcome.manifest:
            self.body["Statistics"]["DataManifestLocation"] = outcome.manifest
        self._end("SUCCEEDED", "")

    def _fail(self, failure: QueryFailed) -> None:
        self.body["Status"]["AthenaError"] = athena_error(failure)
        self._end("FAILED", failure.reason)

    def _end(self, state: str, reason: str) -> None:
        self._final = (state, reason)

    def _finish(self, context: RunContext, queued: float) -> None:
        ended = time.monotonic()
        state, reason = self._final
        if state != "SUCCEEDED":
            context.take_back()
        scanned = context.used.scanned if context.used else 0
        self.body["Statistics"] |= {
            "EngineExecutionTimeInMillis": round((ended - queued) * 1000),
            "DataScannedInBytes": scanned,
            "TotalExecutionTimeInMillis": round((ended - self._begun) * 1000),
            "QueryQueueTimeInMillis": round((queued - self._begun) * 1000),
            "ServiceProcessingTimeInMillis": 0,
            "ResultReuseInformation": {"ReusedPreviousResult": False},
        }
        if reason:
            self.body["Status"]["StateChangeReason"] = reason
        self.body["Status"]["CompletionDateTime"] = datetime.now(UTC)
        self.body["Status"]["State"] = state
        self.record["input_rows"] = context.used.rows if context.used else 0
        try:
            self._engine.executions.finish(self)
        except sqlite3.Error as error:
            if not is_full(error):
                raise
            context.take_back()
            self._fail(QueryFailed("", FULL_MESSAGE))
            self.body["Status"] |= {"State": "FAILED", "StateChangeReason": FULL_MESSAGE}
            self._engine.executions.finish(self)
        finally:
            self.close()

    def close(self) -> None:
        """Let go of the database; nothing runs after it."""
        with self._closing:
            self._connection.close()


class Executions:
    """All executions: the running ones in memory, every one in the history."""

    def __init__(self, documents: Documents):
        self._documents = documents
        self._live: dict[str, Execution] = {}
        self._fail_lost()

    def _fail_lost(self) -> None:
        for key, record in self._documents.items("execution"):
            status = record["body"]["Status"]
            if status["State"] not in ENDED:
                failure = QueryFailed("", LOST)
                status |= {"State": "FAILED", "StateChangeReason": LOST}
                status |= {"CompletionDateTime": datetime.now(UTC)}
                status["AthenaError"] = {**athena_error(failure), "ErrorCategory": 1}
                self._documents.put("execution", key, record)

    def add(self, execution: Execution, token: str | None) -> None:
        """Write a new execution down; it is known after a crash from here on."""
        with self._documents.transaction():
            self.save(execution)
            if token:
                self._documents.put("token", token, {"id": execution.id})
        self._live[execution.id] = execution

    def by_token(self, token: str) -> str | None:
        """Return the execution that a request token started."""
        found = self._documents.get("token", token)
        return found["id"] if found else None

    def save(self, execution: Execution) -> None:
        """Write an execution's state down."""
        self._documents.put("execution", execution.id, execution.record)

    def finish(self, execution: Execution) -> None:
        """Write a final state down and let those go that wait for it.

        Raises:
            sqlite3.Error: it is a success that can't be written down; another state is kept in
                memory until it can.
        """
        if execution.body["Status"]["State"] == "SUCCEEDED":
            self.save(execution)
        else:
            self._documents.put_late("execution", execution.id, execution.record)
        self._live.pop(execution.id, None)
        execution.done.set()

    def live(self) -> list[Execution]:
        """Return what is queued or running."""
        return list(self._live.values())

    def running(self, id_: str) -> Execution | None:
        """Return an execution that has not ended."""
        return self._live.get(id_)

    def wait(self, id_: str, seconds: float) -> None:
        """Wait until an execution ends, for a while."""
        if execution := self._live.get(id_):
            execution.done.wait(seconds)

    def body(self, id_: str) -> dict:
        """Return an execution's record.

        Raises:
            AwsError: there is none.
        """
        found = self._documents.get("execution", id_)
        if found is None:
            raise AwsError("InvalidRequestException", f"QueryExecution {id_} was not found")
        return found

    def ids(self, group: str) -> list[str]:
        """Return a workgroup's executions, the newest first."""
        found = [
            record["body"]
            for _, record in self._documents.items("execution")
            if record["body"]["WorkGroup"] == group
        ]
        found.sort(key=lambda body: body["Status"]["SubmissionDateTime"], reverse=True)
        return [body["QueryExecutionId"] for body in found]
