"""Rewrites CAST and TRY_CAST so that results and errors are Trino's; knows no queries."""

import re

from sqlglot import exp

from local_aws.services.athena.sql.dialect import raw, to_sql
from local_aws.services.athena.sql.rewriter import Rewriter
from local_aws.services.athena.sql.scope import FLOATS, TIMES, ZONED
from local_aws.services.athena.sql.types import literal

_WHOLE = ("TINYINT", "SMALLINT", "INT", "INTEGER", "BIGINT")
_CHECKED = {
    "BOOLEAN": "t_boolean({})",
    "DATE": "t_day_text({})",
    "TIMESTAMP": "t_moment_text({})",
}
"""Texts that Trino refuses and DuckDB does not: 'yes', an ISO time with its T."""
_ZONE = re.compile(r":\d\d(\.\d+)?\s*(Z|[+-]\d{1,2}(:?\d\d)?|[A-Za-z][\w/+-]*)$")
_DECIMAL_TEXT = re.compile(r"[+-]?(\d*)\.?(\d*)")


def target_type(node: exp.DataType, value: exp.Expression) -> str:
    """Return the DuckDB spelling of a cast's target."""
    text = to_sql(node)
    if text == "DECIMAL":
        # The digits of DECIMAL '1.50' are those of the text; CAST(x AS DECIMAL) is (38, 0).
        if isinstance(value, exp.Literal) and value.is_string and "." in value.this:
            whole, digits = (len(part) for part in _DECIMAL_TEXT.match(value.this).groups())
            return f"DECIMAL({whole + digits}, {digits})"
        return "DECIMAL(38, 0)"
    text = re.sub(r"\b(TEXT|CHAR|BPCHAR|VARCHAR)\(\d+\)", "VARCHAR", text)
    return re.sub(r"\b(TIMESTAMP|TIME)\(\d+\)", r"\1", text)


def cast(rewriter: Rewriter, node: exp.Cast) -> exp.Expression:
    """Return the cast for DuckDB."""
    target = target_type(node.args["to"], node.this)
    value = to_sql(node.this)
    kind = rewriter.scope.kind_of(node.this)
    if target == "JSON":
        return raw(f"CAST(to_json({value}) AS JSON)" if kind != "json" else value)
    attempt = "TRY_CAST" if isinstance(node, exp.TryCast) else "CAST"
    if kind == "json":
        value = _from_json(value, target)
    elif kind in FLOATS and target in _WHOLE:
        value = f"round({value})"
    elif kind == "varchar" and (target == "TIMESTAMPTZ" or _has_zone(node, target)):
        checked = f"t_moment(t_moment_text({value}))"
        return raw(f"TRY({checked})" if attempt == "TRY_CAST" else checked)
    elif kind == ZONED and target in ("DATE", "TIME", "TIMESTAMP"):
        value = f"t_local({value})"
    elif target == "TIMESTAMPTZ" and kind in TIMES and kind != ZONED:
        value = f"date_trunc('millisecond', {value})"
    elif kind == "varchar" and (checked := _CHECKED.get(target)):
        value = checked.format(value)
        value = f"TRY({value})" if attempt == "TRY_CAST" else value
    elif kind == "varchar" and target in _WHOLE:
        value = _digits(value, attempt)
    elif kind == "varchar" and target in ("DOUBLE", "REAL") and attempt == "CAST":
        value = f"nullif({value}, NULL)"
    elif target in ("TEXT", "VARCHAR"):
        value = _as_text(value, kind)
    text = f"{attempt}({value} AS {target})"
    length = node.args["to"].expressions
    if length and node.args["to"].this in (exp.DType.VARCHAR, exp.DType.CHAR):
        text = f"left({text}, {to_sql(length[0])})"
    return raw(text)


def _has_zone(node: exp.Cast, target: str) -> bool:
    """Say whether a literal is TIMESTAMP '2024-01-01 00:00 Europe/Berlin', a value with a zone."""
    value = node.this
    is_text = isinstance(value, exp.Literal) and value.is_string
    return target == "TIMESTAMP" and is_text and _ZONE.search(value.this) is not None


def _from_json(value: str, target: str) -> str:
    if target.endswith("[]") or target.startswith(("MAP", "STRUCT")):
        return value
    return f"json_extract_string({value}, '$')"


def _digits(value: str, attempt: str) -> str:
    """Return a text to cast to an integer: DuckDB would accept '1.5', Trino does not."""
    if attempt == "CAST":
        return f"t_whole({value})"
    return f"CASE WHEN regexp_full_match({value}, {literal('[+-]?[0-9]+')}) THEN {value} END"


def _as_text(value: str, kind: str | None) -> str:
    if kind in FLOATS:
        return f"t_{kind}_text({value})"
    if kind == ZONED:
        return f"t_zoned_text({value})"
    if kind in TIMES:
        return f"t_timestamp_text({value})"
    return value
