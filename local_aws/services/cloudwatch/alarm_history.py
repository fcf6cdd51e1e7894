"""What happened to alarms, the last events of each; knows no alarm's rules."""

import json

from local_aws.services.cloudwatch.evaluation import stamp
from local_aws.state.clock import Clock
from local_aws.state.collection import Collection
from local_aws.state.documents import Documents

MOST = 100
"""Events that are kept of an alarm; AWS keeps those of 30 days."""
_STATE = ("StateValue", "StateReason", "StateReasonData")


class AlarmHistory:
    """The events of alarms, deleted ones included."""

    def __init__(self, documents: Documents, clock: Clock):
        self._documents, self._clock = documents, clock
        self._events = Collection(documents, "alarm-history")

    def add(self, alarm: str, kind: str, summary: str, states: dict[str, dict]) -> None:
        """Write down an event.

        Args:
            states: the alarm by "oldState" and "newState", for a change of state.
        """
        now = self._clock.now()
        data = {"version": "1.0", "date": stamp(now)}
        for name, of in states.items():
            data[name] = {key[0].lower() + key[1:]: of[key] for key in _STATE if key in of}
        item = {
            "AlarmName": alarm, "AlarmType": "MetricAlarm", "Timestamp": now,
            "HistoryItemType": kind, "HistorySummary": summary, "HistoryData": json.dumps(data),
        }  # fmt: skip
        with self._documents.lock:
            items = (self._events.get(alarm) or {"items": []})["items"]
            self._documents.put_late("alarm-history", alarm, {"items": [*items[1 - MOST :], item]})

    def items(self, request: dict) -> list[dict]:
        """Return the events that DescribeAlarmHistory asks for."""
        kind = request.get("HistoryItemType")
        start, end = request.get("StartDate"), request.get("EndDate")
        items = [
            item
            for document in self._events
            for item in document["items"]
            if request.get("AlarmName") in (None, item["AlarmName"])
            and kind in (None, item["HistoryItemType"])
            and (start is None or start <= item["Timestamp"])
            and (end is None or item["Timestamp"] <= end)
        ]
        items.sort(key=lambda item: item["Timestamp"])
        return items if request.get("ScanBy") == "TimestampAscending" else items[::-1]
