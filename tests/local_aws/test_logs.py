"""Log groups, streams and events, as CloudWatch Logs pages and filters them."""

import pytest
from botocore.exceptions import ClientError

GROUP = "/aws/sagemaker/TrainingJobs"


@pytest.fixture
def logs(aws, client):
    aws.engines.logs.append(GROUP, "birds/algo-1", [f"line {n}" for n in range(5)])
    aws.engines.logs.append(GROUP, "bins/algo-1", ["loss=1.0"])
    return client("logs")


def test_a_stream_is_read_in_pages_that_go_on_where_the_last_ended(logs):
    asked = {"logGroupName": GROUP, "logStreamName": "birds/algo-1", "limit": 3}
    first = logs.get_log_events(**asked, startFromHead=True)
    second = logs.get_log_events(**asked, nextToken=first["nextForwardToken"])
    texts = [event["message"] for event in first["events"] + second["events"]]
    assert texts == [f"line {n}" for n in range(5)]


def test_at_the_end_the_token_stays_the_same(logs):
    asked = {"logGroupName": GROUP, "logStreamName": "birds/algo-1"}
    end = logs.get_log_events(**asked, startFromHead=True)["nextForwardToken"]
    assert logs.get_log_events(**asked, nextToken=end)["nextForwardToken"] == end


def test_a_filter_finds_words_in_streams_of_a_prefix(logs):
    found = logs.filter_log_events(
        logGroupName=GROUP, logStreamNamePrefix="b", filterPattern='"line 3"'
    )
    assert [event["message"] for event in found["events"]] == ["line 3"]


def test_streams_are_listed_by_prefix(logs):
    found = logs.describe_log_streams(logGroupName=GROUP, logStreamNamePrefix="bins")
    assert [stream["logStreamName"] for stream in found["logStreams"]] == ["bins/algo-1"]


def test_a_group_that_is_not_there_is_an_error(logs):
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        logs.filter_log_events(logGroupName="/nobody")


def test_a_deleted_group_is_gone(logs):
    logs.delete_log_group(logGroupName=GROUP)
    assert logs.describe_log_groups()["logGroups"] == []
