"""A data set's group is made, filled, and read as a plain Python model of its history says."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import feature_groups
from helpers.features import moment
from helpers.roles import make_role
from helpers.waiting import NotSeen
from local_aws.control import Fault, set_faults
from local_aws.services.sagemaker.features.groups import FeatureGroups

TIME = datetime(2026, 11, 26, 18, tzinfo=UTC)
SERVICE = "sagemaker-featurestore-runtime"


@pytest.fixture
def made(aws, config):
    """Return the settings of a course that has made its group."""
    make_role(config)
    group = feature_groups.make_group(config)
    assert group["FeatureGroupName"] == "birds-and-bins-birds"
    return config


def frame(*rows):
    return pd.DataFrame(rows, columns=["id", "event_time", "rating"])


def test_rows_are_written_waited_for_and_read_at_any_time(aws, made):
    later, last = TIME + timedelta(hours=1), TIME + timedelta(hours=2)
    now, rows = datetime.now(UTC), frame(("a", TIME, 1.0), ("a", later, 2.0), ("b", TIME, None))
    done = feature_groups.ingest(made, rows)
    assert done.records == 3 and "3 records" in repr(done)
    feature_groups.delete_record(made, "b", last)
    assert feature_groups.wait_until_offline(made, 4, now - timedelta(minutes=1)) == 4
    with pytest.raises(NotSeen, match="offline"):
        feature_groups.wait_until_offline(made, 1, now + timedelta(hours=1), limit=0.1)
    assert list(feature_groups.online(made, ["a", "b"])["rating"]) == ["2.0"]
    assert list(feature_groups.latest(made).frame["id"]) == ["a"]
    before = feature_groups.latest(made, TIME).frame.set_index("id")
    assert before["rating"]["a"] == 1.0 and set(before.index) == {"a", "b"}
    asked = [("a", TIME), ("a", last), ("b", last), ("a", TIME - timedelta(seconds=1))]
    records = feature_groups.at_moments(made, asked).frame.set_index("asked")["rating"]
    assert dict(records) == {moment(TIME): 1.0, moment(last): 2.0}
    assert feature_groups.make_group(made)["FeatureGroupStatus"] == "Created"  # made once


def test_a_record_is_sent_again_while_aws_throttles(aws, made):
    set_faults(aws.context, [Fault("throttled", SERVICE, "PutRecord", share=0.5)], seed=7)
    rows = frame(*((f"r{number}", TIME, 1.0) for number in range(20)))
    assert feature_groups.ingest(made, rows, threads=4).records == 20
    set_faults(aws.context, [])
    assert len(feature_groups.online(made, rows["id"])) == 20


def test_a_group_that_can_not_be_made_says_why(aws, config):
    make_role(config)
    aws.parts.call("iam", "DeleteRolePolicy", {"RoleName": config.role, "PolicyName": "course"})
    with pytest.raises(RuntimeError, match="birds-and-bins-birds is CreateFailed: .*s3:PutObject"):
        feature_groups.make_group(config)


def test_a_row_that_is_no_record_stops_all_before_the_first_one_is_written(made):
    with pytest.raises(ValueError, match="no id"):
        feature_groups.ingest(made, frame(("a", TIME, 1.0), (None, TIME, 1.0)))
    assert feature_groups.online(made, ["a"]).empty


def test_a_refused_record_is_not_sent_again(aws, config):
    make_role(config)
    with pytest.raises(ClientError, match="can't find a FeatureGroup"):
        feature_groups.ingest(config, frame(("a", TIME, 1.0)))


TIMES = st.integers(0, 5)
HISTORY = st.lists(st.tuples(st.booleans(), TIMES), max_size=6)
"""Puts and deletions of one identifier, each with its event time."""


def at(seconds):
    return TIME + timedelta(seconds=seconds)


def model(history, time):
    """Return the number of the put that counts at a time, None where there is none or a marker."""
    best = None
    for number, (is_put, when) in enumerate(history):
        if when <= time and (best is None or when > best[0]):
            best = (when, number if is_put else None)
    return best and best[1]


@pytest.mark.slow
def test_for_any_history_the_read_at_a_time_is_that_of_a_plain_model(aws, made):
    offline, examples = aws.parts.engine(FeatureGroups).offline, []
    name = feature_groups.group_name(made)

    @settings(max_examples=25, deadline=None, database=None)
    @given(histories=st.lists(HISTORY, min_size=1, max_size=8), latest=TIMES)
    def check(histories, latest):
        examples.append(histories)
        places = {f"{len(examples)}-{n}": history for n, history in enumerate(histories)}
        for identifier, history in places.items():
            for number, (is_put, when) in enumerate(history):
                place = {"FeatureGroupName": name, "EventTime": moment(at(when))}
                place["RecordIdentifierValueAsString"] = identifier
                values = {"id": identifier, "event_time": moment(at(when)), "rating": str(number)}
                record = [
                    {"FeatureName": key, "ValueAsString": text} for key, text in values.items()
                ]
                if is_put:
                    put = {"FeatureGroupName": name, "Record": record}
                    aws.parts.call(SERVICE, "PutRecord", put)
                else:
                    aws.parts.call(SERVICE, "DeleteRecord", place)
        offline.flush(name)
        asked = [(identifier, at(when)) for identifier in places for when in range(7)]
        rows = feature_groups.at_moments(made, asked).frame
        read = {(row.id, row.asked): int(row.rating) for row in rows.itertuples()}
        wanted = {
            (identifier, moment(at(when))): number
            for identifier, history in places.items()
            for when in range(7)
            if (number := model(history, when)) is not None
        }
        assert read == wanted
        rows = feature_groups.latest(made, at(latest)).frame
        read = {row.id: int(row.rating) for row in rows.itertuples() if row.id in places}
        assert read == {
            identifier: number
            for identifier, history in places.items()
            if (number := model(history, latest)) is not None
        }
        for identifier, history in places.items():
            frame = feature_groups.online(made, [identifier])
            online = None if frame.empty else int(frame["rating"][0])
            assert online == model(history, 5)

    check()
    assert len(examples) >= 25
