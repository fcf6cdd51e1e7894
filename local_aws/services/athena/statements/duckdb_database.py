"""The DuckDB database of queries, with macros for Trino's functions; knows nothing of AWS."""

import threading
from decimal import ROUND_HALF_UP, Context, Decimal

import duckdb
import pyarrow as pa

from local_aws.services.athena.sql.macros import MACROS
from local_aws.services.athena.tables.result_text import sql_text

_EXACT = Context(prec=120)
SETTINGS = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "TimeZone": "'UTC'",
    "integer_division": "true",
    "preserve_insertion_order": "true",
    "memory_limit": "'2GB'",
    "temp_directory": "''",
}


def open_database() -> duckdb.DuckDBPyConnection:
    """Open an in-memory database; every query gets a `.cursor()`."""
    connection = duckdb.connect(":memory:")
    for name, value in SETTINGS.items():
        connection.execute(f"SET GLOBAL {name} = {value}")
    connection.create_function(
        "t_fail", _fail, ["VARCHAR"], duckdb.sqltype('"NULL"'), side_effects=False
    )
    connection.create_function(
        "t_divide_texts", _quotient, ["VARCHAR", "VARCHAR", "INTEGER"], "VARCHAR"
    )
    connection.execute(MACROS)
    for name, kind, function in (
        ("t_double_text", "DOUBLE", lambda values: sql_text(values)),
        ("t_float_text", "FLOAT", lambda values: sql_text(values, real=True)),
    ):
        connection.create_function(name, function, [kind], "VARCHAR", type="arrow")
    return connection


def _quotient(a: str, b: str, scale: int) -> str:
    """Divide decimals exactly, half rounded up as in Trino: DuckDB divides them as doubles."""
    divisor = Decimal(b)
    if not divisor:
        raise ValueError("Division by zero")
    quotient = _EXACT.divide(Decimal(a), divisor)
    return str(quotient.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP, _EXACT))


def _fail(message: str) -> None:
    """Fail as DuckDB's error() does, but so that TRY catches it: error() is volatile."""
    raise ValueError(message)


def warm_up() -> None:
    """Import the modules of the first query in the background: pyarrow imports pandas late."""
    threading.Thread(target=lambda: pa.array([""]), name="athena-warm-up", daemon=True).start()
