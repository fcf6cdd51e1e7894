"""Translates DuckDB's errors into Trino's: name, message and position; knows no tables."""

import re

import duckdb
from sqlglot import exp

from local_aws.services.athena.failures import Position, QueryFailed
from local_aws.services.athena.sql.dialect import position_of_node, position_of_word

_TYPES = {"INT32": "integer", "INT64": "bigint", "INT16": "smallint", "INT8": "tinyint"}
_RULES: list[tuple[str, str, str]] = [
    (r"Division by zero|Modulo by zero", "DIVISION_BY_ZERO", "Division by zero"),
    (r"Array subscript must be .*", "INVALID_FUNCTION_ARGUMENT", "{0}"),
    (r"SQL array indices start at 1", "INVALID_FUNCTION_ARGUMENT", "{0}"),
    (r"Array subscript is negative.*", "INVALID_FUNCTION_ARGUMENT", "{0}"),
    (r"Key not present in map: .*", "INVALID_FUNCTION_ARGUMENT", "{0}"),
    (r"Key and value arrays must be the same length", "INVALID_FUNCTION_ARGUMENT", "{0}"),
    (r"Cannot convert value to JSON: .*", "INVALID_FUNCTION_ARGUMENT", "{0}"),
    (r"((count argument|result) of (repeat|sequence)|sequence stop|step must|Target length) .*",
     "INVALID_FUNCTION_ARGUMENT", "{0}"),
    (r"Cannot cast '.*' to \w+", "INVALID_CAST_ARGUMENT", "{0}"),
    (r"Value cannot be cast to (date|timestamp): .*", "INVALID_CAST_ARGUMENT", "{0}"),
    (r"Query exceeded per-node memory limit of \w+", "EXCEEDED_LOCAL_MEMORY_LIMIT", "{0}"),
    (r"'instance' must not be .*", "INVALID_FUNCTION_ARGUMENT", "{0}"),
    (r"'.*' is not a valid time zone|The time zone offset .* is not supported here",
     "INVALID_FUNCTION_ARGUMENT", "{0}"),
    (r"'.*' is not a valid TIMESTAMP field", "INVALID_FUNCTION_ARGUMENT", "{0}"),
    (
        r"Could not convert string '(.*)' to (\w+)",
        "INVALID_CAST_ARGUMENT",
        "Cannot cast '{1}' to {type2}",
    ),
    (
        r'invalid (date|timestamp|time) field format: "([^"]*)"',
        "INVALID_CAST_ARGUMENT",
        "Value cannot be cast to {1}: {2}",
    ),
    (r"Could not parse string \"(.*?)\" according", "INVALID_FUNCTION_ARGUMENT",
     'Invalid format: "{1}"'),
    (r"Map keys must be unique", "INVALID_FUNCTION_ARGUMENT", "Duplicate map keys are not allowed"),
    (r"More than one row returned by a subquery", "SUBQUERY_MULTIPLE_ROWS",
     "Scalar sub-query has returned multiple rows"),
    (r"Overflow in .*", "NUMERIC_VALUE_OUT_OF_RANGE", "{0}"),
    (r"[Oo]ut of [Rr]ange.*", "NUMERIC_VALUE_OUT_OF_RANGE", "{0}"),
    (r"Type \w+ with value .* can't be cast .*", "INVALID_CAST_ARGUMENT", "{0}"),
    (r"(invalid|missing|no argument|bad) (perl operator|escape sequence|.*repetit|.*group).*:.*",
     "INVALID_FUNCTION_ARGUMENT", "{0}"),
]  # fmt: skip


def translate(error: duckdb.Error, tree: exp.Expression | None, text: str) -> QueryFailed:
    """Return Athena's failure for an error of DuckDB."""
    message = str(error).replace("\0", "").replace("\\0", "")
    if failure := _binding_failure(message, tree, text):
        return failure
    for pattern, code, words in _RULES:
        if match := re.search(pattern, message):
            values = [match.group(0), *(group or "" for group in match.groups())]
            kind = _TYPES.get(values[-1], values[-1].lower())
            return QueryFailed(code, words.format(*values, type2=kind))
    if isinstance(error, duckdb.OutOfMemoryException):
        return QueryFailed("EXCEEDED_LOCAL_MEMORY_LIMIT", message.splitlines()[0])
    first = re.sub(r"^[\w ]*Error: ", "", message.splitlines()[0])
    return QueryFailed("GENERIC_INTERNAL_ERROR", first)


