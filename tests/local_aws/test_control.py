"""The public interface: only signed calls move the clock and set faults."""

import json
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest

from local_aws.control import Fault, advance, interrupt, set_faults
from tests.local_cloud import write_log


def test_the_clock_moves_and_tells_its_new_time(aws):
    time = advance(aws.context, 7200)
    assert timedelta(hours=2) <= time - datetime.now(UTC) + timedelta(seconds=60)
    assert abs(aws.parts.clock.now() - time) < timedelta(seconds=60)


def test_the_clock_does_not_move_back(aws):
    with pytest.raises(RuntimeError, match="moves forward"):
        advance(aws.context, -1)


def test_faults_are_set_and_replaced(aws):
    set_faults(aws.context, [Fault("slow", "s3", seconds=0.1), Fault("dropped", share=0.5)], seed=3)
    assert [rule.kind for rule in aws.parts.faults.rules] == ["slow", "dropped"]
    set_faults(aws.context, [])
    assert aws.parts.faults.rules == ()


def test_a_job_that_does_not_run_is_not_interrupted(aws):
    with pytest.raises(RuntimeError, match="job"):
        interrupt(aws.context, "none")


@pytest.mark.parametrize("call", ["clock", "faults", "interrupt/job"])
def test_a_call_that_is_not_signed_is_refused(aws, call):
    body = json.dumps({"advance": 60, "faults": [{"kind": "dropped"}]}).encode()
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(f"{aws.context.url}/_local/{call}", body, timeout=30)
    with error.value:
        assert error.value.code == 403
    assert aws.parts.faults.rules == ()


def test_log_events_may_be_late(aws, client):
    write_log(aws, "group", "stream", ["now"])
    set_faults(aws.context, [Fault("lagging", "logs", seconds=300)])

    def events():
        return client("logs").filter_log_events(logGroupName="group")["events"]

    assert events() == []
    advance(aws.context, 301)
    assert [event["message"] for event in events()] == ["now"]
