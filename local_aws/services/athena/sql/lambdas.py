"""Rewrites calls with a lambda, whose parameters get their types from the arguments; no queries.

A lambda that makes something asks for room first (`t_room`, with the element's place).
"""

from duckdb.sqltypes import DuckDBPyType
from sqlglot import exp

from local_aws.services.athena.sql.dialect import to_sql
from local_aws.services.athena.sql.rewriter import Rewriter
from local_aws.services.athena.sql.types import quote, type_id

LISTS = {
    "transform": "list_transform({0}, lambda x{d}, {p}: {1})",
    "filter": "list_filter({0}, lambda x{d}: {1})",
    "any_match": "coalesce(list_bool_or(list_transform({0}, lambda x{d}: {1})), false)",
    "all_match": "coalesce(list_bool_and(list_transform({0}, lambda x{d}: {1})), true)",
    "none_match": "NOT coalesce(list_bool_or(list_transform({0}, lambda x{d}: {1})), false)",
}
ENTRIES = "map_from_entries(list_transform(map_entries({0}), lambda x{d}, {p}: struct_pack("
MAPS = {
    "map_filter": "map_from_entries(list_filter(map_entries({0}), lambda x{d}: {1}))",
    "transform_keys": ENTRIES + "key := {1}, value := x{d}.value)))",
    "transform_values": ENTRIES + "key := x{d}.key, value := {1})))",
}
LAMBDAS = {*LISTS, *MAPS, "reduce", "zip_with", "array_sort", "regexp_replace", "reduce_agg"}


def refuse(rewriter: Rewriter, name: str, node: exp.Anonymous) -> None:
    """Raise for a lambda in a call where it is not allowed, or not supported."""
    if any(isinstance(argument, exp.Lambda) for argument in node.expressions):
        raise rewriter.failure(
            "FUNCTION_NOT_FOUND", f"Function '{name}' takes no lambda here", node
        )


def rewrite_call(rewriter: Rewriter, name: str, node: exp.Anonymous) -> str:
    """Return a call with a lambda as DuckDB's text."""
    arguments = [a if isinstance(a, exp.Lambda) else rewriter.rewrite(a) for a in node.expressions]
    scope = rewriter.scope
    depth = len(scope.sources)
    base = to_sql(arguments[0])
    inside = _children(scope.type_of(arguments[0]))
    if name in LISTS:
        body = _body(rewriter, arguments[1], [inside[0]], [f"x{depth}"])
        if name == "transform":
            body = _with_room(body, depth)
        return LISTS[name].format(base, body, d=depth, p=_place(depth))
    if name in MAPS:
        names = [f"x{depth}.key", f"x{depth}.value"]
        body = _body(rewriter, arguments[1], inside, names)
        if name != "map_filter":
            body = _with_room(body, depth)
        return MAPS[name].format(base, body, d=depth, p=_place(depth))
    if name == "reduce":
        return _reduce(rewriter, arguments, inside[0], depth)
    if name == "zip_with":
        second = _children(scope.type_of(arguments[1]))[0]
        names = [f"x{depth}[1]", f"x{depth}[2]"]
        body = _body(rewriter, arguments[2], [inside[0], second], names)
        zipped = f"list_zip({base}, {to_sql(arguments[1])})"
        body = _with_room(body, depth)
        return f"list_transform({zipped}, lambda x{depth}, {_place(depth)}: {body})"
    message = f"{name} with a lambda is not supported here"
    raise rewriter.failure("NOT_SUPPORTED", message, node)


def _reduce(
    rewriter: Rewriter, arguments: list[exp.Expression], element: DuckDBPyType | None, depth: int
) -> str:
    start = arguments[1]
    state = rewriter.scope.type_of(start)
    if state is None or element is None or str(state) == str(element):
        values, initial = to_sql(arguments[0]), to_sql(start)
        names = [f"s{depth}", f"x{depth}"]
    else:
        # DuckDB needs one type: state and element are the two fields of a struct.
        values = (
            f"list_transform({to_sql(arguments[0])}, lambda y{depth}: "
            f"struct_pack(s := CAST(NULL AS {state}), x := y{depth}))"
        )
        initial = f"struct_pack(s := {to_sql(start)}, x := CAST(NULL AS {element}))"
        names = [f"s{depth}.s", f"x{depth}.x"]
    body = _body(rewriter, arguments[2], [state, element], names)
    struct = names[0].endswith(".s")
    if struct:
        body = f"struct_pack(s := CAST({body} AS {state}), x := CAST(NULL AS {element}))"
    body, names = _with_room(body, depth), f"s{depth}, x{depth}, {_place(depth)}"
    folded = f"list_reduce({values}, lambda {names}: {body}, {initial})"
    folded = f"({folded}).s" if struct else folded
    return _body(rewriter, arguments[3], [state], [folded])


def _place(depth: int) -> str:
    """Return the name of the parameter that has an element's place, which no column has."""
    return quote(f"#{depth}")


def _with_room(body: str, depth: int) -> str:
    """Return a body that asks for room, if it calls or joins something."""
    makes = "(" in body or "||" in body
    return f"CASE WHEN t_room({_place(depth)}) THEN {body} END" if makes else body


def _children(duckdb_type: DuckDBPyType | None) -> list[DuckDBPyType | None]:
    """Return the types of a list's elements or of a map's keys and values."""
    if duckdb_type is None or type_id(duckdb_type) not in ("list", "map"):
        return [None, None]
    return [child for _, child in duckdb_type.children]


def _body(
    rewriter: Rewriter, node: exp.Lambda, types: list[DuckDBPyType | None], names: list[str]
) -> str:
    """Rewrite a lambda's body, its parameters replaced by the texts in `names`."""
    parameters = [parameter.name for parameter in node.expressions]
    if len(parameters) != len(names):
        message = f"Expected a lambda that takes {len(names)} argument(s) but got {len(parameters)}"
        raise rewriter.failure("INVALID_PARAMETER_USAGE", message, node)
    # Unique names can be replaced in the rewritten text without touching other names.
    scope = rewriter.scope
    unique = {name: f"{name}@{len(scope.sources)}" for name in parameters}
    inner = scope.with_parameters(dict(zip(unique.values(), types, strict=True)))
    text = to_sql(rewriter.inside(inner).rewrite(_renamed(node.this, unique)))
    for name, replacement in zip(parameters, names, strict=True):
        text = text.replace(quote(unique[name]), replacement)
    return text


def _renamed(node: exp.Expression, names: dict[str, str]) -> exp.Expression:
    """Give the parameters in a lambda's body their unique names."""

    def visit(part: exp.Expression) -> exp.Expression:
        if isinstance(part, exp.Identifier) and part.name in names:
            parent = part.parent
            if isinstance(parent, exp.Column) and parent.args.get("table") not in (None, part):
                return part
            if isinstance(parent, exp.Lambda | exp.TableAlias | exp.Alias) or (
                isinstance(parent, exp.Dot) and parent.expression is part
            ):
                return part
            new = exp.to_identifier(names[part.name], quoted=True)
            return new if isinstance(parent, exp.Column) else exp.column(new)
        return part

    return node.copy().transform(visit)
