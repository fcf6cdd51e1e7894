"""A span is of two instants, or of the time before one."""

from datetime import UTC, datetime, timedelta

import pytest

from helpers.monitoring.spans import instant, moment, span

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "text, seconds", [("-PT1H", 3600), ("-PT1H5M", 3900), ("-P1DT30S", 86430), ("-PT0H", 0)]
)
def test_an_offset_is_before_the_end(text, seconds):
    assert moment(text) == timedelta(seconds=-seconds)


def test_an_instant_is_one_with_its_time_zone():
    assert moment("2026-01-01T12:00:00Z") == moment("2026-01-01T13:00:00+01:00") == NOON
    for read in (instant, moment):
        with pytest.raises(ValueError, match="no time zone"):
            read("2026-01-01T12:00:00")


@pytest.mark.parametrize("text", ["-P", "-PT", "PT1H", "-P1H", "-PT1H ", "an hour", ""])
def test_what_is_neither_is_refused(text):
    with pytest.raises(ValueError):
        moment(text)


def test_a_span_has_the_length_of_its_offset_and_ends_before_what_may_come_late():
    hour, five = timedelta(hours=1), timedelta(minutes=5)
    assert span(-hour, NOON) == (NOON - hour, NOON)
    assert span(-hour, NOON, five) == (NOON - hour - five, NOON - five)
    assert span(NOON - hour, NOON, five) == (NOON - hour - five, NOON - five)
    assert span(None, NOON) == (None, NOON) and span(None, None, five) == (None, None)


def test_spans_of_due_times_meet_without_a_gap():
    hour, five = timedelta(hours=1), timedelta(minutes=5)
    assert span(-hour, NOON, five)[1] == span(-hour, NOON + hour, five)[0]


def test_an_offset_without_an_end_is_refused():
    with pytest.raises(ValueError, match="set end_time"):
        span(timedelta(hours=-1), None)
