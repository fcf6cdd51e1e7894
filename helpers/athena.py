"""Runs a query in Athena and returns its rows and its cost; knows no data set."""

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from helpers.config import DATABASE, Config
from helpers.costs import athena_cost, dollars
from helpers.policy_documents import Permission
from helpers.session import athena_connection

UNITS = ("B", "kB", "MB", "GB", "TB")


class QueryError(RuntimeError):
    """A query that Athena refused or that failed; the message is Athena's own reason."""


@dataclass(frozen=True, repr=False)
class Result:
    """The rows of one query, with its time and its cost."""

    frame: pd.DataFrame
    id: str
    state: str
    seconds: float
    """From start to end, as Athena counts it."""
    scanned: int
    """Bytes read from S3, by which Athena charges."""
    written: int | None = None
    """Rows that a CREATE TABLE AS, INSERT INTO or UNLOAD wrote."""
    billed: bool = True
    """Whether it read data, as queries do, with or without writing; other statements are free."""

    @property
    def rows(self) -> int:
        """Number of rows: those written, else those returned."""
        return len(self.frame) if self.written is None else self.written

    @property
    def cost(self) -> float:
        """Dollars on AWS; statements on tables and databases are free."""
        return athena_cost(self.scanned) if self.billed else 0.0

    def __repr__(self) -> str:
        counted = f"{self.rows:,} row{'' if self.rows == 1 else 's'}"
        if self.written is not None:
            counted += " written"
        return (
            f"<Query: {counted}, {self.seconds:.1f} s, "
            f"{size(self.scanned)} scanned, {dollars(self.cost)}>"
        )

    def _repr_html_(self) -> str:
        caption = repr(self)[1:-1]
        with pd.option_context("display.html.use_mathjax", False):  # a label may have dollar signs
            table = self.frame.to_html(index=False, max_rows=20, border=0)
        table = table if len(self.frame) else ""
        return f"{table}<p><small>{caption}</small></p>"


def size(count: int) -> str:
    """Format a number of bytes, in decimal units as Athena bills them."""
    value, unit = float(count), UNITS[0]
    for unit in UNITS:
        if value < 1000 or unit == UNITS[-1]:
            break
        value /= 1000
    return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"


def query(
    config: Any,
    sql: str,
    parameters: list[str] | None = None,
    *,
    connect: Callable[..., Any] = athena_connection,
) -> Result:
    """Run one statement and return its rows as a frame.

    Args:
        parameters: values for the `?` in the statement, written as in SQL (`'text'`, `1`).

    Raises:
        QueryError: with Athena's reason; a missing table names the notebook that makes it.
    """
    from pyathena.error import Error
    from pyathena.pandas.cursor import PandasCursor

    # PyAthena logs each error with its whole traceback; the exception has the reason already.
    logging.getLogger("pyathena").setLevel(logging.CRITICAL)
    # By fsspec it reads the result; once the SDK has set up logging, each block would be a line.
    logging.getLogger("fsspec").setLevel(logging.WARNING)
    connection = connect(config, cursor_class=PandasCursor)
    try:
        cursor = connection.cursor()
        try:
            cursor.execute(sql, parameters, paramstyle="qmark" if parameters else None)
        except Error as error:
            raise QueryError(_advice(str(error))) from None
        return _result(cursor)
    finally:
        connection.close()


def _result(cursor: Any) -> Result:
    writes = cursor.substatement_type in ("CREATE_TABLE_AS_SELECT", "INSERT", "UNLOAD")
    frame = pd.DataFrame() if writes else cursor.as_pandas()
    return Result(
        frame=frame,
        billed=cursor.statement_type == "DML" or writes,
        id=cursor.query_id,
        state=cursor.state,
        seconds=(cursor.total_execution_time_in_millis or 0) / 1000,
        scanned=cursor.data_scanned_in_bytes or 0,
        written=cursor.rowcount if writes else None,
    )


def _advice(reason: str) -> str:
    if "NoSuchBucket" in reason or "output location" in reason.lower():
        return f"{reason}: run notebooks/00 first, it makes the bucket"
    reason = re.sub(r"^An error occurred \(\w+\) when calling the \w+ operation: ", "", reason)
    if "TABLE_NOT_FOUND" in reason or "SCHEMA_NOT_FOUND" in reason:
        return f"{reason}: run notebooks/02 first, it makes the tables"
    return reason


def tables(config: Any, *, connect: Callable[..., Any] = athena_connection) -> list[str]:
    """Return the names of the tables in the course's database."""
    tables = query(config, "SHOW TABLES", connect=connect).frame
    return [] if tables.empty else sorted(tables.iloc[:, 0].str.strip())


def arrow_cursor(config: Any) -> type:
    """Return PyAthena's Arrow cursor for this run's endpoint.

    pyarrow's S3 client ignores a boto3 session's endpoint: without this, a local run would look
    for its UNLOAD results in AWS.
    """
    from pyarrow import fs
    from pyathena.arrow.cursor import ArrowCursor
    from pyathena.arrow.result_set import AthenaArrowResultSetMetadataReader as Reader

    if not config.endpoint_url:
        return ArrowCursor

    class PinnedReader(Reader):
        """Reads UNLOAD results from the pinned endpoint."""

        def _create_s3_file_system(self) -> fs.S3FileSystem:
            keys = self._connection.session.get_credentials().get_frozen_credentials()
            return fs.S3FileSystem(
                region=self._connection.region_name,
                access_key=keys.access_key,
                secret_key=keys.secret_key,
                session_token=keys.token,
                endpoint_override=config.endpoint_url,
            )

    return _with_reader(ArrowCursor, PinnedReader)


def _with_reader(cursor_class: type, reader: type) -> type:
    from pyathena.arrow import cursor as module
    from pyathena.arrow.result_set import AthenaArrowResultSet

    class PinnedResultSet(AthenaArrowResultSet):
        """A result set with the pinned reader."""

        _metadata_reader_class = reader

    class PinnedArrowCursor(cursor_class):
        """An Arrow cursor whose result sets are pinned."""

        def execute(self, *args: Any, **kwargs: Any) -> Any:
            """Run a statement; PyAthena has no hook for the class of its result set."""
            original, module.AthenaArrowResultSet = module.AthenaArrowResultSet, PinnedResultSet
            try:
                return super().execute(*args, **kwargs)
            finally:
                module.AthenaArrowResultSet = original

    return PinnedArrowCursor


def query_permissions(config: Config, place: str) -> Iterator[Permission]:
    """Yield what a person must be allowed for queries and tables, at `region:account`."""
    workgroup = config.account.workgroup or "primary"
    yield Permission(
        "ask Athena",
        tuple(
            f"athena:{name}"
            for name in (
                *("GetQueryExecution", "GetQueryResults"),
                *("StartQueryExecution", "StopQueryExecution"),
            )
        ),
        (f"arn:aws:athena:{place}:workgroup/{workgroup}",),
    )
    yield Permission(
        "make tables, read them and delete them",
        tuple(
            f"glue:{name}"
            for name in (
                *("CreateDatabase", "CreateTable", "DeleteDatabase", "DeleteTable"),
                *("GetDatabase", "GetDatabases", "GetPartitions", "GetTable", "GetTables"),
            )
        ),
        tuple(
            f"arn:aws:glue:{place}:{name}"
            for name in ("catalog", f"database/{DATABASE}*", f"table/{DATABASE}*/*")
        ),
    )
