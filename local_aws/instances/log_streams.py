"""Writes a process's lines to its log stream, and reads log streams; runs no process."""

import logging
import threading
from collections.abc import Callable, Iterator

from local_aws.errors import AwsError
from local_aws.state.clock import Clock
from local_aws.state.disk import worded

log = logging.getLogger(__name__)

Call = Callable[[str, str, dict], dict]
"""`Parts.call`: from service, operation and request to the answer."""


class LogWriter:
    """Writes to one log stream; a later line tells how many lines could not be written."""

    def __init__(self, call: Call, clock: Clock, group: str, stream: str):
        self._call, self._clock = call, clock
        self._stream = {"logGroupName": group, "logStreamName": stream}
        self._lost, self._why, self._lock = 0, "", threading.Lock()

    def write(self, *lines: str) -> None:
        """Write lines; raise nothing."""
        with self._lock:
            missing = f"[{self._lost} lines are missing here: {self._why}]"
            try:
                self._put([missing, *lines] if self._lost else lines)
                self._lost = 0
            except Exception as error:
                if not self._lost:
                    log.warning("%s: lines are lost: %s", self, error)
                self._lost, self._why = self._lost + len(lines), worded(error)

    def close(self) -> None:
        """Report lines that are still missing, in the stream or else in the server's log."""
        if self._lost:
            self.write()
        if self._lost:
            log.warning("%s: %d lines are lost: %s", self, self._lost, self._why)

    def __str__(self) -> str:
        return "/".join(self._stream.values())

    def _put(self, lines: "list[str] | tuple[str, ...]") -> None:
        time = int(self._clock.now().timestamp() * 1000)
        events = [{"timestamp": time, "message": line} for line in lines]
        request = {**self._stream, "logEvents": events}
        try:
            self._call("logs", "PutLogEvents", request)
        except AwsError as error:
            if error.code != "ResourceNotFoundException":
                raise
            self._make()
            self._call("logs", "PutLogEvents", request)

    def _make(self) -> None:
        """Create the group and the stream if they are missing; other writers may do so too."""
        group = {"logGroupName": self._stream["logGroupName"]}
        for operation, request in (("CreateLogGroup", group), ("CreateLogStream", self._stream)):
            try:
                self._call("logs", operation, request)
            except AwsError as error:
                if error.code != "ResourceAlreadyExistsException":
                    raise


def read_lines(call: Call, group: str, prefix: str) -> Iterator[str]:
    """Yield the lines of all streams of a group whose names start with `prefix`, oldest first."""
    request = {"logGroupName": group, "logStreamNamePrefix": prefix}
    while True:
        try:
            answer = call("logs", "FilterLogEvents", request)
        except AwsError as error:
            if error.code != "ResourceNotFoundException":
                raise
            return
        yield from (event["message"] for event in answer["events"])
        if not (token := answer.get("nextToken")):
            return
        request = {**request, "nextToken": token}
