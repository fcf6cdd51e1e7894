"""What a sender of operations is: a program, its file, and the operations; knows none of them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sender:
    """A program, and the operations that it sends."""

    by: str
    """For a reader: the notebooks' numbers and the call, or the client suite."""
    source: str
    """The file with the calls, below the project or site-packages."""
    operations: tuple[str, ...]
