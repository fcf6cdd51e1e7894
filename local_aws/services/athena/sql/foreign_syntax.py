"""Refuses what sqlglot's grammar takes and Trino's does not have; knows no types.

Source: Trino's grammar (SqlBase.g4).
"""

from sqlglot import exp

from local_aws.services.athena.failures import MalformedQuery, mismatched
from local_aws.services.athena.sql.dialect import end_of, position_of, position_of_node

_FOREIGN = {
    exp.ILike: "ILIKE",
    exp.SimilarTo: "SIMILAR",
    exp.Glob: "GLOB",
    exp.RegexpLike: "RLIKE",
    exp.Pivot: "PIVOT",
    exp.Struct: "{",
}
_STAR_WORDS = {"except_": "EXCEPT", "except": "EXCEPT", "replace": "REPLACE", "rename": "RENAME"}
_JOINS = ("SEMI", "ANTI", "ASOF")


def refuse(tree: exp.Expression, text: str) -> None:
    """Check a parsed query for other dialects' syntax.

    Raises:
        MalformedQuery: with the position of the first foreign word.
    """
    for node in tree.walk():
        if word := _foreign_word(node):
            raise _mismatch(node, word, text)


def _foreign_word(node: exp.Expression) -> str | None:
    if word := _FOREIGN.get(type(node)):
        return word
    if isinstance(node, exp.Star):
        return next((w for key, w in _STAR_WORDS.items() if node.args.get(key)), None)
    if isinstance(node, exp.Distinct) and node.args.get("on"):
        return "ON"
    if isinstance(node, exp.Join):
        words = {str(node.args.get(key) or "").upper() for key in ("side", "kind", "method")}
        return next((word for word in _JOINS if word in words), None)
    if isinstance(node, exp.LimitOptions) and node.args.get("percent"):
        return "PERCENT"
    return None


def _mismatch(node: exp.Expression, word: str, text: str) -> MalformedQuery:
    starts = [part.meta["start"] for part in node.walk() if "start" in part.meta]
    upper = text.upper()
    offset = upper.find(word, min(starts, default=0))
    if offset < 0:
        offset = upper.rfind(word)
    if word == "EXCEPT" and offset < 0:
        word, offset = "EXCLUDE", upper.find("EXCLUDE")
    if offset < 0:
        return mismatched(word, "<expression>", position_of_node(node, text) or end_of(text))
    written = text[offset : offset + len(word)]
    return mismatched(written, "<expression>", position_of(text, offset))
