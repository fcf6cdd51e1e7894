"""Log groups, streams and events have CloudWatch Logs' pages and filters."""

import json
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from local_aws.instances.log_streams import read_lines
from tests.local_aws.full_disks import no_file_longer_than
from tests.local_cloud import write_log

GROUP = "/aws/sagemaker/TrainingJobs"


@pytest.fixture
def logs(aws, client):
    write_log(aws, GROUP, "birds/algo-1", [f"line {n}" for n in range(5)])
    write_log(aws, GROUP, "bins/algo-1", ["loss=1.0"])
    return client("logs")


def test_a_stream_is_read_in_pages_that_go_on_where_the_last_ended(logs):
    stream = {"logGroupName": GROUP, "logStreamName": "birds/algo-1", "limit": 3}
    first = logs.get_log_events(**stream, startFromHead=True)
    second = logs.get_log_events(**stream, nextToken=first["nextForwardToken"])
    texts = [event["message"] for event in first["events"] + second["events"]]
    assert texts == [f"line {n}" for n in range(5)]


def test_at_the_end_the_token_stays_the_same(logs):
    stream = {"logGroupName": GROUP, "logStreamName": "birds/algo-1"}
    end = logs.get_log_events(**stream, startFromHead=True)["nextForwardToken"]
    assert logs.get_log_events(**stream, nextToken=end)["nextForwardToken"] == end


def test_a_filter_finds_words_in_streams_of_a_prefix(logs):
    answer = logs.filter_log_events(
        logGroupName=GROUP, logStreamNamePrefix="b", filterPattern='"line 3"'
    )
    assert [event["message"] for event in answer["events"]] == ["line 3"]


def test_streams_are_listed_by_prefix(logs):
    answer = logs.describe_log_streams(logGroupName=GROUP, logStreamNamePrefix="bins")
    assert [stream["logStreamName"] for stream in answer["logStreams"]] == ["bins/algo-1"]


def test_a_group_that_is_not_there_is_an_error(logs):
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        logs.filter_log_events(logGroupName="/nobody")


def test_a_deleted_group_is_gone(logs):
    logs.delete_log_group(logGroupName=GROUP)
    assert logs.describe_log_groups()["logGroups"] == []


ODD = ["..", ".", "../x", "a/../../b", "/a//b/", "group.json", "a.jsonl", "x" * 512, "." * 511]
UNICODE = ["日本" * 256, "ä ~ %2E\\", "\n", "🐦"]


def files(folder):
    return {path.relative_to(folder) for path in folder.rglob("*") if path.name != "server.log"}


def test_a_group_of_any_name_comes_and_goes_and_nothing_else_changes(aws, logs):
    before = files(aws.context.state)
    for name in ODD:
        logs.create_log_group(logGroupName=name)
        logs.create_log_stream(logGroupName=name, logStreamName="s")
    names = [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]
    assert names == sorted([GROUP, *ODD])
    for name in ODD:
        logs.delete_log_group(logGroupName=name)
    assert files(aws.context.state) == before


def test_a_stream_of_any_name_is_kept_under_its_own(aws, logs):
    before = files(aws.context.state)
    for name in ODD + UNICODE:
        stream = {"logGroupName": GROUP, "logStreamName": name}
        logs.create_log_stream(**stream)
        logs.put_log_events(**stream, logEvents=[{"timestamp": 1, "message": name}])
    events = logs.filter_log_events(logGroupName=GROUP, endTime=2)["events"]
    assert {each["logStreamName"]: each["message"] for each in events} == {
        n: n for n in ODD + UNICODE
    }
    streams = logs.describe_log_streams(logGroupName=GROUP)["logStreams"]
    assert {stream["logStreamName"] for stream in streams} >= {*ODD, *UNICODE}
    for name in ODD + UNICODE:
        logs.delete_log_stream(logGroupName=GROUP, logStreamName=name)
    assert files(aws.context.state) == before


def test_a_group_that_was_never_made_is_none_whatever_its_name(aws, logs):
    for name in ("..", ".", "../logs", "/"):
        for call in (logs.delete_log_group, logs.describe_log_streams):
            with pytest.raises(ClientError, match="ResourceNotFoundException"):
                call(logGroupName=name)
    assert (aws.context.state / "keys.json").exists()


def texts(logs, stream="birds/algo-1"):
    answer = logs.get_log_events(logGroupName=GROUP, logStreamName=stream, startFromHead=True)
    return [event["message"] for event in answer["events"]]


@pytest.mark.parametrize("bad", [b'{"timestamp": 1, "mess', b"\xff\xfe\n", b'{"message": 7}\n'])
def test_a_line_that_can_not_be_read_leaves_a_stream_its_others(aws, logs, bad, caplog):
    (file,) = (aws.context.state / "logs").rglob("birds*.jsonl")
    file.write_bytes(file.read_bytes() + bad)
    write_log(aws, GROUP, "birds/algo-1", ["after"])
    assert texts(logs) == [*(f"line {n}" for n in range(5)), "after"]
    assert logs.describe_log_streams(logGroupName=GROUP)["logStreams"][0]["lastEventTimestamp"]
    assert "skipped" in caplog.text


@pytest.mark.parametrize("room", [0, 30])
def test_events_that_have_no_room_are_refused_and_none_of_them_is_there(aws, logs, room):
    (file,) = (aws.context.state / "logs").rglob("birds*.jsonl")
    stream = {"logGroupName": GROUP, "logStreamName": "birds/algo-1"}
    events = [{"timestamp": 1, "message": "long" * 50} for _ in range(3)]
    with no_file_longer_than(file.stat().st_size + room):
        with pytest.raises(ClientError, match="InsufficientStorage"):
            logs.put_log_events(**stream, logEvents=events)
    logs.put_log_events(**stream, logEvents=[{"timestamp": 1, "message": "after"}])
    assert texts(logs) == [*(f"line {n}" for n in range(5)), "after"]


