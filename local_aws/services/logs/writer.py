"""Writes a process's lines to its log stream, come what may; knows logs, and no process."""

import logging
import threading

from local_aws.services.logs.engine import Logs
from local_aws.state.disk import worded

log = logging.getLogger(__name__)


class LogWriter:
    """One log stream; lines that can't be written are counted, and the stream says so later."""

    def __init__(self, logs: Logs, group: str, stream: str):
        self._logs, self._place = logs, (group, stream)
        self._lost, self._why, self._lock = 0, "", threading.Lock()

    def write(self, *lines: str) -> None:
        """Write lines; never raise."""
        with self._lock:
            missing = f"[{self._lost} lines are missing here: {self._why}]"
            try:
                self._logs.append(*self._place, [missing, *lines] if self._lost else lines)
                self._lost = 0
            except Exception as error:
                if not self._lost:
                    log.warning("%s/%s: lines are lost: %s", *self._place, error)
                self._lost, self._why = self._lost + len(lines), worded(error)

    def close(self) -> None:
        """Say a last time what is missing, here or else in the server's own log."""
        if self._lost:
            self.write()
        if self._lost:
            log.warning("%s/%s: %d lines are lost: %s", *self._place, self._lost, self._why)
