"""Time zones of values: each has a number that fits into the microseconds of a millisecond.

Trino's timestamp(3) with time zone packs milliseconds and a zone into one number. Here a value is
DuckDB's TIMESTAMPTZ, whose microseconds within the millisecond are the zone's number: 0 is UTC, up
to 113 are the offsets by quarters of an hour, from 200 on come the names. So values are sorted by
instant, and a zone goes wherever the value goes. Left out: other offsets, which are refused; equal
instants in different zones are two groups of GROUP BY, DISTINCT and USING; and a timestamp(6)
without a zone that COALESCE, CASE or UNION turns into one with a zone is misread.
"""

import re
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

_OFFSET = re.compile(r"([+-])(\d{1,2})(?::?(\d\d))?")
_UTC = {"", "UTC", "Z", "GMT", "UT", "UCT", "ZULU"}
_FIRST_NAME = 200
_MOST_MINUTES = 14 * 60


@cache
def _names() -> list[str]:
    # No more than fit below 1,000; the oldest synonyms ("posix/…", "SystemV/…") are not in it.
    return sorted(available_timezones())[: 1000 - _FIRST_NAME]


@cache
def _numbers() -> dict[str, int]:
    return {name.upper(): _FIRST_NAME + i for i, name in enumerate(_names())}


@cache
def number_of(zone: str) -> int:
    """Return a zone's number.

    Raises:
        ValueError: there is no such zone, or it has no number.
    """
    name = zone.strip()
    if name.upper() in _UTC:
        return 0
    if match := _OFFSET.fullmatch(name):
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        if minutes > _MOST_MINUTES or minutes % 15:
            raise ValueError(f"The time zone offset {zone} is not supported here")
        minutes = -minutes if match[1] == "-" else minutes
        return (minutes + _MOST_MINUTES) // 15 + 1 if minutes else 0
    try:
        return _numbers()[name.upper()]
    except KeyError:
        raise ValueError(f"'{zone}' is not a valid time zone") from None


def minutes_of(number: int) -> int:
    """Return the offset of a number that stands for one."""
    return (number - 1) * 15 - _MOST_MINUTES


@cache
def name_of(number: int) -> str:
    """Return the name of a zone by its number, as Trino writes it."""
    if number == 0:
        return "UTC"
    if number >= _FIRST_NAME:
        return _names()[number - _FIRST_NAME]
    minutes = minutes_of(number)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def local(value: datetime) -> tuple[datetime, str]:
    """Return a value's time at its own place, and the name of its zone."""
    number = value.microsecond % 1000
    value = value.replace(microsecond=value.microsecond - number)
    if number < _FIRST_NAME:
        return value + timedelta(minutes=minutes_of(number) if number else 0), name_of(number)
    return value.astimezone(ZoneInfo(name_of(number))), name_of(number)
