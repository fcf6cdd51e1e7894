"""Imitates a full disk in a test's process by limits on files, databases and their changes."""

import resource
import sqlite3
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


@contextmanager
def refused_commits(store) -> Iterator[None]:
    """Let every change of the index fail at its very end, as on a full disk."""
    connection, index = store.index._connection, store.index

    class Full:
        in_transaction = property(lambda self: connection.in_transaction)

        def execute(self, sql, *values):
            if sql == "COMMIT":
                raise sqlite3.OperationalError("database or disk is full")
            return connection.execute(sql, *values)

    index._connection = Full()
    try:
        yield
    finally:
        index._connection = connection
