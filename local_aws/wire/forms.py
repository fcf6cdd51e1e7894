"""Requests of the query protocol: forms such as `MetricData.member.1.Value`. Knows no service.

Contract: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
"""

from typing import Any

from botocore.model import Shape

from local_aws.wire import scalars
from local_aws.wire.required import Members

ABSENT = object()


def read(shape: Shape, fields: list[tuple[str, str]]) -> dict:
    """Return the request in a form's fields; fields that the model lacks are ignored."""
    tree: dict = {}
    for path, text in fields:
        node, parts = tree, path.split(".")
        if "" in parts:
            continue  # the name of no member; the tree has its texts there
        for part in parts:
            node = node.setdefault(part, {})
        node.setdefault("", text)
    return Members() if (value := _value(shape, tree)) is ABSENT else value


def _value(shape: Shape, node: dict) -> Any:
    """Return the value below a node, or `ABSENT`; the key of the node's text is ''."""
    kind = shape.type_name
    if kind == "structure":
        return _structure(shape, node)
    if kind == "list":
        return _list(shape, node)
    if kind == "map":
        return _map(shape, node)
    return scalars.read(shape, node[""]) if "" in node else ABSENT


def _structure(shape: Shape, node: dict) -> Any:
    values = {name: _value(member, _below(node, member, name)) for name, member in _of(shape, node)}
    values = Members({name: value for name, value in values.items() if value is not ABSENT})
    return values or ABSENT


def _of(shape: Shape, node: dict) -> list[tuple[str, Shape]]:
    return [(name, member) for name, member in shape.members.items() if _below(node, member, name)]


def _below(node: dict, member: Shape, name: str) -> dict:
    """Return the node of a structure's member; a flat list has the name of its items."""
    own = member.serialization.get("name", name)
    if member.type_name == "list" and member.serialization.get("flattened"):
        own = member.member.serialization.get("name", own)
    return node.get(own, {})


def _list(shape: Shape, node: dict) -> Any:
    if node.get("") == "":
        return []  # botocore sends it so
    if not shape.serialization.get("flattened"):
        node = node.get(shape.member.serialization.get("name", "member"), {})
    values = [_value(shape.member, item) for item in _numbered(node)]
    return [value for value in values if value is not ABSENT] or ABSENT


def _map(shape: Shape, node: dict) -> Any:
    if not shape.serialization.get("flattened"):
        node = node.get("entry", {})
    key_name = shape.key.serialization.get("name", "key")
    value_name = shape.value.serialization.get("name", "value")
    pairs = [
        (_value(shape.key, item.get(key_name, {})), _value(shape.value, item.get(value_name, {})))
        for item in _numbered(node)
    ]
    return {key: value for key, value in pairs if ABSENT not in (key, value)} or ABSENT


def _numbered(node: dict) -> list[dict]:
    numbers = [part for part in node if part.isascii() and part.isdigit() and len(part) < 10]
    return [node[part] for part in sorted(numbers, key=int)]
