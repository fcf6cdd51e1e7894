"""The tag of all that the course makes, by which `12` knows it; sends nothing."""

from collections.abc import Mapping, Sequence

PROJECT = "birds-and-bins"
KEY = "course"
TAG = {"Key": KEY, "Value": PROJECT}
PROPERTIES = f"('{KEY}' = '{PROJECT}')"
"""The tag of a database, which has properties: for CREATE DATABASE … WITH DBPROPERTIES."""


def is_marked(tags: Mapping[str, str] | None) -> bool:
    """Say whether a resource with these tags is the course's; None is of no resource at all."""
    return tags is not None and tags.get(KEY) == PROJECT


def as_mapping(tags: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Return tags as a mapping, from a list of pairs as most services answer it."""
    return {tag["Key"]: tag["Value"] for tag in tags}
