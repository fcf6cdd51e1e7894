"""The SQLite index beside the object files: one connection, one lock. Knows tables, no files.

Written in WAL mode without fsync: a commit survives the end of the process (the pages are the
kernel's by then), but not a power cut.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local_aws.state.clock import Clock

SCHEMA = """
CREATE TABLE IF NOT EXISTS buckets (name TEXT PRIMARY KEY, created INTEGER, region TEXT);
CREATE TABLE IF NOT EXISTS objects (
    bucket TEXT, key TEXT, size INTEGER, etag TEXT, mtime_ns INTEGER, location TEXT, facts TEXT,
    PRIMARY KEY (bucket, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS versioning (bucket TEXT PRIMARY KEY, status TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS versions (
    number INTEGER PRIMARY KEY AUTOINCREMENT, bucket TEXT, key TEXT, size INTEGER, etag TEXT,
    mtime_ns INTEGER, location TEXT, facts TEXT, version TEXT, UNIQUE (bucket, key, version));
CREATE TABLE IF NOT EXISTS uploads (
    id TEXT PRIMARY KEY, bucket TEXT, key TEXT, initiated INTEGER, facts TEXT);
CREATE TABLE IF NOT EXISTS parts (
    upload TEXT, number INTEGER, size INTEGER, etag TEXT, modified INTEGER, file TEXT,
    checksums TEXT, PRIMARY KEY (upload, number)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS notifying (bucket TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS notices (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT, time REAL, kind TEXT, bucket TEXT,
    detail TEXT);
CREATE TABLE IF NOT EXISTS intents (
    aside TEXT, path TEXT, draft TEXT, size INTEGER, mtime_ns INTEGER);
"""


class Index:
    """A lock and a connection; every statement outside `transaction` commits by itself."""

    def __init__(self, path: Path, clock: Clock | None = None):
        self.lock = threading.RLock()
        self.clock = clock or Clock()
        self._connection = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, timeout=30
        )
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=OFF")
        self._connection.executescript(SCHEMA)

    def seconds(self) -> float:
        """Return the time of the one clock, as seconds since 1970."""
        return self.clock.now().timestamp()

    def rows(self, sql: str, *values: object) -> list[tuple]:
        """Execute a statement and return its rows, if it has any."""
        with self.lock:
            return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: object) -> tuple | None:
        """Return the first row, or None."""
        with self.lock:
            return self._connection.execute(sql, values).fetchone()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the lock and make the statements inside one change; a nested one joins the outer."""
        with self.lock:
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close the connection; the index is on disk already."""
        with self.lock:
            self._connection.close()
