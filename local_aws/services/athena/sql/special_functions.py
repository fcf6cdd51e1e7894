"""Rewrites functions whose translation depends on the arguments; knows no queries.

A `Translation` gets the call and its rewritten arguments, and returns DuckDB's text.
"""

import re
from collections.abc import Callable

from sqlglot import exp

from local_aws.services.athena.failures import QueryFailed
from local_aws.services.athena.sql.date_patterns import joda, mysql
from local_aws.services.athena.sql.dialect import raw, to_sql
from local_aws.services.athena.sql.rewriter import Rewriter
from local_aws.services.athena.sql.scope import FLOATS, INTEGERS, ZONED
from local_aws.services.athena.sql.type_checks import require_one_family
from local_aws.services.athena.sql.types import literal

_JAVA_FORMAT = re.compile(r"%(?:(\d+)\$)?([-#+ 0,(]*)(\d+)?(\.\d+)?([a-zA-Z%])")
_LAX = re.compile(r"^\s*(lax|strict)\s+")
Arguments = list[exp.Expression]
Translation = Callable[[Rewriter, exp.Anonymous, Arguments], str]


def _texts(arguments: Arguments) -> list[str]:
    return [to_sql(argument) for argument in arguments]


def at_its_place(
    rewriter: Rewriter, value: exp.Expression, macro: str = "t_local"
) -> exp.Expression:
    """Return a time with a zone in a macro, such as the time at its own place; others as given."""
    if rewriter.scope.kind_of(value) != ZONED:
        return value
    return raw(f"{macro}({to_sql(value)})")


def _constant(rewriter: Rewriter, node: exp.Anonymous, argument: exp.Expression, role: str) -> str:
    if isinstance(argument, exp.Literal) and argument.is_string:
        return argument.this
    raise rewriter.failure("NOT_SUPPORTED", f"{role} must be a text constant here", node)


def _concat(rewriter: Rewriter, node: exp.Anonymous, arguments: Arguments) -> str:
    kinds = {rewriter.scope.kind_of(argument) for argument in arguments}
    texts = _texts(arguments)
    if "list" in kinds:
        text = texts[0]
        for other in texts[1:]:
            text = f"list_concat({text}, {other})"
        return text
    wrong = kinds - {"varchar", "blob", "null", '"null"', None}
    if wrong:
        types = ", ".join(rewriter.scope.name_of(argument) for argument in arguments)
        message = f"Unexpected parameters ({types}) for function concat. Expected: concat(varchar)"
        raise rewriter.failure("FUNCTION_NOT_FOUND", message, node)
    return f"({' || '.join(texts)})"


def _extreme(name: str) -> Translation:
    def rewrite(rewriter: Rewriter, node: exp.Anonymous, arguments: Arguments) -> str:
        texts = _texts(arguments)
        missing = " OR ".join(f"{text} IS NULL" for text in texts)
        return f"CASE WHEN NOT ({missing}) THEN {name}({', '.join(texts)}) END"

    return rewrite


def _strftime(pattern_of: Callable[[str], str | None], function: str) -> Translation:
    def rewrite(rewriter: Rewriter, node: exp.Anonymous, arguments: Arguments) -> str:
        written = _constant(rewriter, node, arguments[1], f"the pattern of {node.name}")
        pattern = pattern_of(written)
        if pattern is None:
            message = f"Invalid format: {written}"
            raise rewriter.failure("INVALID_FUNCTION_ARGUMENT", message, node)
        value = to_sql(arguments[0])
        if function == "strftime":
            return f"strftime({value}, {literal(pattern)})"
        text = f"strptime({value}, {literal(pattern)})"
        if pattern_of is mysql:
            return f"CAST({text} AS TIMESTAMP)"
        zone = f"t_zone_number(t_zone_text({value}))" if "%z" in pattern else "0"
        return f"t_in_zone(date_trunc('millisecond', CAST({text} AS TIMESTAMPTZ)), {zone})"

    return rewrite


def _from_unixtime(rewriter: Rewriter, node: exp.Anonymous, arguments: Arguments) -> str:
    texts = _texts(arguments)
    moment = f"date_trunc('millisecond', to_timestamp({texts[0]}))"
    return moment if len(texts) == 1 else f"t_in_zone({moment}, t_zone_number({texts[1]}))"


