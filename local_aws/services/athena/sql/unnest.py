"""Rewrites UNNEST of arrays, maps and arrays of rows into a lateral select; knows no tables."""

from sqlglot import exp

from local_aws.services.athena.sql.dialect import to_sql
from local_aws.services.athena.sql.rewriter import Rewriter
from local_aws.services.athena.sql.types import quote, row_fields, type_id


def unnested(rewriter: Rewriter, node: exp.Unnest) -> str:
    """Return UNNEST(…) [WITH ORDINALITY] [AS t (a, b)] as a FROM text.

    Raises:
        QueryFailed: an argument is neither array nor map, or the number of aliases is wrong.
    """
    items, outputs, names = [], [], []
    for index, argument in enumerate(node.expressions):
        item, columns = _argument(rewriter, argument, f"u{index}")
        items.append(item)
        outputs += [text for text, _ in columns]
        names += [name for _, name in columns]
    ordinality = node.args.get("offset")
    if ordinality:
        lengths = ", ".join(f"coalesce(len({item}), 0)" for item in items)
        items.append(f"generate_series(1, CAST(greatest({lengths}, 0) AS BIGINT))")
        outputs.append(f"u{len(items) - 1}")
        names.append("ordinality")
    alias, columns = _aliases(rewriter, node, names)
    inner = ", ".join(f"unnest({item}) AS u{i}" for i, item in enumerate(items))
    selected = ", ".join(f"{o} AS {quote(n)}" for o, n in zip(outputs, columns, strict=True))
    return f"LATERAL (SELECT {selected} FROM (SELECT {inner})) AS {alias}"


def _argument(
    rewriter: Rewriter, node: exp.Expression, name: str
) -> tuple[str, list[tuple[str, str]]]:
    """Return the list to unnest, and the (text, name) of its columns."""
    value = rewriter.rewrite(node)
    kind = rewriter.scope.type_of(value)
    text = to_sql(value)
    if kind is None:
        return text, [(name, name)]
    if type_id(kind) == "map":
        return f"map_entries({text})", [(f"{name}.key", "key"), (f"{name}.value", "value")]
    if type_id(kind) != "list":
        message = f"Cannot unnest type: {rewriter.scope.name_of(value)}"
        raise rewriter.failure("TYPE_MISMATCH", message, node)
    child = kind.children[0][1]
    if type_id(child) in ("struct", "tuple"):
        named = type_id(child) == "struct"
        return text, [
            (f"{name}.{quote(field)}" if named else f"{name}[{i + 1}]", field)
            for i, (field, _) in enumerate(row_fields(child))
        ]
    return text, [(name, name)]


def _aliases(rewriter: Rewriter, node: exp.Unnest, names: list[str]) -> tuple[str, list[str]]:
    alias = node.args.get("alias")
    if not alias:
        return quote("unnest#"), _distinct(names)
    aliases = [column.name for column in alias.columns]
    offset = node.args.get("offset")
    # sqlglot takes the last column alias of WITH ORDINALITY out of the list.
    if isinstance(offset, exp.Identifier) and aliases:
        aliases.append(offset.name)
    table = alias.name or "unnest#"
    if not aliases:
        return quote(table), _distinct(names)
    if len(aliases) != len(names):
        message = (
            f"Column alias list has {len(aliases)} entries but '{table}' has {len(names)} "
            "columns available"
        )
        raise rewriter.failure("MISMATCHED_COLUMN_ALIASES", message, node)
    return quote(table), aliases


def _distinct(names: list[str]) -> list[str]:
    return [f"{name}_{i}" if name in names[:i] else name for i, name in enumerate(names)]
