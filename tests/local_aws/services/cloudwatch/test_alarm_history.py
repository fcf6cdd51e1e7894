"""An alarm's last events are kept, newest first unless it is said."""

from datetime import timedelta

import pytest

from local_aws.services.cloudwatch.alarm_history import MOST, AlarmHistory
from local_aws.state.clock import Clock
from local_aws.state.documents import Documents


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def history(tmp_path, clock):
    documents = Documents(tmp_path / "documents.sqlite")
    yield AlarmHistory(documents, clock)
    documents.close()


def summaries(history, **request):
    return [item["HistorySummary"] for item in history.items(request)]


def test_events_come_newest_first_unless_it_is_said(history, clock):
    for number in range(3):
        history.add("a", "Action", str(number), {})
    assert summaries(history) == ["2", "1", "0"]
    assert summaries(history, ScanBy="TimestampAscending") == ["0", "1", "2"]


def test_events_are_of_an_alarm_a_kind_and_a_time(history, clock):
    history.add("a", "Action", "acted", {})
    history.add("b", "StateUpdate", "changed", {})
    clock.advance(3600)
    history.add("a", "StateUpdate", "changed later", {})
    assert summaries(history, AlarmName="a") == ["changed later", "acted"]
    assert summaries(history, HistoryItemType="Action") == ["acted"]
    before = clock.now() - timedelta(minutes=30)
    assert summaries(history, StartDate=before) == ["changed later"]
    assert summaries(history, EndDate=before) == ["changed", "acted"]


def test_the_oldest_events_go_when_there_are_too_many(history):
    for number in range(MOST + 5):
        history.add("a", "Action", str(number), {})
    kept = summaries(history)
    assert len(kept) == MOST and kept[-1] == "5"
