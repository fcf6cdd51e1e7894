"""Parts of a run that may fail without ending it: the model is paid for, not its records.

It knows names and reasons, and nothing of what is tried.
"""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

REASON_LENGTH = 300
"""Characters of a reason that are kept; the traceback is in the log."""


class Attempts:
    """Notes which parts of a run failed, and why."""

    def __init__(self):
        self.warnings: dict[str, str] = {}
        """Part to the reason of its first failure."""

    @contextmanager
    def __call__(self, part: str) -> Iterator[None]:
        """Try the body; an error in it becomes a warning in the log, and the run goes on."""
        try:
            yield
        except Exception as error:  # whatever a library raises: the run must not end of it
            traceback.print_exc()
            reason = f"{type(error).__name__}: {error}"[:REASON_LENGTH]
            print(f"Warning: {part} failed, the run goes on without: {reason}", flush=True)
            self.warnings.setdefault(part, reason)