def test_a_group_that_has_no_room_is_refused_and_can_be_made_later(logs):
    with no_file_longer_than(10):
        with pytest.raises(ClientError, match="InsufficientStorage"):
            logs.create_log_group(logGroupName="new")
    with pytest.raises(ClientError, match="ResourceNotFound"):
        logs.describe_log_streams(logGroupName="new")
    logs.create_log_group(logGroupName="new")
    assert "new" in [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]


def test_an_answer_holds_no_more_than_a_server_can_bear_and_the_next_ones_the_rest(aws, client):
    lines = [f"{n}".ljust(300_000) for n in range(9)]
    write_log(aws, GROUP, "loud", lines)
    stream = {"logGroupName": GROUP, "logStreamName": "loud"}
    logs, tokens = client("logs"), {"startFromHead": True}
    read, sizes = [], []
    while page := (answer := logs.get_log_events(**stream, **tokens))["events"]:
        tokens = {"nextToken": answer["nextForwardToken"]}
        read += [event["message"] for event in page]
        sizes.append(sum(len(event["message"]) for event in page))
    assert read == lines and max(sizes) <= 2**20
    back = logs.get_log_events(**stream)
    assert [event["message"] for event in back["events"]] == lines[-3:]
    before = logs.get_log_events(**stream, nextToken=back["nextBackwardToken"])
    assert [event["message"] for event in before["events"]] == lines[-6:-3]
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=GROUP)
    assert [event["message"] for page in pages for event in page["events"]] == lines


@pytest.mark.parametrize(
    "pattern", ["?line ?loss", "-line", "{ $.loss = 1 }", "[a, b]", "%li%", '"line', "loss=1.0"]
)
def test_a_filter_that_is_more_than_words_is_refused_and_finds_nothing_in_silence(logs, pattern):
    with pytest.raises(
        ClientError, match="InvalidParameterException.*the local AWS supports words"
    ):
        logs.filter_log_events(logGroupName=GROUP, filterPattern=pattern)


@pytest.mark.parametrize(
    "more", [{"kmsKeyId": "arn:key"}, {"logGroupClass": "STANDARD"}, {"tags": {"a": "b"}}]
)
def test_what_a_group_can_not_have_is_refused_and_no_group_is_made(logs, more):
    (name,) = more
    with pytest.raises(ClientError, match=f"NotImplementedException.* with {name}"):
        logs.create_log_group(logGroupName="other", **more)
    assert not logs.describe_log_groups(logGroupNamePrefix="other")["logGroups"]


def test_a_group_of_an_older_state_is_listed_without_its_tags(aws, logs):
    file = aws.context.state / "logs/mine/group.json"
    file.parent.mkdir()
    old = {"logGroupName": "mine", "creationTime": 1, "storedBytes": 0, "tags": {"a": "b"}}
    file.write_text(json.dumps(old))
    (group,) = logs.describe_log_groups(logGroupNamePrefix="mine")["logGroups"]
    assert group["creationTime"] == 1 and "tags" not in group


def test_groups_come_by_pages(logs):
    for name in ("a", "b"):
        logs.create_log_group(logGroupName=name)
    first = logs.describe_log_groups(limit=2)
    rest = logs.describe_log_groups(nextToken=first["nextToken"])
    names = [group["logGroupName"] for page in (first, rest) for group in page["logGroups"]]
    assert names == [GROUP, "a", "b"]


@pytest.mark.parametrize("content", [b"", b"{", b"null", b"{}", b"[]", bytes(9)])
def test_a_group_whose_file_is_spoiled_hides_no_other(aws, logs, content):
    logs.create_log_group(logGroupName="spoiled")
    (aws.context.state / "logs/spoiled/group.json").write_bytes(content)
    names = [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]
    assert names == [GROUP]


@pytest.mark.parametrize("names", [{}, {"logGroupName": GROUP, "logGroupIdentifier": GROUP}])
def test_a_group_is_named_in_one_way(logs, names):
    with pytest.raises(ClientError, match="InvalidParameterException"):
        logs.get_log_events(logStreamName="birds/algo-1", **names)
    arn = f"arn:aws:logs:us-east-1:000000000000:log-group:{GROUP}"
    answer = logs.get_log_events(logStreamName="bins/algo-1", logGroupIdentifier=arn)
    assert [event["message"] for event in answer["events"]] == ["loss=1.0"]


def test_an_engine_reads_all_lines_of_a_stream_however_many(aws):
    lines = [str(n) for n in range(10_001)]
    write_log(aws, GROUP, "trial/algo-1", lines)
    write_log(aws, GROUP, "trial-2/algo-1", ["other"])
    assert list(read_lines(aws.parts.call, GROUP, "trial/")) == lines


def test_a_group_whose_deletion_breaks_off_is_still_there_to_be_deleted(aws, logs, monkeypatch):
    unlink = Path.unlink

    def break_off(path):
        if path.name == "birds%2Falgo-1.jsonl":
            raise OSError("the process was killed here")
        unlink(path)

    monkeypatch.setattr(Path, "unlink", break_off)
    with pytest.raises(OSError):
        aws.engines.logs.delete_log_group({"logGroupName": GROUP})
    monkeypatch.undo()
    assert logs.describe_log_groups()["logGroups"]
    logs.delete_log_group(logGroupName=GROUP)
    logs.create_log_group(logGroupName=GROUP)
    assert logs.describe_log_streams(logGroupName=GROUP)["logStreams"] == []
