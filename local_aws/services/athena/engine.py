"""Athena: executes Trino SQL and Hive DDL over the objects in S3 and the Glue catalog.

Left out: Iceberg (DELETE, UPDATE, MERGE, OPTIMIZE, VACUUM), federated and Lambda catalogs, Spark
sessions and notebooks, user-defined functions, MATCH_RECOGNIZE, geospatial functions, sketches
(approx_distinct and approx_percentile are exact), lookaround in regular expressions, time zones
other than UTC in printed timestamps, result encryption. What is not supported fails with an error
that names it.
"""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from local_aws.errors import AwsError
from local_aws.services.athena.api.executions import Execution, Executions
from local_aws.services.athena.api.metadata import Metadata
from local_aws.services.athena.api.saved import SavedQueries
from local_aws.services.athena.api.workgroups import ENGINE, WorkGroups
from local_aws.services.athena.failures import MalformedQuery
from local_aws.services.athena.statements.parsing import Statement, parse_statement
from local_aws.services.athena.statements.session import open_database, warm_up
from local_aws.services.athena.tables.results import read_page
from local_aws.state.catalog import Catalog
from local_aws.state.documents import Documents
from local_aws.state.objects.store import ObjectStore

HOLD_SECONDS = 0.5
WORKERS = 4
_TEXT = ("DDL", "UTILITY")
_WRITES = ("ctas", "insert", "unload")


class AthenaEngine(WorkGroups, SavedQueries, Metadata):
    """Athena's operations, request in, answer out."""

    def __init__(self, root: Path, catalog: Catalog, store: ObjectStore, account: str, region: str):
        self.documents, self.root = Documents(root / "athena.sqlite"), root
        for left in root.glob("reserve-*"):
            left.unlink()
        WorkGroups.__init__(self, self.documents)
        SavedQueries.__init__(self, self.documents, self)
        Metadata.__init__(self, catalog)
        self.catalog, self.store = catalog, store
        self.database = open_database()
        self.executions = Executions(self.documents)
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="athena")
        self._starting = threading.Lock()
        warm_up()

    def close(self) -> None:
        """Stop what runs and take no more."""
        for execution in self.executions.live():
            execution.cancel("The service is shutting down")
        self._pool.shutdown(wait=True, cancel_futures=True)
        self.database.close()
        del self.database
        self.documents.close()

    def start_query_execution(self, request: dict) -> dict:
        """Start a query; a request with a token that was seen starts nothing new."""
        group = self.find(request.get("WorkGroup", "primary"))
        if group["State"] != "ENABLED":
            raise AwsError("InvalidRequestException", f"WorkGroup {group['Name']} is disabled.")
        try:
            statement = parse_statement(request["QueryString"])
        except MalformedQuery as error:
            raise AwsError("InvalidRequestException", error.reason) from None
        with self._starting:
            token = request.get("ClientRequestToken")
            known = self.executions.by_token(token) if token else None
            if known:
                return {"QueryExecutionId": known}
            id_ = str(uuid.uuid4())
            body = self._new_body(id_, request, group, statement)
            execution = Execution(self, id_, body, request, statement, group)
            try:
                self.executions.add(execution, token)
            except BaseException:
                execution.close()
                raise
        self._pool.submit(execution.run)
        return {"QueryExecutionId": id_}

    def _new_body(self, id_: str, request: dict, group: dict, statement: Statement) -> dict:
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
            "Status": {"State": "QUEUED", "SubmissionDateTime": datetime.now(UTC)},
            "Statistics": {},
            "WorkGroup": group["Name"],
            "EngineVersion": ENGINE,
        }
        if request.get("ExecutionParameters"):
            body["ExecutionParameters"] = request["ExecutionParameters"]
        return {"body": body, "folder": folder, "location": location}

    def get_query_execution(self, request: dict) -> dict:
        """Return an execution; held for a moment while it runs, so that clients poll less."""
        id_ = request["QueryExecutionId"]
        self.executions.wait(id_, HOLD_SECONDS)
        return {"QueryExecution": self.executions.body(id_)["body"]}

    def batch_get_query_execution(self, request: dict) -> dict:
        """Return several executions."""
        found, lost = [], []
        for id_ in request["QueryExecutionIds"]:
            try:
                found.append(self.executions.body(id_)["body"])
            except AwsError as error:
                code = {"QueryExecutionId": id_, "ErrorCode": error.code}
                lost.append({**code, "ErrorMessage": error.message})
        return {"QueryExecutions": found, "UnprocessedQueryExecutionIds": lost}

    def list_query_executions(self, request: dict) -> dict:
        """Return a workgroup's execution ids, the newest first, by pages."""
        group = request.get("WorkGroup", "primary")
        self.find(group)
        ids = self.executions.ids(group)
        start = int(request.get("NextToken") or 0)
        end = start + (request.get("MaxResults") or 50)
        more = {"NextToken": str(end)} if end < len(ids) else {}
        return {"QueryExecutionIds": ids[start:end], **more}

    def stop_query_execution(self, request: dict) -> dict:
        """Stop a query; one that has ended is left as it is."""
        self.executions.body(request["QueryExecutionId"])
        if execution := self.executions.running(request["QueryExecutionId"]):
            execution.cancel("Query cancelled by user")
            execution.done.wait(5)
        return {}

    def get_query_results(self, request: dict) -> dict:
        """Return a page of a finished query's rows; a SELECT's first row is its header."""
        record = self.executions.body(request["QueryExecutionId"])
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
            offset, count = int(request.get("NextToken") or 0), request.get("MaxResults") or 1000
            rows, following = read_page(self.store, record["location"], len(columns), offset, count)
            answer["ResultSet"]["Rows"] = rows
            if following is not None:
                answer["NextToken"] = str(following)
        return answer

    def get_query_runtime_statistics(self, request: dict) -> dict:
        """Return times and row counts of an execution."""
        record = self.executions.body(request["QueryExecutionId"])
        statistics = record["body"]["Statistics"]
        names = (
            "QueryQueueTimeInMillis",
            "QueryPlanningTimeInMillis",
            "EngineExecutionTimeInMillis",
            "ServiceProcessingTimeInMillis",
            "TotalExecutionTimeInMillis",
        )
        rows = {
            "InputRows": record.get("input_rows", 0),
            "InputBytes": statistics.get("DataScannedInBytes", 0),
            "OutputRows": record.get("rows", 0),
            "OutputBytes": record.get("bytes", 0),
        }
        timeline = {name: statistics[name] for name in names if name in statistics}
        return {"QueryRuntimeStatistics": {"Timeline": timeline, "Rows": rows}}


def _output_location(request: dict, group: dict) -> str:
    """Return where results go: the workgroup's place if it is enforced, or no other is given."""
    configuration = group["Configuration"]
    enforced = configuration.get("ResultConfiguration", {}).get("OutputLocation")
    given = request.get("ResultConfiguration", {}).get("OutputLocation")
    chosen = enforced if configuration["EnforceWorkGroupConfiguration"] else given or enforced
    if not chosen:
        message = (
            "No output location provided. An output location is required either through the "
            "Workgroup result configuration setting or as an API input."
        )
        raise AwsError("InvalidRequestException", message)
    return chosen
