"""Reads the captured requests and answers of an endpoint, and labels that came later.

It knows folders by their interface: on disk, or in S3, of which only the span's hours are read.

Layout: <endpoint>/<variant>/yyyy/mm/dd/hh/*.jsonl, a line a request.
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html
Labels: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-merge.html
"""

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from helpers.storage import Folder

JSON = "application/json"
HOUR = timedelta(hours=1)
_HOUR = re.compile(r"(\d{4}/\d\d/\d\d/\d\d)/[^/]+")


@dataclass(frozen=True)
class Captured:
    """One raw object of a request, with the answer for it."""

    name: str
    """The request's own id or else its event's; a batch's objects have their number behind it."""
    time: datetime
    data: bytes
    answer: Mapping | None
    """None where the model could not use the object."""


@dataclass
class Traffic:
    """The objects of a span of time, and the lines that could not be read."""

    objects: list[Captured]
    faults: dict[str, str]
    """The reason by file and line."""


def read(folder: Folder, start: datetime | None = None, end: datetime | None = None) -> Traffic:
    """Read the objects captured from `start` to before `end`, in order of time.

    Hours' folders hold more than the span: an event's own time decides.
    """
    traffic = Traffic([], {})
    for entry in folder.list(etags=False):
        if not entry.key.endswith(".jsonl") or not _may_hold(entry.key, start, end):
            continue
        for number, line in enumerate(folder.read(entry.key).decode().splitlines(), 1):
            try:
                objects = list(_objects(json.loads(line)))
            except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
                place = f"{entry.key}:{number}"
                traffic.faults[place] = f"{type(error).__name__}: {error}"
                continue
            traffic.objects += [
                each
                for each in objects
                if (start is None or each.time >= start) and (end is None or each.time < end)
            ]
    traffic.objects.sort(key=lambda each: (each.time, each.name))
    return traffic


def _may_hold(key: str, start: datetime | None, end: datetime | None) -> bool:
    """Say whether a file's hour, or the one beside it, is of a span."""
    match = _HOUR.search(key)
    if match is None:
        return True
    hour = datetime.strptime(match[1], "%Y/%m/%d/%H").replace(tzinfo=UTC)
    return (start is None or hour + 2 * HOUR > start) and (end is None or hour - HOUR < end)


def read_labels(folder: Path) -> dict[str, str]:
    """Return the true labels by the ids of their requests or events; a later file corrects."""
    labels = {}
    for path in sorted(Path(folder).rglob("*.jsonl")) if Path(folder).is_dir() else ():
        for line in path.read_text("utf-8").splitlines():
            record = json.loads(line)
            labels[record["eventMetadata"]["eventId"]] = str(record["groundTruthData"]["data"])
    return labels


def label_line(event: str, label: str) -> str:
    """Return the line of one true label, in the layout that `read_labels` reads."""
    return json.dumps(
        {
            "groundTruthData": {"data": label, "encoding": "CSV"},
            "eventMetadata": {"eventId": event},
            "eventVersion": "0",
        }
    )


def _objects(line: Mapping) -> Iterator[Captured]:
    captured, event = line["captureData"], line["eventMetadata"]
    time = datetime.fromisoformat(event["inferenceTime"])
    name = event.get("inferenceId", event["eventId"])
    body = _decoded(captured["endpointInput"])
    reply = json.loads(_decoded(captured["endpointOutput"]))
    kind = captured["endpointInput"]["observedContentType"].partition(";")[0].strip().lower()
    if kind != JSON:
        yield Captured(name, time, body, reply)
        return
    for number, (instance, answer) in enumerate(
        zip(json.loads(body)["instances"], reply["predictions"], strict=True)
    ):
        data = base64.b64decode(instance["data"])
        yield Captured(f"{name}/{number}", time, data, None if "error" in answer else answer)


def _decoded(message: Mapping) -> bytes:
    if message["encoding"] == "BASE64":
        return base64.b64decode(message["data"], validate=True)
    return message["data"].encode()
