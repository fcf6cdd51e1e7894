"""Reads the span of time that a report is of, from the texts that Model Monitor's contract has.

A start may be an offset from the end, in ISO 8601's form, as a schedule of Model Monitor has it
(`DataAnalysisStartTime`): whoever runs a job again and again knows when it is due, and how long a
window is, but no text that has the beginning of the next one.
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ScheduleConfig.html
"""

import re
from datetime import datetime, timedelta

_OFFSET = re.compile(r"-P(?=\w)(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


def instant(text: str) -> datetime:
    """Return the instant that a text in ISO 8601's form names.

    Raises:
        ValueError: it names none, or has no time zone.
    """
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError(f"{text} has no time zone: write {text}Z for UTC")
    return value


def moment(text: str) -> datetime | timedelta:
    """Return an instant, or an offset from one.

    Raises:
        ValueError: it is neither.
    """
    if match := _OFFSET.fullmatch(text):
        days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return -timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    return instant(text)


def span(
    start: datetime | timedelta | None, end: datetime | None, late: timedelta = timedelta()
) -> tuple[datetime | None, datetime | None]:
    """Return the first instant of a span, and the first after it; None where it is open.

    Args:
        late: by which what was captured may be written later: the span ends so long before `end`.

    Raises:
        ValueError: the start is an offset, and there is no end.
    """
    if isinstance(start, timedelta) and end is None:
        raise ValueError("A start that is an offset needs an end: set end_time")
    end = end - late if end else None
    if isinstance(start, timedelta):
        return end + start, end
    return start - late if start else None, end
