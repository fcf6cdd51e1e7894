"""Shapes of every kind, as a service model has them, for tests of documents and values."""

from botocore.model import Shape, ShapeResolver

TEXT = {"shape": "Text"}
SHAPES = {
    "Text": {"type": "string"},
    "Integer": {"type": "integer"},
    "Float": {"type": "float"},
    "Flag": {"type": "boolean"},
    "Blob": {"type": "blob"},
    "Time": {"type": "timestamp"},
    "Seconds": {"type": "timestamp", "timestampFormat": "unixTimestamp"},
    "HttpTime": {"type": "timestamp", "timestampFormat": "rfc822"},
    "Texts": {"type": "list", "member": TEXT},
    "Named": {"type": "list", "member": {"shape": "Text", "locationName": "item"}},
    "Flat": {"type": "list", "member": TEXT, "flattened": True},
    "FlatNamed": {
        "type": "list",
        "member": {"shape": "Text", "locationName": "Tag"},
        "flattened": True,
    },
    "Pairs": {"type": "map", "key": TEXT, "value": {"shape": "Integer"}},
    "FlatPairs": {"type": "map", "key": TEXT, "value": {"shape": "Integer"}, "flattened": True},
    "Inner": {"type": "structure", "members": {"A": TEXT, "B": {"shape": "Integer"}}},
    "Root": {
        "type": "structure",
        "members": {
            name: {"shape": name}
            for name in ("Text", "Integer", "Flag", "Blob", "Time", "Texts", "Named", "Flat",
                         "FlatNamed", "Pairs", "FlatPairs", "Inner")
        }
        | {
            "Renamed": {"shape": "Text", "locationName": "renamed"},
            "Header": {"shape": "Text", "location": "header", "locationName": "x-header"},
            "Kind": {"shape": "Text", "locationName": "xsi:type", "xmlAttribute": True},
            "None": TEXT,
        },
    },
}  # fmt: skip
"""`Root` has a member of every other kind."""


def shape(name: str) -> Shape:
    """Return one of these shapes."""
    return ShapeResolver(SHAPES).get_shape_by_name(name)
