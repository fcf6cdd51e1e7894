"""Reads one bin's metadata as a row of a curated table; no photos, no S3."""

from helpers.datasets.bins.metadata import read_contents
from helpers.datasets.curation import Curation


def read(id: str, data: bytes) -> dict:
    """Return a bin's row: its items by ASIN, with names in single spaces.

    Raises:
        Unreadable: see `read_contents`.
    """
    contents = read_contents(data)
    items = [{**item, "name": " ".join(item["name"].split())} for item in contents.items]
    return {"id": id, "items": items, "kinds": len(items), "expected_quantity": contents.count}


CURATION = Curation(
    columns={
        "id": "string",
        "items": "array<struct<asin:string,name:string,quantity:int>>",
        "kinds": "int",
        "expected_quantity": "int",
    },
    partition="expected_quantity",
    key="id",
    words="flatten(transform(items, item -> split(lower(item.name), '[^a-z]+')))",
    read=read,
)
