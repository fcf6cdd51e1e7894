"""Date patterns mean to strftime what they mean to MySQL and to Joda."""

from datetime import datetime

import pytest

from local_aws.services.athena.sql.date_patterns import joda, mysql

TIME = datetime(2024, 3, 9, 8, 5, 7, 120_000)


@pytest.mark.parametrize(
    "pattern, text",
    [
        ("%Y-%m-%d %T", "2024-03-09 08:05:07"),
        ("%c/%e/%y", "3/9/24"),
        ("%k:%i %p", "8:05 AM"),
        ("%W, %M", "Saturday, March"),
        ("100%%", "100%"),
        ("", ""),
    ],
)
def test_a_mysql_pattern_formats_as_in_mysql(pattern, text):
    assert TIME.strftime(mysql(pattern)) == text


@pytest.mark.parametrize(
    "pattern, text",
    [
        ("yyyy-MM-dd", "2024-03-09"),
        ("d.M.yy", "9.3.24"),
        ("HH:mm:ss", "08:05:07"),
        ("EEEE, MMM", "Saturday, Mar"),
        ("'week' ww", "week 10"),
        ("h 'o''clock' a", "8 o'clock AM"),
        ("yyyy''", "2024'"),
        ("yyyy%", "2024%"),
    ],
)
def test_a_joda_pattern_formats_as_in_joda(pattern, text):
    assert TIME.strftime(joda(pattern)) == text


@pytest.mark.parametrize("pattern", ["%U", "%", "%Y %q"])
def test_a_letter_that_mysqls_has_not_gives_none(pattern):
    assert mysql(pattern) is None


@pytest.mark.parametrize("pattern", ["n", "yyyyy", "G"])
def test_a_field_that_can_not_be_formatted_gives_none(pattern):
    assert joda(pattern) is None
