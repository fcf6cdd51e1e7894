"""What a group of features is: types, identifier, event time; its records and its SQL; asks no AWS.

A read is right for a point in time: of the records of an identifier it takes the one of the latest
event time up to then, and none where that one is the marker of a deletion. Of two records of one
event time the first one counts, as in the online store, where the second is historic.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

IDENTIFIER, TIME = "id", "event_time"
TYPES = {
    "string": "String", "double": "Fractional", "float": "Fractional",
    "int": "Integral", "bigint": "Integral",
}  # fmt: skip
"""The features' types by Hive's; lists and structures are no features."""
FORM = "%Y-%m-%dT%H:%M:%SZ"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
"""The form of an event time here: with parts of seconds, texts would not sort as times do."""
MISSING = ("NAType", "NaTType")
"""The types of pandas' missing values; jobs have no pandas."""


@dataclass(frozen=True)
class Features:
    """The features of a group by their types, with identifier and event time among them."""

    types: Mapping[str, str]
    identifier: str = IDENTIFIER
    time: str = TIME

    def definitions(self) -> list[dict[str, str]]:
        """Return the features as AWS is told of them."""
        return [
            {"FeatureName": name, "FeatureType": kind} for name, kind in self.types.items()
        ]  # fmt: skip

    def record(self, row: Mapping[str, Any]) -> list[dict[str, str]]:
        """Return a row as a record; a missing value is left out.

        Raises:
            ValueError: the row has no identifier or no event time, or a value of another type.
        """
        texts = {name: _text(name, kind, row.get(name)) for name, kind in self.types.items()}
        if missing := [name for name in (self.identifier, self.time) if not texts.get(name)]:
            raise ValueError(f"A row has no {missing[0]}: {dict(row)}")
        if not MOMENT.fullmatch(texts[self.time]):
            raise ValueError(f"The event time {texts[self.time]!r} is not of the form {FORM}")
        return [
            {"FeatureName": name, "ValueAsString": text}
            for name, text in texts.items()
            if text is not None
        ]


def features_of(columns: Mapping[str, str]) -> Features:
    """Return the features of a table's columns, by their Hive types, and of the event time."""
    types = {name: TYPES[kind] for name, kind in columns.items() if kind in TYPES}
    return Features({**types, TIME: "String"})


def moment(value: datetime) -> str:
    """Return an event time as text; such texts sort as their times do.

    Raises:
        ValueError: the time has no time zone.
    """
    if value.tzinfo is None:
        raise ValueError(f"{value} has no time zone: an event time is in UTC")
    return f"{value.astimezone(UTC):{FORM}}"


def _text(name: str, kind: str, value: Any) -> str | None:
    if value is None or type(value).__name__ in MISSING:
        return None
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, float) and math.isinf(value):
        raise ValueError(f"{name} is not finite: {value!r}")
    if kind == "Integral" and (int(value) != value or not -(2**63) <= value < 2**63):
        raise ValueError(f"{name} is no integer of 64 bits: {value!r}")
    return str(int(value)) if kind == "Integral" else str(value)


def latest_sql(features: Features, table: str, at: datetime | None = None) -> str:
    """Return the query of each identifier's record at a time, None: the latest; none deleted.

    Args:
        table: database and name, as SQL has them.
    """
    until = "" if at is None else f"WHERE {_quoted(features.time)} <= '{moment(at)}'\n  "
    return f"""SELECT {_columns(features)} FROM (
  SELECT *, row_number() OVER (
    PARTITION BY {_quoted(features.identifier)}
    ORDER BY {_quoted(features.time)} DESC, api_invocation_time) AS place
  FROM {table}
  {until}) WHERE place = 1 AND NOT is_deleted"""


def moments_sql(features: Features, table: str, moments: Iterable[tuple[str, datetime]]) -> str:
    """Return the query of the records that identifiers had at times of their own.

    A row has the time that was asked for as `asked`; an identifier without a record then has none.

    Args:
        moments: pairs of an identifier and a time, at least one.
    """
    rows = ", ".join(f"({_literal(key)}, '{moment(at)}')" for key, at in moments)
    names = ", ".join(f"records.{_quoted(name)}" for name in features.types)
    key, time = _quoted(features.identifier), _quoted(features.time)
    return f"""SELECT asked, {_columns(features)} FROM (
  SELECT moments.asked, {names}, records.is_deleted, row_number() OVER (
    PARTITION BY moments.key, moments.asked
    ORDER BY records.{time} DESC, records.api_invocation_time) AS place
  FROM (VALUES {rows}) AS moments (key, asked)
  JOIN {table} AS records ON records.{key} = moments.key AND records.{time} <= moments.asked
) WHERE place = 1 AND NOT is_deleted"""


def _columns(features: Features) -> str:
    return ", ".join(map(_quoted, features.types))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
