"""Knows a full disk, whichever library met it, and says it in one sentence; knows no service."""

import errno
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local_aws.errors import AwsError

FULL_MESSAGE = "The disk that holds the local AWS is full: free some space and try again."
_NUMBERS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_SQLITE = {"SQLITE_FULL", "SQLITE_IOERR_SHMSIZE"}
"""What SQLite calls it: of the database and its log, and of the memory file beside them."""
_WORDS = tuple(os.strerror(number) for number in sorted(_NUMBERS))
"""DuckDB and Arrow give the system's words alone."""


def is_full(error: BaseException | None) -> bool:
    """Say whether an error, or one that it came from, is that of a full disk."""
    if error is None:
        return False
    if isinstance(error, AwsError):
        known = error.code == "InsufficientStorage"
    elif isinstance(error, sqlite3.Error):
        known = getattr(error, "sqlite_errorname", "") in _SQLITE or "is full" in str(error)
    else:
        known = getattr(error, "errno", None) in _NUMBERS or any(w in str(error) for w in _WORDS)
    return known or is_full(error.__cause__)


def full_disk() -> AwsError:
    """Return a full disk as an AWS service says it (507: no client tries it again by itself)."""
    return AwsError("InsufficientStorage", FULL_MESSAGE, 507)


def worded(error: BaseException) -> str:
    """Return why something failed: the one sentence for a full disk, else the error's own."""
    return FULL_MESSAGE if is_full(error) else str(getattr(error, "message", error))


class Reserve:
    """Room that is held while something is done, so that it can be noted when it is done.

    Raises:
        OSError: there is not so much room: nothing should be begun.
    """

    BYTES = 2**18

    def __init__(self, folder: Path):
        descriptor, name = tempfile.mkstemp(prefix="reserve-", dir=folder)
        self._path = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(os.urandom(self.BYTES))  # which no file system can compress
        except BaseException:
            self.give()
            raise

    def give(self) -> None:
        """Let the room be used."""
        self._path.unlink(missing_ok=True)


@contextmanager
def full_disk_named() -> Iterator[None]:
    """Turn a full disk into an AwsError."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        if not is_full(error):
            raise
        raise full_disk() from error
