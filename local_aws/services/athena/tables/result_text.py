"""Writes values as text in Athena's format: Java's numbers, `[a, b]`, `{k=v}`; knows no files."""

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np
import pyarrow as pa
from duckdb.sqltypes import DuckDBPyType

from local_aws.services.athena.sql.types import athena_name, row_fields
from local_aws.services.athena.sql.zones import local

Writer = Callable[[object], str]


def double_text(value: float) -> str:
    """Return a double as text, like Java's Double.toString."""
    return _java(repr(float(value)), value)


def float_text(value: float) -> str:
    """Return a real as text, like Java's Float.toString."""
    return _java(str(np.float32(value)), value)


def _java(text: str, value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    size = abs(value)
    if size == 0 or 1e-3 <= size < 1e7:
        if "e" not in text:
            return text if "." in text else text + ".0"
        plain = format(Decimal(text), "f")
        return plain if "." in plain else plain + ".0"
    return scientific(text)


def scientific(text: str) -> str:
    """Return a decimal text as d.dddEn."""
    sign, digits, exponent = Decimal(text).as_tuple()
    number = "".join(map(str, digits)).rstrip("0") or "0"
    power = len(digits) - 1 + exponent if number != "0" else 0
    return f"{'-' if sign else ''}{number[0]}.{number[1:] or '0'}E{power}"


def sql_text(values: pa.Array, real: bool = False) -> pa.Array:
    """Return doubles as text, like CAST(x AS varchar): with an exponent, as in 3.77E1."""

    def text_of(value: float | None) -> str | None:
        if value is None:
            return None
        if math.isnan(value) or math.isinf(value):
            return _java("", value)
        return scientific(str(np.float32(value)) if real else repr(value))

    return pa.array([text_of(value) for value in values.to_pylist()], pa.string())


def _timestamp(value: datetime) -> str:
    fraction = f"{value.microsecond:06d}"
    fraction = fraction[:3] if fraction.endswith("000") else fraction
    return f"{value:%Y-%m-%d %H:%M:%S}.{fraction}".rjust(23, "0")


def _zoned(value: datetime) -> str:
    when, zone = local(value)
    return f"{_timestamp(when)} {zone}"


def _interval(value: timedelta | tuple[int, int, int]) -> str:
    if isinstance(value, timedelta):
        months, days, nanos = 0, value.days, (value.seconds * 10**6 + value.microseconds) * 1000
    else:
        months, days, nanos = value
    if months and not days and not nanos:
        sign = "-" if months < 0 else ""
        return f"{sign}{abs(months) // 12}-{abs(months) % 12}"
    total = (days + 30 * months) * 86_400_000 + nanos // 1_000_000
    sign, total = ("-", -total) if total < 0 else ("", total)
    whole, rest = divmod(total, 86_400_000)
    hours, minutes = rest // 3_600_000, rest // 60_000 % 60
    return f"{sign}{whole} {hours:02d}:{minutes:02d}:{rest // 1000 % 60:02d}.{rest % 1000:03d}"


_SIMPLE: dict[str, Writer] = {
    "boolean": lambda value: "true" if value else "false",
    "double": double_text,
    "float": float_text,
    "bigint": lambda value: str(int(value)),
    "decimal": lambda value: format(value, "f"),
    "timestamp": _timestamp,
    "timestamp with time zone": lambda value: _zoned(value),
    "time": lambda value: f"{value:%H:%M:%S}.{value.microsecond // 1000:03d}",
    "varbinary": lambda value: bytes(value).hex(" "),
    "interval day to second": _interval,
}


def writer_of(duckdb_type: DuckDBPyType) -> Writer:
    """Return the function from a value of a type, not NULL, to its text."""
    name = athena_name(duckdb_type)
    if name == "array":
        inner = _nullable(writer_of(duckdb_type.children[0][1]))
        return lambda value: f"[{', '.join(map(inner, value))}]"
    if name == "map":
        key, item = (_nullable(writer_of(child)) for _, child in duckdb_type.children)
        return lambda value: f"{{{', '.join(f'{key(k)}={item(v)}' for k, v in _pairs(value))}}}"
    if name == "row":
        fields = [(field, _nullable(writer_of(child))) for field, child in row_fields(duckdb_type)]
        return lambda value: _row(value, fields)
    return _SIMPLE.get(name, str)


def _pairs(value: dict | list) -> list:
    return list(value.items()) if isinstance(value, dict) else value


def _row(value: dict | tuple, fields: list[tuple[str, Writer]]) -> str:
    values = list(value.values()) if isinstance(value, dict) else list(value)
    parts = (f"{name}={write(v)}" for (name, write), v in zip(fields, values, strict=True))
    return f"{{{', '.join(parts)}}}"


def _nullable(write: Writer) -> Writer:
    return lambda value: "null" if value is None else write(value)
