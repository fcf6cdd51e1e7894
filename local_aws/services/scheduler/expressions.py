"""When a schedule is due: rate, cron and at expressions in a time zone; knows no schedule.

The forms: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
Cron is evaluated by aws-croniter, which knows AWS's dialect: of the libraries tried on AWS's
examples (croniter, pyawscron, aws-cron-expression-validator) it alone has both its days (1 is
Sunday; L, W, #, ?) and its refusals.
"""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aws_croniter.aws_croniter import AwsCroniter
from aws_croniter.exceptions import AwsCroniterExpressionError

from local_aws.errors import AwsError

_FORM = re.compile(r"(rate|cron|at)\((.*)\)")
_RATE = re.compile(r"([1-9]\d*) (minute|hour|day)(s?)")
_FIRST_YEAR, _LAST_YEAR = "1970", 2199


class Expression:
    """The due times of one expression.

    Raises:
        AwsError: ValidationException, the expression or the time zone is none.
    """

    def __init__(self, text: str, zone: str = "UTC"):
        form = _FORM.fullmatch(text)
        try:
            self._zone = ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise _invalid(f"ScheduleExpressionTimezone {zone}") from None
        try:
            if form is None:
                raise ValueError
            self.kind, body = form.groups()
            self._body = getattr(self, f"_read_{self.kind}")(body)
        except (ValueError, AwsCroniterExpressionError):
            raise _invalid(f"Schedule Expression {text}") from None

    def first(self, after: datetime, begin: datetime) -> datetime | None:
        """Return the first due time after a time; None when there is none any more.

        Args:
            begin: when a rate is due first; the others have no due time before it.
        """
        if self.kind == "rate":
            passed = (after - begin) // self._body + 1
            return begin + max(0, passed) * self._body
        if self.kind == "at":
            return self._body if self._body > after else None
        return self._next_cron(max(after, begin - timedelta(seconds=1)))

    @staticmethod
    def _read_rate(body: str) -> timedelta:
        number, unit, plural = _RATE.fullmatch(body).groups() if _RATE.fullmatch(body) else (0,) * 3
        if not number or (plural and number == "1"):
            raise ValueError
        return timedelta(**{f"{unit}s": int(number)})

    def _read_at(self, body: str) -> datetime:
        return datetime.strptime(body, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=self._zone)

    @staticmethod
    def _read_cron(body: str) -> AwsCroniter:
        fields = body.upper().split()
        if len(fields) == 6:
            # Two forms of AWS's that the library lacks: the last day of a week, and every so many
            # years from one on.
            fields[4] = "7" if fields[4] == "L" else fields[4]
            if every := re.fullmatch(r"(\*|\d{4})/([1-9]\d*)", fields[5]):
                first = int(every[1].replace("*", _FIRST_YEAR))
                fields[5] = ",".join(map(str, range(first, _LAST_YEAR + 1, int(every[2]))))
        return AwsCroniter(" ".join(fields))

    def _next_cron(self, after: datetime) -> datetime | None:
        """Return the next match of the zone's clock on the wall.

        A time that the wall's clock leaves out in spring is skipped; one that it shows twice in
        autumn is due once.
        """
        wall = after.astimezone(self._zone).replace(tzinfo=UTC)
        while wall := self._next_on_wall(wall):
            due = wall.replace(tzinfo=self._zone).astimezone(UTC)
            is_there = due.astimezone(self._zone).replace(tzinfo=UTC) == wall
            if is_there and due > after:
                return due
        return None

    def _next_on_wall(self, wall: datetime) -> datetime | None:
        # The library gives up after ten months without a match: 29 February may be eight years off.
        for year in range(wall.year, _LAST_YEAR + 1):
            start = max(wall, datetime(year, 1, 1, tzinfo=UTC) - timedelta(minutes=1))
            if (match := self._body.get_next(start, 1)[0]) is not None:
                return match
        return None


def _invalid(what: str) -> AwsError:
    return AwsError("ValidationException", f"Invalid {what}.")
