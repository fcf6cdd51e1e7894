"""Reads and writes values in XML documents by their shapes. Knows no request and no answer.

Contract: https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html
"""

import re
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from botocore.model import Shape

from local_aws.wire import scalars

_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that no XML document may have, not even as character references."""


def parse(body: bytes) -> Element:
    """Return a document's root, its tags without namespaces. Raises: ElementTree.ParseError."""
    try:
        root = ElementTree.fromstring(body)
    except (LookupError, ValueError) as error:  # an encoding that nobody knows, or of many bytes
        raise ElementTree.ParseError(str(error)) from error
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def text_of(root: Element) -> bytes:
    """Return a document's text; line ends are character references, which parsers keep."""
    return ElementTree.tostring(root, encoding="utf-8").replace(b"\r", b"&#13;")


def read(shape: Shape, element: Element) -> Any:
    """Return the value of an element."""
    kind = shape.type_name
    if kind == "structure":
        values = {name: _member(member, name, element) for name, member in _of(shape)}
        return {name: value for name, value in values.items() if value is not None}
    if kind == "list":
        return [read(shape.member, item) for item in element]
    if kind == "map":
        return _pairs(shape, list(element))
    return scalars.read(shape, element.text or "")


def _of(shape: Shape) -> list[tuple[str, Shape]]:
    """Return the members of a structure that are in its document, not in headers."""
    return [each for each in shape.members.items() if "location" not in each[1].serialization]


def _member(member: Shape, name: str, element: Element) -> Any:
    """Return the value of one member of a structure, None if it is absent."""
    own = member.serialization.get("name", name)
    if member.serialization.get("xmlAttribute"):
        local = own.rpartition(":")[2]
        return next((v for key, v in element.items() if key.rpartition("}")[2] == local), None)
    if member.serialization.get("flattened"):
        items = element.findall(own)
        if member.type_name == "map":
            return _pairs(member, items) if items else None
        items = items or element.findall(member.member.serialization.get("name", own))
        return [read(member.member, item) for item in items] if items else None
    child = element.find(own)
    return None if child is None else read(member, child)


def _pairs(shape: Shape, entries: list[Element]) -> dict:
    key_name = shape.key.serialization.get("name", "key")
    value_name = shape.value.serialization.get("name", "value")
    pairs = [(entry.find(key_name), entry.find(value_name)) for entry in entries]
    return {
        read(shape.key, key): read(shape.value, value)
        for key, value in pairs
        if key is not None and value is not None
    }


def write(parent: Element, name: str, shape: Shape, value: Any) -> Element:
    """Add a value to an element as a child (several for a flat list); return the child."""
    kind = shape.type_name
    if kind in ("list", "map") and shape.serialization.get("flattened"):
        _write_flat(parent, name, shape, value)
        return parent
    child = SubElement(parent, name)
    if kind == "structure":
        fill(child, shape, value)
    elif kind == "list":
        for item in value:
            write(child, shape.member.serialization.get("name", "member"), shape.member, item)
    elif kind == "map":
        for pair in value.items():
            _write_pair(SubElement(child, "entry"), shape, pair)
    else:
        child.text = _NO_XML.sub("\ufffd", scalars.write(shape, value, scalars.ISO))
    return child


def fill(element: Element, shape: Shape, value: dict) -> None:
    """Add the members of a structure to its element."""
    for name, member in _of(shape):
        if (item := value.get(name)) is None:
            continue
        own = member.serialization.get("name", name)
        if member.serialization.get("xmlAttribute"):
            element.set(own, str(item))
        else:
            write(element, own, member, item)


def _write_flat(parent: Element, name: str, shape: Shape, value: Any) -> None:
    if shape.type_name == "list":
        for item in value:
            write(parent, shape.member.serialization.get("name", name), shape.member, item)
    else:
        for pair in value.items():
            _write_pair(SubElement(parent, name), shape, pair)


def _write_pair(entry: Element, shape: Shape, pair: tuple) -> None:
    write(entry, shape.key.serialization.get("name", "key"), shape.key, pair[0])
    write(entry, shape.value.serialization.get("name", "value"), shape.value, pair[1])
