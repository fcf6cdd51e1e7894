"""Starts, lists and stops query executions, and reads their results; runs none itself."""

import shutil
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

from local_aws.errors import AwsError
from local_aws.services.athena.api.execution import Execution, Resources
from local_aws.services.athena.api.history import History
from local_aws.services.athena.api.paging import page, start_of
from local_aws.services.athena.api.prepared_statements import PreparedStatements
from local_aws.services.athena.api.workgroups import ENGINE_VERSION, WorkGroups
from local_aws.services.athena.failures import MalformedQuery
from local_aws.services.athena.statements.duckdb_database import open_database, warm_up
from local_aws.services.athena.statements.parsing import Statement, parse_statement
from local_aws.services.athena.tables.results import read_page
from local_aws.state.catalog import Catalog
from local_aws.state.clock import Clock
from local_aws.state.documents import Documents
from local_aws.state.objects.store import ObjectStore

HOLD_SECONDS = 0.5
WORKERS = 4
_TEXT = ("DDL", "UTILITY")
_WRITES = ("ctas", "insert", "unload")


class QueryExecutions:
    """The operations on query executions; a few run at a time."""

    def __init__(
        self,
        folder: Path,
        documents: Documents,
        catalog: Catalog,
        store: ObjectStore,
        workgroups: WorkGroups,
        prepared: PreparedStatements,
        clock: Clock,
    ):
        for reserve in folder.glob("reserve-*"):  # reserved by a killed process
            reserve.unlink()
        spill = folder / "athena-spill"
        shutil.rmtree(spill, ignore_errors=True)  # of a killed process, too
        self._workgroups = workgroups
        self.history = History(documents, clock)
        self._resources = Resources(
            folder, open_database(spill), catalog, store, self.history, prepared, clock
        )
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="athena")
        self._starting = threading.Lock()
        warm_up()

    def close(self) -> None:
        """Stop all executions and accept no more."""
        for execution in self.history.live():
            execution.cancel("The service is shutting down")
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._resources.database.close()

    def start_query_execution(self, request: dict) -> dict:
        """Start a query; a request with a known ClientRequestToken starts no new one."""
        group = self._workgroups.find(request.get("WorkGroup", "primary"))
        try:
            statement = parse_statement(request["QueryString"])
        except MalformedQuery as error:
            raise AwsError("InvalidRequestException", error.reason) from None
        with self._starting:
            token = request.get("ClientRequestToken")
            known = self.history.by_token(token) if token else None
            if known:
                return {"QueryExecutionId": known}
            record = _new_record(request, group, statement, self._resources.clock.now())
            execution = Execution(record, request, statement, group, self._resources)
            try:
                self.history.add(execution, token)
            except BaseException:
                execution.close()
                raise
        self._pool.submit(execution.run)
        return {"QueryExecutionId": execution.id}

    def get_query_execution(self, request: dict) -> dict:
        """Return an execution; wait a moment while it runs, so that clients poll less."""
        id_ = request["QueryExecutionId"]
        self.history.wait(id_, HOLD_SECONDS)
        return {"QueryExecution": self.history.record(id_)["body"]}

    def batch_get_query_execution(self, request: dict) -> dict:
        """Return several executions."""
        bodies, missing = [], []
        for id_ in request["QueryExecutionIds"]:
            try:
                bodies.append(self.history.record(id_)["body"])
            except AwsError as error:
                code = {"QueryExecutionId": id_, "ErrorCode": error.code}
                missing.append({**code, "ErrorMessage": error.message})
        return {"QueryExecutions": bodies, "UnprocessedQueryExecutionIds": missing}

    def list_query_executions(self, request: dict) -> dict:
        """Return a page of a workgroup's execution ids, the newest first."""
        group = request.get("WorkGroup", "primary")
        self._workgroups.find(group)
        return page(self.history.ids(group), "QueryExecutionIds", request)

    def stop_query_execution(self, request: dict) -> dict:
        """Stop a query; an ended one stays as it is."""
        self.history.record(request["QueryExecutionId"])
        if execution := self.history.running(request["QueryExecutionId"]):
            execution.cancel("Query cancelled by user")
            execution.done.wait(5)
        return {}

    def get_query_results(self, request: dict) -> dict:
        """Return a page of a query's result rows; a SELECT's first row is the header."""
        record = self.history.record(request["QueryExecutionId"])
        state = record["body"]["Status"]["State"]
        if state in ("QUEUED", "RUNNING"):
            message = f"Query has not yet finished. Current state: {state}"
            raise AwsError("InvalidRequestException", message)
        if state != "SUCCEEDED":
            message = f"Query did not finish successfully. Final query state: {state}"
            raise AwsError("InvalidRequestException", message)
        columns = record.get("columns", [])
        answer = {"ResultSet": {"Rows": [], "ResultSetMetadata": {"ColumnInfo": columns}}}
        answer["UpdateCount"] = record.get("updated") or 0
        if record["location"].endswith((".csv", ".txt")) and columns:
            store, location = self._resources.store, record["location"]
            offset, count = start_of(request), request.get("MaxResults") or 1000
            rows, following = read_page(store, location, len(columns), offset, count)
            answer["ResultSet"]["Rows"] = rows
            if following is not None:
                answer["NextToken"] = str(following)
        return answer


def _new_record(request: dict, group: dict, statement: Statement, time: datetime) -> dict:
    """Return the record of a new execution, QUEUED."""
    id_ = str(uuid.uuid4())
    output = _output_location(request, group)
    folder = output if output.endswith("/") else output + "/"
    if statement.kind in _WRITES:
        location = f"{folder}tables/{id_}" if statement.kind == "ctas" else f"{folder}{id_}"
    else:
        suffix = ".txt" if statement.category in _TEXT else ".csv"
        location = f"{folder}{id_}{suffix}"
    body = {
        "QueryExecutionId": id_,
        "Query": request["QueryString"],
        "StatementType": statement.category,
        "SubstatementType": statement.substatement,
        "ResultConfiguration": {
            **request.get("ResultConfiguration", {}),
            "OutputLocation": location,
        },
        "ResultReuseConfiguration": {"ResultReuseByAgeConfiguration": {"Enabled": False}},
        "QueryExecutionContext": request.get("QueryExecutionContext", {}),
        "Status": {"State": "QUEUED", "SubmissionDateTime": time},
        "Statistics": {},
        "WorkGroup": group["Name"],
        "EngineVersion": ENGINE_VERSION,
    }
    if request.get("ExecutionParameters"):
        body["ExecutionParameters"] = request["ExecutionParameters"]
    return {"body": body, "folder": folder, "location": location}


def _output_location(request: dict, group: dict) -> str:
    """Return the output location: the workgroup's if it is enforced or the request has none."""
    configuration = group["Configuration"]
    of_group = configuration.get("ResultConfiguration", {}).get("OutputLocation")
    requested = request.get("ResultConfiguration", {}).get("OutputLocation")
    enforced = configuration["EnforceWorkGroupConfiguration"]
    location = of_group if enforced else requested or of_group
    if not location:
        message = (
            "No output location provided. An output location is required either through the "
            "Workgroup result configuration setting or as an API input."
        )
        raise AwsError("InvalidRequestException", message)
    return location