def json_path(path: str) -> str:
    """Return a Trino JSON path in DuckDB's syntax: `$['a b'][0]` is `$."a b"[0]`."""
    path = _LAX.sub("", path)
    return re.sub(r"""\[\s*(["'])(.*?)\1\s*\]""", r'."\2"', path)


def _json(template: str) -> Translation:
    def rewrite(rewriter: Rewriter, node: exp.Anonymous, arguments: Arguments) -> str:
        path = arguments[1]
        if isinstance(path, exp.Literal) and path.is_string:
            steps = path.this.strip().removeprefix("lax").removeprefix("strict").strip()
            if not steps.startswith("$"):
                message = f"Invalid JSON path: '{path.this}'"
                raise QueryFailed("INVALID_FUNCTION_ARGUMENT", message)
            return template.format(to_sql(arguments[0]), literal(json_path(path.this)))
        return template.format(to_sql(arguments[0]), to_sql(path))

    return rewrite


def _reverse(rewriter: Rewriter, node: exp.Anonymous, arguments: Arguments) -> str:
    name = "list_reverse" if rewriter.scope.kind_of(arguments[0]) == "list" else "reverse"
    return f"{name}({to_sql(arguments[0])})"


def _zip(rewriter: Rewriter, node: exp.Anonymous, arguments: Arguments) -> str:
    return f"list_zip({', '.join(_texts(arguments))})"


def _sequence(rewriter: Rewriter, node: exp.Anonymous, arguments: Arguments) -> str:
    name = "t_sequence" if len(arguments) == 2 else "t_sequence_step"
    return f"{name}({', '.join(_texts(arguments))})"


def _typeof(rewriter: Rewriter, node: exp.Anonymous, arguments: Arguments) -> str:
    return literal(rewriter.scope.name_of(arguments[0]))


def _format(rewriter: Rewriter, node: exp.Anonymous, arguments: Arguments) -> str:
    java = _constant(rewriter, node, arguments[0], "the format of format()")
    positions = iter(range(1, len(arguments)))
    values: list[str] = []

    def as_python(match: re.Match) -> str:
        index, flags, width, digits, kind = match.groups()
        if kind == "%":
            return "%"
        values.append(_formatted(arguments[int(index) if index else next(positions)], kind))
        align = "<" if "-" in flags else ">" if kind == "s" and width else ""
        zero = "0" if "0" in flags else ""
        comma = "," if "," in flags else ""
        plus = "+" if "+" in flags else ""
        suffix = "" if kind in "sbd" else kind
        if kind == "d" and digits is None:
            suffix = "d" if zero or width else ""
        return "{:" + align + plus + zero + (width or "") + comma + (digits or "") + suffix + "}"

    text = _JAVA_FORMAT.sub(as_python, java.replace("{", "{{").replace("}", "}}"))
    return f"format({', '.join([literal(text), *values])})" if values else literal(text)


def _formatted(argument: exp.Expression, kind: str) -> str:
    text = to_sql(argument)
    if kind in "feEgG":
        return f"CAST({text} AS DOUBLE)"
    return text if kind in "dxXo" else f"CAST({text} AS VARCHAR)"


def _row(rewriter: Rewriter, node: exp.Anonymous, arguments: Arguments) -> str:
    return f"row({', '.join(_texts(arguments))})"


def _regexp_replace(rewriter: Rewriter, node: exp.Anonymous, arguments: Arguments) -> str:
    texts = _texts(arguments)
    if len(texts) == 2:
        return f"regexp_replace({texts[0]}, {texts[1]}, '', 'g')"
    if isinstance(arguments[2], exp.Literal):
        text = arguments[2].this.replace("\\$", "\0")
        text = re.sub(r"\$\{?(\d)\}?", r"\\\1", text.replace("\\", "\\\\")).replace("\0", "$")
        texts[2] = literal(text)
    return f"regexp_replace({texts[0]}, {texts[1]}, {texts[2]}, 'g')"


def _count(rewriter: Rewriter, node: exp.Anonymous, arguments: Arguments) -> str:
    return f"count({', '.join(_texts(arguments)) or '*'})"


