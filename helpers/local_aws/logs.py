"""CloudWatch Logs as JSON lines on disk, a file a stream; knows nothing of who writes them.

Left out: metric filters, subscriptions, Insights queries, live tail, encryption; filter patterns
are plain words that must all occur, or a phrase in double quotes.
"""

import json
import shlex
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from shutil import rmtree
from typing import Any
from urllib.parse import quote

from helpers.local_aws import paths
from helpers.local_aws.append import append, read_lines
from helpers.local_aws.errors import AwsError
from helpers.local_aws.files import write_atomic
from helpers.local_aws.shelf import now

PAGE, STREAM = 10_000, ".jsonl"
ABOUT = "group.json"
"""The file that makes a folder a group."""


def _milliseconds() -> int:
    return int(now().timestamp() * 1000)


def read_events(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the events in a stream's file, as they came."""
    return read_lines(path, _event)


def _event(value: Any) -> dict[str, Any]:
    times = (value["timestamp"], value["ingestionTime"])
    if not (isinstance(value["message"], str) and all(isinstance(time, int) for time in times)):
        raise TypeError("it is no event")
    return value


class Logs:
    """The log groups of the local AWS."""

    def __init__(self, root: Path, account: str, region: str):
        self._root, self._lock = root, threading.RLock()
        self._arn = f"arn:aws:logs:{region}:{account}:log-group:"
        root.mkdir(parents=True, exist_ok=True)

    # What other engines call.

    def append(self, group: str, stream: str, messages: Iterable[str]) -> None:
        """Add lines to a stream now, making group and stream where they are missing."""
        time = _milliseconds()
        self._write(group, stream, [{"timestamp": time, "message": text} for text in messages])

    # The operations.

    def create_log_group(self, request: dict) -> dict:
        folder = self._folder(request["logGroupName"])
        if (folder / ABOUT).exists():
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

    def put_retention_policy(self, request: dict) -> dict:
        folder = self._existing(request["logGroupName"])
        about = json.loads((folder / ABOUT).read_text())
        about["retentionInDays"] = request["retentionInDays"]
        write_atomic(folder / ABOUT, json.dumps(about).encode())
        return {}

    def delete_log_group(self, request: dict) -> dict:
        rmtree(self._existing(request["logGroupName"]))
        return {}

    def delete_log_stream(self, request: dict) -> dict:
        self._existing(request["logGroupName"])
        path = self._stream(request["logGroupName"], request["logStreamName"])
        path.unlink(missing_ok=True)
        paths.forget_name(path, STREAM)
        return {}

    def describe_log_groups(self, request: dict) -> dict:
        groups = [json.loads(path.read_text()) for path in self._root.glob(f"*/{ABOUT}")]
        prefix = request.get("logGroupNamePrefix", "")
        pattern = request.get("logGroupNamePattern", "")
        found = [
            {**group, "arn": f"{self._arn}{group['logGroupName']}:*", "metricFilterCount": 0}
            for group in sorted(groups, key=lambda group: group["logGroupName"])
            if group["logGroupName"].startswith(prefix) and pattern in group["logGroupName"]
        ]
        return {"logGroups": found}

    def describe_log_streams(self, request: dict) -> dict:
        group = request["logGroupName"]
        folder, prefix = self._existing(group), request.get("logStreamNamePrefix", "")
        names = sorted(_streams(folder))
        streams = [self._about(group, name) for name in names if name.startswith(prefix)]
        if request.get("orderBy") == "LastEventTime":
            streams.sort(key=lambda stream: stream.get("lastEventTimestamp", 0))
        if request.get("descending"):
            streams.reverse()
        return _page(streams, "logStreams", request, 50)

    def get_log_events(self, request: dict) -> dict:
        group = request.get("logGroupName") or request["logGroupIdentifier"]
        events = list(self._events(group, request["logStreamName"], request))
        limit = request.get("limit", PAGE)
        token = request.get("nextToken")
        if token:
            place = int(token[2:]) if token[:2] in ("f/", "b/") and token[2:].isdigit() else None
            if place is None:
                raise AwsError("InvalidParameterException", "The specified nextToken is invalid.")
            start = place if token.startswith("f/") else max(0, place - limit)
        else:
            start = 0 if request.get("startFromHead") else max(0, len(events) - limit)
        page = events[start : start + limit]
        ends = {"nextForwardToken": f"f/{start + len(page)}", "nextBackwardToken": f"b/{start}"}
        return {"events": page, **ends}

    def filter_log_events(self, request: dict) -> dict:
        group = request.get("logGroupName") or request["logGroupIdentifier"].split(":")[-1]
        folder = self._existing(group)
        names = request.get("logStreamNames") or _streams(folder)
        prefix, words = request.get("logStreamNamePrefix", ""), request.get("filterPattern", "")
        wanted = shlex.split(words)
        found = [
            {**event, "logStreamName": name, "eventId": f"{quote(name, safe='')}-{place}"}
            for name in names
            if name.startswith(prefix)
            for place, event in enumerate(self._events(group, name, request))
            if all(word in event["message"] for word in wanted)
        ]
        found.sort(key=lambda event: event["timestamp"])
        return {**_page(found, "events", request, PAGE), "searchedLogStreams": []}

    def list_tags_for_resource(self, request: dict) -> dict:
        return {"tags": {}}

    # Files.

    def _folder(self, group: str) -> Path:
        return paths.child(self._root, group)

    def _stream(self, group: str, stream: str) -> Path:
        return paths.child(self._folder(group), stream, STREAM)

    def _existing(self, group: str) -> Path:
        folder = self._folder(group)
        if not (folder / ABOUT).exists():
            raise AwsError("ResourceNotFoundException", "The specified log group does not exist.")
        return folder

    def _make_group(self, folder: Path, group: str) -> None:
        about = {"logGroupName": group, "creationTime": _milliseconds(), "storedBytes": 0}
        write_atomic(folder / ABOUT, json.dumps(about).encode())

    def _write(self, group: str, stream: str, events: list[dict]) -> None:
        time = _milliseconds()
        with self._lock:
            if not (self._folder(group) / ABOUT).exists():
                self._make_group(self._folder(group), group)
            paths.keep_name(path := self._stream(group, stream), stream, STREAM)
            append(path, [{**event, "ingestionTime": time} for event in events])

    def _events(self, group: str, stream: str, request: dict) -> Iterator[dict[str, Any]]:
        path = self._stream(group, stream)
        self._existing(group)
        if not path.exists():
            raise AwsError("ResourceNotFoundException", "The specified log stream does not exist.")
        start, end = request.get("startTime", 0), request.get("endTime", float("inf"))
        for event in read_events(path):
            if start <= event["timestamp"] < end:
                yield event

    def _about(self, group: str, stream: str) -> dict:
        path = self._stream(group, stream)
        about = {
            "logStreamName": stream,
            "arn": f"{self._arn}{group}:log-stream:{stream}",
            "creationTime": int(path.stat().st_ctime * 1000),
            "storedBytes": 0,
        }
        events = list(self._events(group, stream, {}))
        if events:
            about["firstEventTimestamp"] = events[0]["timestamp"]
            about["lastEventTimestamp"] = events[-1]["timestamp"]
            about["lastIngestionTime"] = events[-1]["ingestionTime"]
        return about


def _streams(folder: Path) -> list[str]:
    return [paths.name_of(path, STREAM) for path in folder.glob(f"*{STREAM}")]


def _page(items: list, name: str, request: dict, size: int) -> dict:
    """Cut one page out of a list; the token is the place of the next."""
    start = int(request.get("nextToken") or 0)
    end = start + (request.get("limit") or size)
    return {name: items[start:end], **({"nextToken": str(end)} if end < len(items) else {})}
