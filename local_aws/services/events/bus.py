"""The default bus: takes events, matches them with the rules, and delivers them to the targets.

An event is accepted when its deliveries are on disk, and a delivery leaves the disk when its
target, or its dead-letter queue, has it: after a kill it is delivered, perhaps again. Deliveries
have no order. Retries are on the one clock, with a growing pause: AWS publishes no more of it.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-event-delivery.html
"""

import itertools
import json
import logging
import queue
import random
import threading
import time
import uuid
from datetime import UTC, datetime, timedelta
from functools import partial

from local_aws.errors import AwsError
from local_aws.parts import Engine, Parts
from local_aws.services.events import inputs
from local_aws.services.events.rules import Rules
from local_aws.services.events.targets import Message, Refused
from local_aws.state.collection import Collection
from local_aws.state.state_changes import StateChange

log = logging.getLogger(__name__)

MOST_RETRIES, MOST_AGE_SECONDS = 185, 86_400
"""A target's limits where it states none."""
WORKERS = 4
"""Deliveries at a time: Python runs one at a time, and moto one change at a time."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 600.0
"""Seconds before a further attempt."""
MOST_BYTES = 1 << 20
"""Of one PutEvents request: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html"""
OPERATIONS = {
    "events": {
        "PutEvents": "Entries(Time Source Resources DetailType Detail EventBusName=default)",
    },
}


class Bus(Engine):
    """Executes PutEvents, and takes the notices of S3 and the state changes of engines."""

    name, operations = "event_bus", OPERATIONS

    def __init__(self, parts: Parts):
        super().__init__(parts)
        self._rules, self._clock = parts.engine(Rules), parts.clock
        self._deliveries = Collection(parts.documents, "event-delivery")
        self._numbers, self._random = itertools.count(), random.Random()
        self._ready: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._workers: list[threading.Thread] = []
        self._noticed, self._ending = threading.Event(), False
        parts.changes.listeners.append(self._changed)
        parts.store.notified = self._noticed.set

    # What comes in.

    def put_events(self, request: dict) -> dict:
        if sum(map(_size, request["Entries"])) > MOST_BYTES:
            message = "Total size of the entries in the request is over the limit."
            raise AwsError("ValidationException", message)
        entries = [self._entry(entry) for entry in request["Entries"]]
        failed = sum("ErrorCode" in entry for entry in entries)
        return {"FailedEntryCount": failed, "Entries": entries}

    def _entry(self, entry: dict) -> dict:
        if refusal := _refusal(entry):
            return refusal
        event = self._event(
            entry["Source"], entry["DetailType"], entry.get("Resources", []),
            json.loads(entry["Detail"]), entry.get("Time"),
        )  # fmt: skip
        self._accept(event)
        return {"EventId": event["id"]}

    def _changed(self, change: StateChange) -> None:
        event = self._event(change.source, change.detail_type, change.resources, change.detail)
        self._accept(event)

    def _event(
        self,
        source: str,
        detail_type: str,
        resources: list[str],
        detail: dict,
        when: datetime | None = None,
        id_: str | None = None,
    ) -> dict:
        when = (when or self._clock.now()).astimezone(UTC)
        return {
            "version": "0",
            "id": id_ or str(uuid.uuid4()),
            "detail-type": detail_type,
            "source": source,
            "account": self.parts.context.account,
            "time": f"{when:%Y-%m-%dT%H:%M:%SZ}",
            "region": self.parts.context.region,
            "resources": resources,
            "detail": detail,
        }

    def _accept(self, event: dict) -> None:
        """Put an event's deliveries on disk, in the transaction of the caller if it has one."""
        coming = []
        with self._deliveries.transaction():
            for rule in self._rules.matching(event):
                for target in rule["_targets"].values():
                    for _ in range(1 + self._meets("duplicated")):
                        coming.append(self._keep(event, rule, target))
        for key in coming:
            late = self.parts.faults.draw("reordered", "events", "Deliver")
            if late:
                self._clock.after(late.seconds, partial(self._ready.put, key))
            else:
                self._ready.put(key)

    def _meets(self, fault: str) -> bool:
        return self.parts.faults.draw(fault, "events", "Deliver") is not None

    def _keep(self, event: dict, rule: dict, target: dict) -> str:
        # Keys sort by the time of their coming, also after a restart.
        key = f"{time.time_ns():020}-{next(self._numbers):012}"
        policy = target.get("RetryPolicy", {})
        age = timedelta(seconds=policy.get("MaximumEventAgeInSeconds", MOST_AGE_SECONDS))
        delivery = {
            "Event": event, "Rule": {"Name": rule["Name"], "Arn": rule["Arn"]}, "Target": target,
            "Retries": 0, "MostRetries": policy.get("MaximumRetryAttempts", MOST_RETRIES),
            "Until": self._clock.now() + age,
        }  # fmt: skip
        self._deliveries.put(key, delivery)
        return key

    # What goes out.

    def _work(self) -> None:
        while (key := self._ready.get()) is not None and not self._ending:
            try:
                self._deliver(key)
            except Exception:  # such as a full disk: the next server delivers it once more
                log.exception("delivery %s", key)

    def _deliver(self, key: str) -> None:
        if (delivery := self._deliveries.get(key)) is None:
            return  # its transaction was undone
        target, rule = delivery["Target"], delivery["Rule"]
        message = Message(
            delivery["Event"], inputs.made(target, delivery["Event"], rule), rule, key
        )
        try:
            self._rules.targets.send(target, message)
        except Refused as refused:
            if not self._is_over(key, delivery, refused):
                return
            self._give_up(delivery, refused, key)
        self._deliveries.delete(key)

    def _is_over(self, key: str, delivery: dict, refused: Refused) -> bool:
        """Say whether a delivery has no further attempt; else schedule it."""
        if refused.is_final:
            return True
        retries = delivery["Retries"]
        pause = min(FIRST_PAUSE * 2**retries, LONGEST_PAUSE) * self._random.uniform(0.5, 1)
        if retries >= delivery["MostRetries"]:
            delivery["Exhausted"] = "MaximumRetryAttempts"
            return True
        if self._clock.now() + timedelta(seconds=pause) > delivery["Until"]:
            delivery["Exhausted"] = "MaximumEventAgeInSeconds"
            return True
        self._deliveries.put(key, {**delivery, "Retries": retries + 1})
        self._clock.after(pause, partial(self._ready.put, key))
        return False

    def _give_up(self, delivery: dict, refused: Refused, key: str) -> None:
        """Send an event to the target's dead-letter queue; without one it is dropped."""
        target, rule, event = delivery["Target"], delivery["Rule"], delivery["Event"]
        where = target.get("DeadLetterConfig", {}).get("Arn")
        log.warning("rule %s: no delivery to %s: %s", rule["Name"], target["Arn"], refused)
        if where is None:
            return
        attributes = {
            "RULE_ARN": rule["Arn"],
            "TARGET_ARN": target["Arn"],
            "ERROR_CODE": refused.code,
            "ERROR_MESSAGE": str(refused),
            "RETRY_ATTEMPTS": str(delivery["Retries"]),
        }
        if condition := delivery.get("Exhausted"):
            attributes["EXHAUSTED_RETRY_CONDITION"] = condition
        message = Message(event, json.dumps(event), rule, key)
        try:
            self._rules.targets.send_dead_letter(where, message, attributes)
        except Refused as error:
            log.warning("rule %s: dropped, %s did not take it: %s", rule["Name"], where, error)

    # S3's notices.

    def _watch(self) -> None:
        """Pass S3's notices on as they come."""
        while not self._ending:
            self._noticed.wait()
            self._noticed.clear()
            try:
                self._take_notices()
            except Exception:  # such as a full disk
                log.exception("S3's notices wait for the next write or server")

    def _take_notices(self) -> None:
        notices = self.parts.store.objects.notices
        while not self._ending and (pending := notices.pending()):
            with self._deliveries.transaction():
                for each in pending:
                    requester = {"requester": self.parts.context.account}
                    self._accept(
                        self._event(
                            "aws.s3",
                            each.kind,
                            [f"arn:aws:s3:::{each.bucket}"],
                            {**each.detail, **requester},
                            datetime.fromtimestamp(each.time, UTC),
                            each.id,
                        )  # fmt: skip
                    )
            notices.passed_on(pending[-1].number)

    # The server's life.

    def begin(self) -> None:
        """Deliver, first what the last server had accepted and not delivered.

        The server calls it when all engines have recovered: a target may be any of theirs.
        """
        for key in self._deliveries.keys():
            self._ready.put(key)
        workers = [("event-notices", self._watch), *[("event-delivery", self._work)] * WORKERS]
        for name, work in workers:
            thread = threading.Thread(target=work, name=name, daemon=True)
            thread.start()
            self._workers.append(thread)
        self._noticed.set()

    def shut_down(self) -> None:
        """Begin no more deliveries; what is not delivered waits for the next server."""
        self._ending = True
        self._noticed.set()
        for _ in range(WORKERS):
            self._ready.put(None)
        for thread in self._workers:
            thread.join(timeout=5)


def _refusal(entry: dict) -> dict | None:
    """Return the answer to an entry that AWS refuses, None for any other."""
    for member in ("Source", "DetailType", "Detail"):
        if not entry.get(member):
            message = f"Parameter {member} is not valid. Reason: {member} is a required argument."
            return {"ErrorCode": "InvalidArgument", "ErrorMessage": message}
    if entry["Source"].startswith("aws."):
        message = "Not authorized for the source."
        return {"ErrorCode": "NotAuthorizedForSourceException", "ErrorMessage": message}
    if inputs.json_object(entry["Detail"]) is None:
        return {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
    return None


def _size(entry: dict) -> int:
    """Return an entry's size in bytes, as EventBridge counts it."""
    texts = [entry.get(member) or "" for member in ("Source", "DetailType", "Detail")]
    return sum(len(text.encode()) for text in [*texts, *entry.get("Resources", [])])
