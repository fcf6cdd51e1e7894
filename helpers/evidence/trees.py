"""Turns requests and answers into trees of member names and types; keeps no value.

A leaf is a text: `boolean=true`, `integer=3`, `enum=Completed`, `string=<job-ab2cd>`, `blob`.
"""

import json
from typing import Any

from botocore.model import Shape

from helpers.evidence.published import Vocabulary
from helpers.evidence.texts import Texts

SMALL = 10_000
"""Numbers below this are shown; of others the number of digits."""
FORMS = 8
"""Items of different form that a list shows."""
UNSHOWN = ("token", "marker", "uploadid", "uid", "port", "secret", "password", "accesskey")
"""Ends of the names of members whose numbers and strings have no placeholder."""
LIST, MAP = "*list", "*map"


class Trees:
    """Makes trees in the words of one service."""

    def __init__(self, texts: Texts, vocabulary: Vocabulary):
        self._texts, self._vocabulary = texts, vocabulary

    def tree(self, value: Any, shape: Shape | None, member: str = "") -> Any:
        """Return the tree of a value; of a member that the shape does not have, nothing."""
        if shape is None or value is None:
            return "null"
        if shape.type_name == "structure":
            return self._structure(value, shape)
        if shape.type_name == "list":
            return {LIST: count(len(value)), "of": self._items(value, shape.member, member)}
        if shape.type_name == "map":
            return {
                MAP: count(len(value)),
                "keys": self._items(value, shape.key, member),
                "of": self._items(value.values(), shape.value, member),
            }
        return self._leaf(value, shape, member)

    def _structure(self, value: Any, shape: Shape) -> Any:
        if getattr(shape, "eventstream", False) or not isinstance(value, dict):
            return "stream"
        if getattr(shape, "is_document_type", False):
            return "document"
        return {
            name: self.tree(value[name], member, name)
            for name, member in shape.members.items()
            if name in value
        }

    def _items(self, values: Any, shape: Shape, member: str) -> list:
        trees = {}
        for value in values:
            tree = self.tree(value, shape, member)
            trees.setdefault(json.dumps(outline(tree)), tree)
            if len(trees) == FORMS:
                break
        return list(trees.values())

    def _leaf(self, value: Any, shape: Shape, member: str) -> str:
        kind = shape.type_name
        hidden = shape.metadata.get("sensitive") or member.lower().endswith(UNSHOWN)
        if kind == "boolean":
            return f"boolean={str(bool(value)).lower()}"
        if kind in ("integer", "long") and isinstance(value, int) and not hidden:
            return f"{kind}={value}" if abs(value) < SMALL else f"{kind}~{len(str(abs(value)))}"
        if kind != "string":
            return kind
        if shape.enum:
            return f"enum={value}" if value in shape.enum else "enum=?"
        if not isinstance(value, str):
            return "json"  # botocore reads IAM's policies before anybody sees them
        if hidden:
            return "string"
        return self._texts.shown(value, member, self._vocabulary)


def count(number: int) -> int | str:
    """Return a length: small ones whole, of others the number of digits."""
    return number if number < SMALL else f"~{len(str(number))}"


def outline(tree: Any) -> Any:
    """Return a tree without the values that differ from item to item; enums are kept."""
    if isinstance(tree, dict):
        return {name: outline(part) for name, part in tree.items() if name not in (LIST, MAP)}
    if isinstance(tree, list):
        return [outline(part) for part in tree]
    return tree if not isinstance(tree, str) or tree.startswith("enum") else kind_of(tree)


def kind_of(leaf: str) -> str:
    """Return a leaf's type without its value."""
    return leaf.partition("=")[0].partition("~")[0]
