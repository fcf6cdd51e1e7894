"""Reads one recording's metadata as a row of a curated table; no audio, no S3."""

import json

from helpers.datasets.birds.metadata import TYPES
from helpers.datasets.curation import Curation
from helpers.datasets.ids import composed
from helpers.samples import Unreadable

LIMITS = {"latitude": (-90, 90), "longitude": (-180, 180), "rating": (0, 5)}
NEEDED = ("primary_label", "filename")


def read(id: str, data: bytes) -> dict:
    """Return a recording's row: one spelling of each text, lists sorted, NULL for an empty text.

    Raises:
        Unreadable: not a JSON object, no label or file, or a number that can't be.
    """
    try:
        raw = json.loads(data)
    except ValueError as error:  # covers bad JSON and bad UTF-8
        raise Unreadable(f"not JSON: {error}") from error
    if not isinstance(raw, dict):
        raise Unreadable("not a JSON object")
    row = {name: _value(name, kind, raw.get(name)) for name, kind in TYPES.items()}
    if missing := [name for name in NEEDED if not row[name]]:
        raise Unreadable(f"no value: {', '.join(missing)}")
    for name, (low, high) in LIMITS.items():
        if row[name] is not None and not low <= row[name] <= high:
            raise Unreadable(f"{name} is out of range: {row[name]}, not from {low} to {high}")
    others = {*row["secondary_labels"]} - {row["primary_label"]}
    return {**row, "id": id, "secondary_labels": sorted(others)}


def _value(name: str, kind: str, value: object) -> object:
    """Return a value in the form of its column.

    Raises:
        Unreadable: it is of another type.
    """
    if kind == "array<string>":
        if value is not None and not isinstance(value, list):
            raise Unreadable(f"{name} is no list")
        return sorted({composed(str(each).strip()) for each in value or []} - {""})
    if value is None or kind == "string":
        if not isinstance(value, str | None):
            raise Unreadable(f"{name} is no text")
        return composed((value or "").strip()) or None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unreadable(f"{name} is no number")
    return float(value)


CURATION = Curation(columns=TYPES, partition="primary_label", key="url", words="type", read=read)
