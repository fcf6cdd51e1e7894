"""A time keeps its own zone through every function, and is compared as an instant."""

from datetime import UTC, datetime

import pytest

from local_aws.services.athena.sql.zones import local, name_of, number_of


@pytest.mark.parametrize(
    "zone, name",
    [
        *[(zone, "UTC") for zone in ("UTC", "Z", "+00:00", "")],
        *[("-05:00", "-05:00"), ("+0530", "+05:30"), ("-14:00", "-14:00"), ("+14", "+14:00")],
        *[("europe/berlin", "Europe/Berlin"), ("Pacific/Chatham", "Pacific/Chatham")],
    ],
)
def test_a_zone_has_a_number_below_1000(zone, name):
    assert 0 <= number_of(zone) < 1000 and name_of(number_of(zone)) == name


@pytest.mark.parametrize("zone", ["No/Where", "+15:00", "-01:07"])
def test_a_zone_without_a_number_is_told(zone):
    with pytest.raises(ValueError, match="not a valid time zone|not supported here"):
        number_of(zone)


@pytest.mark.parametrize(
    "zone, hour", [("-05:00", 7), ("Asia/Kolkata", 17), ("UTC", 12), ("Europe/Berlin", 14)]
)
def test_a_value_is_shown_at_its_own_place(zone, hour):
    value = datetime(2024, 7, 1, 12, 0, 0, 5000 + number_of(zone), tzinfo=UTC)
    when, name = local(value)
    assert (when.hour, when.microsecond, name) == (hour, 5000, zone)


@pytest.mark.parametrize("zone", ["-05:00", "+05:45", "UTC", "Europe/Berlin", "America/St_Johns"])
@pytest.mark.parametrize("when", ["1950-01-01 00:00:00.001", "2024-07-01 23:59:59.999"])
def test_a_time_at_a_place_is_read_and_written_alike(ask, zone, when):
    moment = f"TIMESTAMP '{when} {zone}'"
    [row] = ask(f"SELECT CAST({moment} AS varchar), CAST({moment} AS timestamp), hour({moment})")
    assert row == (f"{when} {zone}", datetime.fromisoformat(when), int(when[11:13]))


def test_zones_go_through_queries_and_aggregates(ask):
    values = "'2024-06-01T12:00:00+02:00', '2024-06-01T04:00:00-05:00'"
    query = f"SELECT from_iso8601_timestamp(s) AS t FROM (VALUES {values}) v(s)"
    [row] = ask(
        f"WITH q AS ({query}) SELECT hour(min(t)), hour(max(t)), count_if(t > now()) FROM q"
    )
    assert row == (4, 12, 0)
