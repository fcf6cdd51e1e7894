"""Imitates a full disk in a test's process by limits on the sizes of files and databases."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_file_longer_than(size: int) -> Iterator[None]:
    """Limit the size of this process's files: the system cuts writes short.

    Python ignores the signal for it, so a write fails as on a full disk.
    """
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def no_larger_database(documents) -> Iterator[None]:
    """Let a database of documents not grow: SQLite reports that it, or the disk, is full."""
    database = documents._db
    (pages,) = database.execute("PRAGMA page_count").fetchone()
    (most,) = database.execute("PRAGMA max_page_count").fetchone()
    database.execute(f"PRAGMA max_page_count={pages}")
    try:
        yield
    finally:
        database.execute(f"PRAGMA max_page_count={most}")
