"""Runs the parts of a training run whose failure must not end it, and records each failure.

The trained model matters more than its test, graph and records. It knows the parts' names only.
"""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

REASON_LENGTH = 300
"""Longest recorded reason, in characters; the log has the traceback."""


class Attempts:
    """Records the parts of a run that failed, and the reasons."""

    def __init__(self):
        self.warnings: dict[str, str] = {}
        """Part to the reason of its first failure."""

    @contextmanager
    def __call__(self, part: str) -> Iterator[None]:
        """Run the body; an error in it becomes a warning in the log, and the run continues."""
        try:
            yield
        except Exception as error:  # libraries may raise anything, and it must not end the run
            traceback.print_exc()
            reason = f"{type(error).__name__}: {error}"[:REASON_LENGTH]
            print(f"Warning: {part} failed, the run goes on without: {reason}", flush=True)
            self.warnings.setdefault(part, reason)
