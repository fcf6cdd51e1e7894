"""Where an engine says that the state of something has changed; knows no engine and no listener.

Within a transaction of the documents, the change and what its listeners write are one change.
"""

import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from local_aws.state.disk import is_full

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class StateChange:
    """A change of state, in EventBridge's words: `aws.glue`, `Glue Job State Change`, …"""

    source: str
    detail_type: str
    resources: list[str]
    """ARNs."""
    detail: dict


class StateChanges:
    """The changes of one local AWS, which go to its listeners."""

    def __init__(self) -> None:
        self.listeners: list[Callable[[StateChange], None]] = []

    def tell(
        self,
        source: str,
        detail_type: str,
        resources: list[str],
        detail: dict,
        late: bool = False,
    ) -> None:
        """Tell the listeners of a change.

        Args:
            late: the change can't be refused: on a full disk its event is lost, and logged.
        """
        change = StateChange(source, detail_type, resources, detail)
        for listener in self.listeners:
            try:
                listener(change)
            except sqlite3.Error as error:
                if not (late and is_full(error)):
                    raise
                log.warning("the disk is full: no event of %s", change)
