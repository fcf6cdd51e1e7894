"""The DuckDB database of queries, with macros for Trino's functions; knows nothing of AWS.

All queries together have 2 GB of memory, and then room on disk. DuckDB does not count the lists
that lambdas make, which may be a million times as long as the text of a query: `t_room`, which
every lambda that makes something calls once for 2,048 elements, looks at the whole process.
"""

import threading
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal
from pathlib import Path

import duckdb
import psutil
import pyarrow as pa

from local_aws.services.athena.sql.macros import MACROS
from local_aws.services.athena.sql.zones import name_of, number_of
from local_aws.services.athena.tables.result_text import sql_text

_EXACT = Context(prec=120)
SETTINGS = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "TimeZone": "'UTC'",
    "integer_division": "true",
    "preserve_insertion_order": "true",
    "memory_limit": "'2GB'",
    "max_temp_directory_size": "'16GB'",
    # DuckDB takes a part that stands twice out of TRY and COALESCE, where its failure is no row's.
    "disabled_optimizers": "'common_subexpressions'",
}
MOST_BYTES = 3 << 30
"""Of the process, with all queries and all else that the server holds."""


def open_database(spill: Path | None = None) -> duckdb.DuckDBPyConnection:
    """Open an in-memory database; every query gets a `.cursor()`.

    Args:
        spill: the folder of what does not fit into memory, which goes with the database; None for
            none: such a query fails.
    """
    connection = duckdb.connect(":memory:")
    folder = str(spill or "").replace("'", "''")
    for name, value in {**SETTINGS, "temp_directory": f"'{folder}'"}.items():
        connection.execute(f"SET GLOBAL {name} = {value}")
    connection.create_function(
        "t_fail", _fail, ["VARCHAR"], duckdb.sqltype('"NULL"'), side_effects=False
    )
    connection.create_function(
        "t_divide_texts", _quotient, ["VARCHAR", "VARCHAR", "INTEGER"], "VARCHAR"
    )
    for name, takes, gives, function in (
        ("t_zone_number", "VARCHAR", "INTEGER", lambda zones: _each(number_of, zones, pa.int32())),
        ("t_zone_name", "INTEGER", "VARCHAR", lambda numbers: _each(name_of, numbers, pa.string())),
    ):
        connection.create_function(name, function, [takes], gives, type="arrow")
    connection.create_function("t_room", _room, ["BIGINT"], "BOOLEAN", type="arrow")
    connection.execute(MACROS)
    for name, kind, function in (
        ("t_double_text", "DOUBLE", lambda values: sql_text(values)),
        ("t_float_text", "FLOAT", lambda values: sql_text(values, real=True)),
    ):
        connection.create_function(name, function, [kind], "VARCHAR", type="arrow")
    return connection


def _each(function: Callable, values: pa.ChunkedArray, kind: pa.DataType) -> pa.Array:
    values = values.to_pylist()
    return pa.array([None if value is None else function(value) for value in values], kind)


def _quotient(a: str, b: str, scale: int) -> str:
    """Divide decimals exactly, half rounded up as in Trino: DuckDB divides them as doubles."""
    divisor = Decimal(b)
    if not divisor:
        raise ValueError("Division by zero")
    quotient = _EXACT.divide(Decimal(a), divisor)
    return str(quotient.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP, _EXACT))


def _room(elements: pa.ChunkedArray) -> pa.Array:
    """Say for each element that there is room for it, or fail, in Trino's words.

    https://github.com/trinodb/trino/blob/master/core/trino-main/src/main/java/io/trino/ExceededMemoryLimitException.java
    """
    if psutil.Process().memory_info().rss > MOST_BYTES:
        raise ValueError(f"Query exceeded per-node memory limit of {MOST_BYTES >> 30}GB")
    return pa.array([True] * len(elements))


def _fail(message: str) -> None:
    """Fail as DuckDB's error() does, but so that TRY catches it: error() is volatile."""
    raise ValueError(message)


def warm_up() -> None:
    """Import the modules of the first query in the background: pyarrow imports pandas late."""
    threading.Thread(target=lambda: pa.array([""]), name="athena-warm-up", daemon=True).start()
