"""One query execution: runs a statement, through its states to a final one; knows no request."""

import logging
import sqlite3
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

from local_aws.errors import AwsError
from local_aws.services.athena.api.history import History
from local_aws.services.athena.api.prepared_statements import PreparedStatements
from local_aws.services.athena.failures import Cancelled, QueryFailed, athena_error
from local_aws.services.athena.statements.parsing import Statement
from local_aws.services.athena.statements.run import Outcome, run
from local_aws.services.athena.statements.run_context import RunContext
from local_aws.services.athena.statements.show import SHOWS
from local_aws.state.catalog import Catalog
from local_aws.state.clock import Clock
from local_aws.state.disk import FULL_MESSAGE, Reserve, is_full
from local_aws.state.objects.store import ObjectStore

log = logging.getLogger(__name__)
READS = {"query", "explain", *SHOWS}


@dataclass(frozen=True)
class Resources:
    """The shared parts of executions: the database, the data, and the records that they write."""

    folder: Path
    """Folder of the engine's state, in which an execution that writes reserves space."""
    database: duckdb.DuckDBPyConnection
    catalog: Catalog
    store: ObjectStore
    history: History
    prepared: PreparedStatements
    clock: Clock


class Execution:
    """The execution of one statement."""

    def __init__(
        self, record: dict, request: dict, statement: Statement, group: dict, resources: Resources
    ):
        self.id, self.record = record["body"]["QueryExecutionId"], record
        self._request, self._statement, self._group = request, statement, group
        self._resources = resources
        self.done = threading.Event()
        self._stop = threading.Event()
        self._first = threading.Lock()
        self._reason = ""
        self._connection = resources.database.cursor()
        self._closing = threading.Lock()
        self._submitted = time.monotonic()
        self._final = ("", "")
        """Final state and reason."""

    @property
    def body(self) -> dict:
        """Return the QueryExecution."""
        return self.record["body"]

    def cancel(self, reason: str) -> None:
        """Stop the query: a queued one ends at once, a running one within moments."""
        self._reason = reason
        self._stop.set()
        if self._claim():
            self._end("CANCELLED", reason)
            self._finish(self._context(), time.monotonic())
        else:
            threading.Thread(target=self._interrupt, daemon=True).start()

    def _claim(self) -> bool:
        """Say whether the caller is the first to start or to cancel the execution."""
        return self._first.acquire(blocking=False)

    def _interrupt(self) -> None:
        # DuckDB ignores an interrupt between two statements, so repeat it.
        while not self.done.wait(0.05):
            with self._closing:  # the query may end meanwhile, and close the connection
                if not self.done.is_set():
                    self._connection.interrupt()

    def run(self) -> None:
        """Execute the statement; the execution ends in a final state in any case."""
        if not self._claim():
            return
        queued = time.monotonic()
        context = self._context()
        try:
            if self._stop.is_set():
                raise Cancelled
            self.body["Status"]["State"] = "RUNNING"
            self._resources.history.save(self)
            if self._statement.kind not in READS:
                context.reserve = Reserve(self._resources.folder)
            outcome = self._run(context)
            if self._stop.is_set():
                raise Cancelled
            context.done()
            self._succeed(outcome)
        except Cancelled as error:
            self._end("CANCELLED", str(error) or self._reason)
        except Exception as error:  # an execution must end in any case
            if self._stop.is_set():  # the interrupt comes at any place, in any error's form
                return self._end("CANCELLED", self._reason)
            if isinstance(error, QueryFailed):
                return self._fail(error)
            if isinstance(error, AwsError):
                words = f"{error.message} (Service: Amazon S3; Code: {error.code})"
                return self._fail(QueryFailed("", words))
            if is_full(error):
                return self._fail(QueryFailed("", FULL_MESSAGE))
            log.exception("query %s", self.id)
            self._fail(QueryFailed("GENERIC_INTERNAL_ERROR", f"{type(error).__name__}: {error}"))
        finally:
            self._finish(context, queued)

    def _context(self) -> RunContext:
        request, resources = self._request, self._resources
        database = _unquoted(request.get("QueryExecutionContext", {}).get("Database"))
        return RunContext(
            id=self.id,
            catalog=resources.catalog,
            store=resources.store,
            connection=self._connection,
            default_database=database.lower() if database else None,
            output=self.record["folder"],
            prepared=resources.prepared.texts(self._group["Name"]),
            limit=self._group["Configuration"].get("BytesScannedCutoffPerQuery"),
            values=list(request.get("ExecutionParameters", [])),
            stop=self._stop,
        )

    def _run(self, context: RunContext) -> Outcome:
        statement, group = self._statement, self._group["Name"]
        prepared = self._resources.prepared
        if statement.kind == "prepare":
            prepared.keep(group, statement.parts["name"], statement.parts["query"])
            return Outcome()
        if statement.kind == "deallocate":
            if not prepared.drop(group, statement.parts["name"]):
                message = f"Prepared statement not found: {statement.parts['name']}"
                raise QueryFailed("NOT_FOUND", message)
            return Outcome()
        return run(context, statement, self.record["location"])

    def _succeed(self, outcome: Outcome) -> None:
        self.record |= {
            "columns": outcome.columns,
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
            "TotalExecutionTimeInMillis": round((ended - self._submitted) * 1000),
            "QueryQueueTimeInMillis": round((queued - self._submitted) * 1000),
            "ServiceProcessingTimeInMillis": 0,
            "ResultReuseInformation": {"ReusedPreviousResult": False},
        }
        if reason:
            self.body["Status"]["StateChangeReason"] = reason
        self.body["Status"]["CompletionDateTime"] = self._resources.clock.now()
        self.body["Status"]["State"] = state
        try:
            self._resources.history.finish(self)
        except sqlite3.Error as error:
            if not is_full(error):
                raise
            context.take_back()
            self._fail(QueryFailed("", FULL_MESSAGE))
            self.body["Status"] |= {"State": "FAILED", "StateChangeReason": FULL_MESSAGE}
            self._resources.history.finish(self)
        finally:
            self.close()

    def close(self) -> None:
        """Close the connection."""
        with self._closing:
            self._connection.close()


def _unquoted(database: str | None) -> str | None:
    """Return a database's name without the backticks of clients for Hive's DDL."""
    return database.strip("`") if database else database
