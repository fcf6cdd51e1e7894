"""CloudWatch Logs as JSON lines on disk, one file for each stream; knows no writer.

Left out: metric filters, subscriptions, Insights queries, live tail, retention; filter patterns are
plain words that must all occur, or phrases in double quotes.
"""

import json
import logging
import threading
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

from local_aws.errors import AwsError
from local_aws.parts import Engine, Parts
from local_aws.services.logs.pages import PAGE, first, invalid, last, page, terms
from local_aws.state import paths
from local_aws.state.files import write_atomic
from local_aws.state.json_lines import append, read_lines
from local_aws.state.positions import position

log = logging.getLogger(__name__)

STREAM = ".jsonl"
GROUP_FILE = "group.json"
"""The file with a group's record, in the folder of the group."""


def read_events(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the events in a stream's file in the order of their arrival."""
    return read_lines(path, _event)


def _event(value: Any) -> dict[str, Any]:
    times = (value["timestamp"], value["ingestionTime"])
    if not (isinstance(value["message"], str) and all(isinstance(time, int) for time in times)):
        raise TypeError("it is not an event")
    return value


OPERATIONS = {
    "logs": {
        "CreateLogGroup": "logGroupName",
        "CreateLogStream": "logGroupName logStreamName",
        "DeleteLogGroup": "logGroupName",
        "DeleteLogStream": "logGroupName logStreamName",
        "DescribeLogGroups": "logGroupNamePrefix nextToken limit",
        "DescribeLogStreams": """logGroupName logStreamNamePrefix orderBy descending nextToken
            limit""",
        "FilterLogEvents": """logGroupName logGroupIdentifier logStreamNames logStreamNamePrefix
            startTime endTime filterPattern nextToken limit""",
        "GetLogEvents": """logGroupName logGroupIdentifier logStreamName startTime endTime
            startFromHead nextToken limit""",
        "PutLogEvents": "logGroupName logStreamName logEvents(timestamp message)",
    },
}


class Logs(Engine):
    """The log groups of the local AWS."""

    name, operations = "logs", OPERATIONS

    def __init__(self, parts: Parts):
        super().__init__(parts)
        self._root, self._lock = parts.context.state / "logs", threading.RLock()
        self._arn = parts.context.arn("logs", "log-group:")
        self._root.mkdir(parents=True, exist_ok=True)

    def create_log_group(self, request: dict) -> dict:
        folder = self._folder(request["logGroupName"])
        if (folder / GROUP_FILE).exists():
            raise AwsError("ResourceAlreadyExistsException", "The log group already exists")
        self._make_group(folder, request["logGroupName"])
        return {}

    def create_log_stream(self, request: dict) -> dict:
        path = self._stream(request["logGroupName"], request["logStreamName"])
        self._existing(request["logGroupName"])
        if path.exists():
            raise AwsError("ResourceAlreadyExistsException", "The log stream already exists")
        paths.keep_name(path, request["logStreamName"], STREAM)
        path.touch()
        return {}

    def put_log_events(self, request: dict) -> dict:
        group, stream = request["logGroupName"], request["logStreamName"]
        self._existing(group)
        if not self._stream(group, stream).exists():
            raise AwsError("ResourceNotFoundException", "The specified log stream does not exist.")
        self._write(group, stream, request["logEvents"])
        return {"nextSequenceToken": "0"}

    def delete_log_group(self, request: dict) -> dict:
        with self._lock:  # a writer that comes after it makes the group anew
            folder = self._existing(request["logGroupName"])
            # The group's record last: a process that is killed before leaves a group that can be
            # deleted again, and no lines that would appear in a new group of the name.
            for path in sorted(folder.iterdir(), key=lambda path: path.name == GROUP_FILE):
                path.unlink()
            folder.rmdir()
        return {}

    def delete_log_stream(self, request: dict) -> dict:
        self._existing(request["logGroupName"])
        path = self._stream(request["logGroupName"], request["logStreamName"])
        path.unlink(missing_ok=True)
        paths.forget_name(path, STREAM)
        return {}

    def describe_log_groups(self, request: dict) -> dict:
        groups = [
            record for path in self._root.glob(f"*/{GROUP_FILE}") if (record := _group_record(path))
        ]
        prefix = request.get("logGroupNamePrefix", "")
        described = [
            {**group, "arn": f"{self._arn}{group['logGroupName']}:*", "metricFilterCount": 0}
            for group in sorted(groups, key=lambda group: group["logGroupName"])
            if group["logGroupName"].startswith(prefix)
        ]
        return page(described, "logGroups", request, 50)

    def describe_log_streams(self, request: dict) -> dict:
        group = _group_of(request)
        folder, prefix = self._existing(group), request.get("logStreamNamePrefix", "")
        names = sorted(_streams(folder))
        streams = [self._description(group, name) for name in names if name.startswith(prefix)]
        if request.get("orderBy") == "LastEventTime":
            streams.sort(key=lambda stream: stream.get("lastEventTimestamp", 0))
        if request.get("descending"):
            streams.reverse()
        return page(streams, "logStreams", request, 50)

    def get_log_events(self, request: dict) -> dict:
        stream = (_group_of(request), request["logStreamName"], request)
        limit, token = request.get("limit", PAGE), request.get("nextToken")
        backward = token.startswith("b/") if token else not request.get("startFromHead")
        if token and token[:2] not in ("f/", "b/"):
            raise invalid("The specified nextToken is invalid.")
        place = position(token and token[2:], invalid("The specified nextToken is invalid."))
        if backward:
            end = place if token else sum(1 for _ in self._events(*stream))
            events = last(islice(self._events(*stream), max(0, end - limit), end))
            start = max(0, end - len(events))
        else:
            start = place
            events = first(islice(self._events(*stream), start, start + limit))
        ends = {"nextForwardToken": f"f/{start + len(events)}", "nextBackwardToken": f"b/{start}"}
        return {"events": events, **ends}

    def filter_log_events(self, request: dict) -> dict:
        group = _group_of(request)
        folder = self._existing(group)
        names = request.get("logStreamNames") or _streams(folder)
        prefix, wanted = request.get("logStreamNamePrefix", ""), terms(request)
        matching = [
            {**event, "logStreamName": name, "eventId": f"{quote(name, safe='')}-{number}"}
            for name in names
            if name.startswith(prefix)
            for number, event in enumerate(self._events(group, name, request))
            if all(word in event["message"] for word in wanted)
        ]
        matching.sort(key=lambda event: event["timestamp"])
        answer = page(matching, "events", request, PAGE)
        events = first(answer["events"])
        if len(events) < len(answer["events"]):
            start = position(request.get("nextToken"), invalid("The nextToken is invalid."))
            next_token = str(start + len(events))
            answer |= {"events": events, "nextToken": next_token}
        return {**answer, "searchedLogStreams": []}

    def _milliseconds(self) -> int:
        return int(self.parts.clock.now().timestamp() * 1000)

    # Files.

    def _folder(self, group: str) -> Path:
        return paths.child(self._root, group)

    def _stream(self, group: str, stream: str) -> Path:
        return paths.child(self._folder(group), stream, STREAM)

    def _existing(self, group: str) -> Path:
        folder = self._folder(group)
        if not (folder / GROUP_FILE).exists():
            raise AwsError("ResourceNotFoundException", "The specified log group does not exist.")
        return folder

    def _make_group(self, folder: Path, group: str) -> None:
        record = {"logGroupName": group, "creationTime": self._milliseconds(), "storedBytes": 0}
        write_atomic(folder / GROUP_FILE, json.dumps(record).encode())

    def _write(self, group: str, stream: str, events: list[dict]) -> None:
        time = self._milliseconds()
        with self._lock:
            if not (self._folder(group) / GROUP_FILE).exists():
                self._make_group(self._folder(group), group)
            paths.keep_name(path := self._stream(group, stream), stream, STREAM)
            append(path, [{**event, "ingestionTime": time} for event in events])

    def _events(self, group: str, stream: str, request: dict) -> Iterator[dict[str, Any]]:
        path = self._stream(group, stream)
        self._existing(group)
        if not path.exists():
            raise AwsError("ResourceNotFoundException", "The specified log stream does not exist.")
        start, end = request.get("startTime", 0), request.get("endTime", float("inf"))
        if late := self.parts.faults.lag("logs", "PutLogEvents"):
            end = min(end, self._milliseconds() - late * 1000)
        for event in read_events(path):
            if start <= event["timestamp"] < end:
                yield event

    def _description(self, group: str, stream: str) -> dict:
        path = self._stream(group, stream)
        description = {
            "logStreamName": stream,
            "arn": f"{self._arn}{group}:log-stream:{stream}",
            "creationTime": int(path.stat().st_ctime * 1000),
            "storedBytes": 0,
        }
        for event in self._events(group, stream, {}):
            description.setdefault("firstEventTimestamp", event["timestamp"])
            description["lastEventTimestamp"] = event["timestamp"]
            description["lastIngestionTime"] = event["ingestionTime"]
        return description


def _group_record(path: Path) -> dict | None:
    """Return a group's record; None if the file was damaged."""
    try:
        record = json.loads(path.read_bytes())
        record["logGroupName"]
    except (ValueError, TypeError, LookupError) as error:
        log.warning("%s: skipped, it is not the record of a log group: %s", path, error)
        return None
    return record


def _group_of(request: dict) -> str:
    """Return the group's name from a request, which has the name or the ARN."""
    named = [request[key] for key in ("logGroupName", "logGroupIdentifier") if key in request]
    if len(named) != 1:
        raise invalid("Specify either logGroupName or logGroupIdentifier.")
    return _name_of(named[0])


def _name_of(arn: str) -> str:
    """Return a group's name from a name or an ARN."""
    return arn.partition(":log-group:")[2].removesuffix(":*") if arn.startswith("arn:") else arn


def _streams(folder: Path) -> list[str]:
    return [paths.name_of(path, STREAM) for path in folder.glob(f"*{STREAM}")]
