"""Full disks for tests without one of their own: a limit on files' sizes, and one on databases."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_file_longer_than(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond so many bytes: the system itself cuts writes short.

    Python ignores the signal that goes with it, so that a write fails as it does on a full disk.
    """
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def no_larger_database(documents) -> Iterator[None]:
    """Let a database of documents grow by no page: SQLite says that it, or the disk, is full."""
    database = documents._db
    (pages,) = database.execute("PRAGMA page_count").fetchone()
    (most,) = database.execute("PRAGMA max_page_count").fetchone()
    database.execute(f"PRAGMA max_page_count={pages}")
    try:
        yield
    finally:
        database.execute(f"PRAGMA max_page_count={most}")