def _binding_failure(message: str, tree: exp.Expression | None, text: str) -> QueryFailed | None:
    if match := re.search(r'column "?([^"]+)"? must appear in the GROUP BY clause', message):
        position = _column_position(tree, match[1], text)
        words = f"'{match[1]}' must be an aggregate expression or appear in GROUP BY clause"
        return QueryFailed("EXPRESSION_NOT_AGGREGATE", words, position)
    if match := re.search(
        r"Referenced column \"?([^\"]+?)\"? not found|does not have a column named \"([^\"]+)\"",
        message,
    ):
        name = match[1] or match[2]
        words = (
            f"Column '{name}' cannot be resolved or requester is not authorized to access "
            "requested resources"
        )
        return QueryFailed("COLUMN_NOT_FOUND", words, _column_position(tree, name, text))
    if match := re.search(
        r"No function matches the given name and argument types '(\w+)\((.*)\)'", message
    ):
        types = match[2].lower().replace("float", "real")
        words = f"Unexpected parameters ({types}) for function {match[1]}"
        return QueryFailed("FUNCTION_NOT_FOUND", words, _function_position(tree, match[1], text))
    if match := re.search(r"Unimplemented type for cast \((.*) -> (.*)\)", message):
        words = f"Cannot cast {match[1].lower()} to {match[2].lower()}"
        node = _written_cast(tree)
        position = position_of_word(node, "CAST", text) if node is not None else None
        return QueryFailed("TYPE_MISMATCH", words, position)
    if re.search(
        r"aggregates? (functions? )?(cannot|are not allowed)|cannot contain aggregates", message
    ):
        words = "WHERE clause cannot contain aggregations, window functions or grouping operations"
        return QueryFailed("EXPRESSION_NOT_SCALAR", words, _first_position(tree, exp.Where, text))
    if "GROUP BY term out of range" in message or "ORDER term out of range" in message:
        return QueryFailed("INVALID_COLUMN_REFERENCE", "GROUP BY position is not in select list")
    if "Set operations can only apply" in message:
        return QueryFailed("TYPE_MISMATCH", "UNION query has different number of fields")
    if "Macro " in message and "does not support the supplied arguments" in message:
        name = re.search(r"Macro t_(\w+)\(", message)
        words = f"Unexpected parameters for function {name[1] if name else 'here'}"
        return QueryFailed("FUNCTION_NOT_FOUND", words)
    return None


def _written_cast(tree: exp.Expression | None) -> exp.Expression | None:
    """Return the first explicit cast; DATE '2024-01-01' is none."""
    for node in tree.find_all(exp.Cast) if tree is not None else []:
        if node.find(exp.Column, exp.Cast) and node.find(exp.Column, exp.Cast) is not node:
            return node
        if any(isinstance(child, exp.Cast) for child in node.iter_expressions()):
            return node
    return tree.find(exp.Cast) if tree is not None else None


def _column_position(tree: exp.Expression | None, name: str, text: str) -> Position | None:
    for node in tree.find_all(exp.Column) if tree is not None else []:
        if node.name.lower() == name.lower():
            return position_of_node(node, text)
    return None


def _function_position(tree: exp.Expression | None, name: str, text: str) -> Position | None:
    for node in tree.find_all(exp.Anonymous) if tree is not None else []:
        if node.name.lower() == name.lower():
            return position_of_node(node, text)
    return None


def _first_position(
    tree: exp.Expression | None, kind: type[exp.Expression], text: str
) -> Position | None:
    node = tree.find(kind) if tree is not None else None
    return position_of_node(node, text) if node is not None else None
