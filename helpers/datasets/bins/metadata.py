"""Reads one bin's metadata JSON; knows the schema of aft-vbi-pds, no files and no S3.

The schema: `BIN_FCSKU_DATA` maps each item's ASIN to its name, quantity, dimensions (inches) and
weight (pounds, null if it was not weighed); `EXPECTED_QUANTITY` is the number of units.
"""

import json
from dataclasses import dataclass

from helpers.samples import Unreadable

PHOTOS, METADATA = "bin-images", "metadata"
"""Folders below the raw prefix."""
ITEMS = "BIN_FCSKU_DATA"
COUNT = "EXPECTED_QUANTITY"

DDL = """\
CREATE EXTERNAL TABLE `{database}`.`{table}` (
  `bin_fcsku_data` map<string, struct<
    asin: string,
    name: string,
    normalizedname: string,
    quantity: int,
    height: struct<unit: string, value: {number}>,
    length: struct<unit: string, value: {number}>,
    width: struct<unit: string, value: {number}>,
    weight: struct<unit: string, value: {number}>>>,
  `expected_quantity` int
)
ROW FORMAT SERDE 'com.amazon.ionhiveserde.IonHiveSerDe'
STORED AS ION
LOCATION '{location}'"""
"""The files are pretty-printed: the Ion SerDe reads a value over many lines, OpenX one a line."""

NUMBER = "decimal(38,18)"
"""A JSON number with a point is an Ion decimal, which that SerDe reads as Hive decimal, not double.

18 digits hold the files' fractions; the 20 before the point hold 109 inches, which decimal(20,18)
does not.
"""


@dataclass(frozen=True)
class Contents:
    """The contents of one bin, by its metadata."""

    count: int
    quantities: dict[str, int]
    """Units by ASIN."""
    names: dict[str, str]
    """Item names by ASIN; empty where the file has none."""

    @property
    def items(self) -> list[dict]:
        """Return the items as they travel beside a sample, by ASIN."""
        return [
            {"asin": asin, "name": self.names.get(asin, ""), "quantity": quantity}
            for asin, quantity in sorted(self.quantities.items())
        ]


def ddl(database: str, table: str, location: str) -> str:
    """Return the Hive DDL of an external table over the metadata files below `location`."""
    folder = location.rstrip("/") + "/"
    return DDL.format(database=database, table=table, location=folder, number=NUMBER)


def read_contents(data: bytes) -> Contents:
    """Return the contents that one metadata file states.

    Raises:
        Unreadable: not JSON, no count, or items that do not add up to it.
    """
    row = _parse(data)
    count = row.get(COUNT)
    if not _is_count(count):
        raise Unreadable(f"{COUNT} is {count!r}, a whole number is needed")
    if row.get(ITEMS) is None:  # a user's own photos with counts only
        return Contents(count, {}, {})
    items = row[ITEMS]
    if not isinstance(items, dict) or not all(isinstance(item, dict) for item in items.values()):
        raise Unreadable(f"{ITEMS} does not map ASINs to items")
    quantities = {asin: item.get("quantity") for asin, item in items.items()}
    if not all(_is_count(quantity) for quantity in quantities.values()):
        raise Unreadable("an item's quantity is no whole number")
    if sum(quantities.values()) != count:
        raise Unreadable(f"{COUNT} is {count}, but its items add up to {sum(quantities.values())}")
    return Contents(
        count, quantities, {asin: item.get("name") or "" for asin, item in items.items()}
    )


def _parse(data: bytes) -> dict:
    """Return the file's one JSON object."""
    try:
        row = json.loads(data)
    except ValueError as error:  # covers bad JSON and bad UTF-8
        raise Unreadable(f"not JSON: {error}") from error
    if not isinstance(row, dict):
        raise Unreadable(f"not a JSON object but a {type(row).__name__}")
    return row


def _is_count(value: object) -> bool:
    """Return whether a JSON value counts something (true is an int in Python)."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
