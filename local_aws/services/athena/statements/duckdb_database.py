"""DuckDB as Athena's engine: connections that know Trino's functions; nothing of AWS."""

import threading

import duckdb
import pyarrow as pa

from local_aws.services.athena.sql.macros import MACROS
from local_aws.services.athena.tables.result_text import sql_text

SETTINGS = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "TimeZone": "'UTC'",
    "integer_division": "true",
    "preserve_insertion_order": "true",
}


def open_database() -> duckdb.DuckDBPyConnection:
    """Return an in-memory database; every query gets a `.cursor()` of its own."""
    connection = duckdb.connect(":memory:")
    for name, value in SETTINGS.items():
        connection.execute(f"SET GLOBAL {name} = {value}")
    connection.execute(MACROS)
    for name, kind, function in (
        ("t_double_text", "DOUBLE", lambda values: sql_text(values)),
        ("t_float_text", "FLOAT", lambda values: sql_text(values, real=True)),
    ):
        connection.create_function(name, function, [kind], "VARCHAR", type="arrow")
    return connection


def warm_up() -> None:
    """Load in the background the modules of the first query: pyarrow imports pandas late."""
    threading.Thread(target=lambda: pa.array([""]), name="athena-warm-up", daemon=True).start()