def _round(rewriter: Rewriter, node: exp.Anonymous, arguments: Arguments) -> str:
    texts = _texts(arguments)
    kind = str(rewriter.scope.type_of(arguments[0]))
    text = f"round({', '.join(texts)})"
    if kind.startswith("DECIMAL") and len(texts) == 2:
        # Trino rounds a decimal, and keeps its scale.
        precision, scale = (number for _, number in rewriter.scope.type_of(arguments[0]).children)
        return f"CAST({text} AS DECIMAL({min(38, precision + 1)}, {scale}))"
    keeps = kind in ("FLOAT", "TINYINT", "SMALLINT", "INTEGER", "BIGINT")
    return f"CAST({text} AS {kind})" if keeps else text


def _whole(name: str) -> Translation:
    def rewrite(rewriter: Rewriter, node: exp.Anonymous, arguments: Arguments) -> str:
        """Keep integers: DuckDB would return doubles."""
        texts = _texts(arguments)
        if rewriter.scope.kind_of(arguments[0]) in INTEGERS:
            return texts[0]
        return f"{name}({', '.join(texts)})"

    return rewrite


def _sign(rewriter: Rewriter, node: exp.Anonymous, arguments: Arguments) -> str:
    """Return -1, 0 or 1 in the type of the number."""
    kind = rewriter.scope.kind_of(arguments[0])
    return f"CAST(sign({to_sql(arguments[0])}) AS {kind if kind in FLOATS else 'INTEGER'})"


def _coalesce(rewriter: Rewriter, node: exp.Anonymous, arguments: Arguments) -> str:
    require_one_family(rewriter, arguments, "COALESCE operands", node)
    return f"coalesce({', '.join(_texts(arguments))})"


def _grouping(rewriter: Rewriter, node: exp.Anonymous, arguments: Arguments) -> str:
    return f"grouping({', '.join(_texts(arguments))})"


def _split(rewriter: Rewriter, node: exp.Anonymous, arguments: Arguments) -> str:
    texts = _texts(arguments)
    if len(texts) == 2:
        return f"string_split({texts[0]}, {texts[1]})"
    parts = f"string_split({texts[0]}, {texts[1]})"
    rest = f"array_to_string({parts}[{texts[2]}:], {texts[1]})"
    head = f"{parts}[1:{texts[2]} - 1]"
    return f"CASE WHEN len({parts}) > {texts[2]} THEN list_append({head}, {rest}) ELSE {parts} END"


def _element_at(rewriter: Rewriter, node: exp.Anonymous, arguments: Arguments) -> str:
    """Rewrite element_at, which is NULL outside the list and for missing keys."""
    base, index = _texts(arguments)
    return f"({base})[{index}]"


SPECIAL: dict[str, Translation] = {
    "concat": _concat,
    "count": _count,
    "greatest": _extreme("greatest"),
    "least": _extreme("least"),
    "round": _round,
    "ceil": _whole("ceil"),
    "ceiling": _whole("ceil"),
    "floor": _whole("floor"),
    "truncate": _whole("trunc"),
    "coalesce": _coalesce,
    "sign": _sign,
    "date_format": _strftime(mysql, "strftime"),
    "date_parse": _strftime(mysql, "strptime"),
    "format_datetime": _strftime(joda, "strftime"),
    "parse_datetime": _strftime(joda, "strptime"),
    "from_unixtime": _from_unixtime,
    "json_extract": _json("t_json_extract({0}, {1})"),
    "json_query": _json("CAST(t_json_extract({0}, {1}) AS VARCHAR)"),
    "json_extract_scalar": _json("t_json_scalar({0}, {1})"),
    "json_value": _json("t_json_scalar({0}, {1})"),
    "json_exists": _json("json_exists({0}, {1})"),
    "json_size": _json("t_json_size({0}, {1})"),
    "reverse": _reverse,
    "zip": _zip,
    "sequence": _sequence,
    "typeof": _typeof,
    "format": _format,
    "row": _row,
    "regexp_replace": _regexp_replace,
    "grouping": _grouping,
    "split": _split,
    "element_at": _element_at,
}
