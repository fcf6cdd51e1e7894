"""The events that a workflow waits for: so many, or so long after the first; knows no run.

They are on disk before they count: a server that is killed begins the rest of its window anew.
https://docs.aws.amazon.com/glue/latest/dg/starting-workflow-eventbridge.html
"""

import threading
from collections.abc import Callable

from local_aws.parts import Parts
from local_aws.services.glue.workflows.triggers import DEFAULT_WINDOW
from local_aws.state.clock import Timer
from local_aws.state.collection import Collection


class Batches:
    """The events that are there, by workflow.

    Args:
        start: called with a workflow's name and the ids of its events, when they are due.
    """

    def __init__(self, parts: Parts, start: Callable[[str, list[str]], object]):
        self._clock, self._start = parts.clock, start
        self._waiting = Collection(parts.documents, "GlueWorkflowEvents")
        self._timers: dict[str, Timer] = {}
        self._lock = threading.Lock()

    def add(self, workflow: str, event: str, trigger: dict) -> None:
        """Take an event; start the workflow if it is the last of a batch."""
        condition = trigger.get("EventBatchingCondition", {"BatchSize": 1})
        with self._lock:
            batch = self._waiting.get(workflow) or {"name": workflow, "ids": []}
            batch["ids"].append(event)
            self._waiting.put(workflow, batch)
            if len(batch["ids"]) == 1:
                self._wait(workflow, condition.get("BatchWindow", DEFAULT_WINDOW))
        if len(batch["ids"]) >= condition["BatchSize"]:
            self._flush(workflow)

    def recover(self, window: Callable[[str], int | None]) -> None:
        """Wait again for what a killed server left.

        Args:
            window: returns a workflow's seconds, None where it has no trigger any more.
        """
        for batch in self._waiting:
            if (seconds := window(batch["name"])) is None:
                self._waiting.delete(batch["name"])
            else:
                self._wait(batch["name"], seconds)

    def _wait(self, workflow: str, seconds: float) -> None:
        self._timers[workflow] = self._clock.after(seconds, lambda: self._flush(workflow))

    def _flush(self, workflow: str) -> None:
        with self._lock:
            if timer := self._timers.pop(workflow, None):
                timer.cancel()
            batch = self._waiting.get(workflow)
            if not batch:
                return
            # Started before it is forgotten: a crash in between starts it twice, not never.
            self._start(workflow, batch["ids"])
            self._waiting.delete(workflow)
