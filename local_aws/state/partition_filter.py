"""Decides which partitions an expression such as `year = 2024 AND label > 'a'` keeps.

Knows partition keys and their values, nothing of S3; DuckDB evaluates the expression.
"""

import duckdb
import pyarrow as pa

from local_aws.errors import AwsError

NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"
"""The value of a partition key that is NULL."""
NUMBERS = ("tinyint", "smallint", "int", "integer", "bigint")


def sql_type(glue_type: str) -> str:
    """Return the DuckDB type of a partition key."""
    base = glue_type.lower().partition("(")[0].strip()
    if base in NUMBERS:
        return "BIGINT"
    if base == "decimal":
        return glue_type
    return {"date": "DATE", "timestamp": "TIMESTAMP", "boolean": "BOOLEAN"}.get(base, "VARCHAR")


def values_table(keys: list[dict], partitions: list[dict]) -> pa.Table:
    """Return the partitions' values, one row each, with their position as `#`."""
    columns = {
        key["Name"]: pa.array([body["Values"][i] for body in partitions], pa.string())
        for i, key in enumerate(keys)
    }
    return pa.table({**columns, "#": pa.array(range(len(partitions)), pa.int64())})


def keep(
    keys: list[dict], partitions: list[dict], condition: str, null: str | None = None
) -> list[dict]:
    """Return the partitions that a DuckDB condition holds for; its columns are the keys.

    Args:
        null: the text of a value that stands for NULL.
    """
    table = values_table(keys, partitions)
    typed = ", ".join(f'{_typed(key, null)} AS "{key["Name"]}"' for key in keys)
    with duckdb.connect(config={"enable_external_access": "false"}) as connection:
        connection.register("partition_values", table)
        rows = connection.execute(
            f'SELECT "#" FROM (SELECT "#", {typed} FROM partition_values) WHERE {condition}'
            ' ORDER BY "#"'
        ).fetchall()
    return [partitions[row[0]] for row in rows]


def _typed(key: dict, null: str | None) -> str:
    value = f'"{key["Name"]}"' if null is None else f"nullif(\"{key['Name']}\", '{null}')"
    return f"TRY_CAST({value} AS {sql_type(key['Type'])})"


def matching(keys: list[dict], partitions: list[dict], expression: str) -> list[dict]:
    """Return the partitions that a Glue expression holds for.

    Raises:
        AwsError: the expression is not one over the partition keys.
    """
    if not partitions:
        return partitions
    try:
        return keep(keys, partitions, expression)
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        message = f"Unsupported expression '{expression}': {reason}"
        raise AwsError("InvalidInputException", message) from None
