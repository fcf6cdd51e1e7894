"""Says whether a column of a Parquet or ORC file can be read as a table's type; reads nothing.

Trino converts between types of a kind alone (integers, floating point, decimals, texts) and refuses
the rest; source: its ParquetPageSource's and OrcReader's column readers.
"""

import pyarrow as pa
import pyarrow.types as arrow

from local_aws.services.athena.sql.types import Type

_INTEGERS = ("tinyint", "smallint", "int", "integer", "bigint")
_TEXTS = ("string", "varchar", "char")


def fits(kind: Type, data: pa.DataType) -> bool:
    """Return whether a file's type can be read as a table's."""
    if arrow.is_dictionary(data):
        data = data.value_type
    if kind.base == "array":
        return _is_list(data) and fits(kind.children[0], data.value_type)
    if kind.base == "map":
        if not arrow.is_map(data):
            return False
        return fits(kind.children[0], data.key_type) and fits(kind.children[1], data.item_type)
    if kind.base == "struct":
        return arrow.is_struct(data) and all(
            data.get_field_index(name) < 0 or fits(child, data.field(name).type)
            for name, child in zip(kind.names, kind.children, strict=True)
        )
    return _fits_scalar(kind.base, data)


def _is_list(data: pa.DataType) -> bool:
    return arrow.is_list(data) or arrow.is_large_list(data) or arrow.is_fixed_size_list(data)


def _fits_scalar(base: str, data: pa.DataType) -> bool:
    whole = arrow.is_integer(data) or (arrow.is_decimal(data) and data.scale == 0)
    if base in _INTEGERS:
        return whole
    if base in _TEXTS or base == "binary":
        return is_text(data) or is_bytes(data)
    checks = {
        "float": arrow.is_float32,
        "real": arrow.is_float32,
        "double": arrow.is_floating,
        "decimal": lambda data: arrow.is_decimal(data) or arrow.is_integer(data),
        "boolean": arrow.is_boolean,
        "date": arrow.is_date,
        "timestamp": arrow.is_timestamp,
    }
    return base not in checks or checks[base](data)


def is_text(data: pa.DataType) -> bool:
    """Return whether a type is UTF-8 text."""
    return arrow.is_string(data) or arrow.is_large_string(data)


def is_bytes(data: pa.DataType) -> bool:
    """Return whether a type is bytes, which may be text that nobody has marked as such."""
    return arrow.is_binary(data) or arrow.is_large_binary(data) or arrow.is_fixed_size_binary(data)
