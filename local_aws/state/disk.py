"""Recognizes the errors of a full disk, of every library, and words them; knows no service."""

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
"""SQLite's codes for it: for the database and its log, and for the shared memory file."""
_WORDS = tuple(os.strerror(number) for number in sorted(_NUMBERS))
"""Of DuckDB's and Arrow's errors, which have the system's message and no code."""


def is_full(error: BaseException | None) -> bool:
    """Say whether an error, or one of its causes, is that of a full disk."""
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
    """Return the AWS error for a full disk (status 507, which no client retries)."""
    return AwsError("InsufficientStorage", FULL_MESSAGE, 507)


def worded(error: BaseException) -> str:
    """Return the message of an error; that for a full disk is the same for all libraries."""
    return FULL_MESSAGE if is_full(error) else str(getattr(error, "message", error))


class Reserve:
    """Disk space held during some work, so that its result can be written afterwards.

    Raises:
        OSError: there is not enough space: the work should not begin.
    """

    BYTES = 2**18

    def __init__(self, folder: Path):
        descriptor, name = tempfile.mkstemp(prefix="reserve-", dir=folder)
        self._path = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(os.urandom(self.BYTES))  # not compressible by the file system
        except BaseException:
            self.give()
            raise

    def give(self) -> None:
        """Release the space."""
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
