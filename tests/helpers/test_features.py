"""A row is a record of its features' types, and the queries name what they read."""

from datetime import UTC, datetime, timedelta, timezone

import pandas as pd
import pytest

from helpers.datasets.curation import load_curation
from helpers.features import Features, features_of, latest_sql, moment, moments_sql

TIME = datetime(2026, 11, 26, 18, tzinfo=UTC)
ROW = {"id": "a", "event_time": TIME, "count": 3.0, "score": 0.5}
FEATURES = Features(
    {"id": "String", "event_time": "String", "count": "Integral", "score": "Fractional"}
)


def values(row):
    return {each["FeatureName"]: each["ValueAsString"] for each in FEATURES.record(row)}


def test_a_row_is_a_record_of_texts():
    assert values(ROW) == {
        "id": "a", "event_time": "2026-11-26T18:00:00Z", "count": "3", "score": "0.5",
    }  # fmt: skip


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT])
def test_a_missing_value_is_left_out(missing):
    assert "score" not in values({**ROW, "score": missing})


@pytest.mark.parametrize(
    "more, words",
    [
        ({"id": None}, "no id"),
        ({"event_time": None}, "no event_time"),
        ({"event_time": "2026-11-26"}, "is not of the form"),
        ({"count": 1.5}, "count is no integer"),
        ({"count": 2**63}, "no integer of 64 bits"),
        ({"count": float("inf")}, "count is not finite"),
        ({"score": float("-inf")}, "score is not finite"),
        ({"event_time": datetime(2026, 1, 1)}, "no time zone"),
    ],
)
def test_a_row_that_is_no_record_is_refused(more, words):
    with pytest.raises(ValueError, match=words):
        FEATURES.record({**ROW, **more})


def test_an_event_time_is_in_utc_and_its_texts_sort_as_times_do():
    west = TIME.astimezone(timezone(-timedelta(hours=8)))
    assert moment(west) == moment(TIME) == "2026-11-26T18:00:00Z"
    assert moment(TIME) < moment(TIME + timedelta(seconds=1)) < moment(TIME.replace(year=2027))


@pytest.mark.parametrize("name", ["birds", "bins"])
def test_each_data_set_has_its_plain_columns_as_features(name):
    types = features_of(load_curation(name).columns).types
    plain = {"birds": ("rating", "Fractional"), "bins": ("expected_quantity", "Integral")}
    column, kind = plain[name]
    assert (types["id"], types["event_time"], types[column]) == ("String", "String", kind)
    assert not {"items", "secondary_labels"} & types.keys()


def test_a_query_names_time_and_features_and_quotes_texts():
    assert "<= '2026-11-26T18:00:00Z'" in latest_sql(FEATURES, "t", TIME)
    assert "<=" not in latest_sql(FEATURES, "t")
    assert "('it''s', '2026-11-26T18:00:00Z')" in moments_sql(FEATURES, "t", [("it's", TIME)])
