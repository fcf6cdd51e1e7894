"""A value is the text that its shape and its protocol make of it, and comes back from it."""

from datetime import UTC, datetime

import pytest

from local_aws.wire import scalars
from tests.local_aws.wire.shapes import shape

TIME = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "name, text, value",
    [
        ("Text", "12", "12"),
        ("Integer", "12", 12),
        ("Float", "1.5e2", 150.0),
        ("Flag", "true", True),
        ("Flag", "false", False),
        ("Blob", "/w==", b"\xff"),
        ("Time", "2026-01-02T03:04:05Z", TIME),
        ("Time", "Fri, 02 Jan 2026 03:04:05 GMT", TIME),
    ],
)
def test_a_text_is_read_as_its_shape_says(name, text, value):
    read = scalars.read(shape(name), text)
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    "name, text",
    [("Integer", "1_0"), ("Integer", "many"), ("Flag", "yes"), ("Blob", "#"), ("Time", "soon")],
)
def test_a_text_that_stands_for_no_value_stays_as_it_is(name, text):
    assert scalars.read(shape(name), text) == text


@pytest.mark.parametrize(
    "name, value, text",
    [
        ("Integer", 12, "12"),
        ("Flag", True, "true"),
        ("Flag", False, "false"),
        ("Blob", b"\xff", "/w=="),
        ("Time", TIME, "2026-01-02T03:04:05Z"),
        ("Seconds", TIME, "1767323045"),
        ("HttpTime", TIME, "Fri, 02 Jan 2026 03:04:05 GMT"),
    ],
)
def test_a_value_is_written_as_its_shape_says(name, value, text):
    assert scalars.write(shape(name), value, scalars.ISO) == text


@pytest.mark.parametrize(
    "value",
    [TIME.timestamp(), "2026-01-02T03:04:05Z", "2026-01-02T04:04:05+01:00", "1767323045",
     TIME.replace(tzinfo=None)],
    ids=str,
)  # fmt: skip
def test_a_moment_is_one_in_utc_however_it_is_given(value):
    assert scalars.moment(value) == TIME and scalars.moment(value).tzinfo is UTC


def test_seconds_keep_their_fraction():
    assert scalars.timestamp(shape("Time"), 1.25, scalars.UNIX) == 1.25
    assert repr(scalars.timestamp(shape("Time"), 2.0, scalars.UNIX)) == "2"
