"""Keeps JSON documents in one SQLite file that survives kill -9; knows no document's meaning."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from local_aws.state.disk import is_full
from local_aws.state.late_lists import LateLists


def _encode(value: object) -> dict:
    if isinstance(value, datetime):
        return {"$datetime": value.isoformat()}
    raise TypeError(f"a document can't hold a {type(value).__name__}")


def _decode(value: dict) -> object:
    return datetime.fromisoformat(value["$datetime"]) if "$datetime" in value else value


class Documents:
    """Documents by kind and key, in key order; every write but `put_late` is on disk on return.

    Hold `lock` to read, change and write in one step.

    Args:
        lists: makes the lists of collections late; None: never.
    """

    def __init__(self, path: Path, lists: LateLists | None = None):
        self.lists = lists
        path.parent.mkdir(parents=True, exist_ok=True)
        self.lock = threading.RLock()
        self._late: dict[tuple[str, str], str] = {}
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        # A process that is killed loses nothing of a WAL at NORMAL; only a power cut would.
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS documents"
            " (kind TEXT, key TEXT, body TEXT, PRIMARY KEY (kind, key)) WITHOUT ROWID"
        )

    def put(self, kind: str, key: str, body: dict) -> None:
        """Write one document, replacing what was there."""
        self.put_many(kind, [(key, body)])

    def put_many(self, kind: str, items: list[tuple[str, dict]]) -> None:
        """Write several documents at once: all of them or, after a crash, none."""
        rows = [(kind, key, json.dumps(body, default=_encode)) for key, body in items]
        with self.transaction():
            self._write(rows)

    def put_late(self, kind: str, key: str, body: dict) -> None:
        """Write one document now or, on a full disk, together with the next write that succeeds.

        Readers see it at once. It is for events that can't be refused, such as the end of a job; a
        process that is killed before the write loses it.
        """
        with self.lock:
            if self._db.in_transaction:
                self.put(kind, key, body)
                return
            self._late = {**self._late, (kind, key): json.dumps(body, default=_encode)}
            self.catch_up()

    def catch_up(self) -> None:
        """Write the late documents, if there is room now."""
        try:
            with self.transaction():
                pass  # every transaction writes the late documents too
        except sqlite3.Error as error:
            if not is_full(error):
                raise

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make all writes inside one change; a nested transaction joins the outer one."""
        with self.lock:
            if self._db.in_transaction:
                yield
                return
            late = self._late
            self._db.execute("BEGIN")
            try:
                self._write([(*key, text) for key, text in late.items()])
                self._late = {}
                yield
                self._db.execute("COMMIT")
            except BaseException:
                self._late = late
                # SQLite has ended some failed transactions by itself.
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def _write(self, rows: list[tuple[str, str, str]]) -> None:
        self._db.executemany("INSERT OR REPLACE INTO documents VALUES (?, ?, ?)", rows)

    def get(self, kind: str, key: str) -> dict | None:
        """Return a document, None without one."""
        with self.lock:
            row = self._db.execute(
                "SELECT body FROM documents WHERE kind = ? AND key = ?", (kind, key)
            ).fetchone()
            text = self._late.get((kind, key), row and row[0])
        return json.loads(text, object_hook=_decode) if text else None

    def items(self, kind: str, prefix: str = "") -> list[tuple[str, dict]]:
        """Return all (key, document) of a kind whose keys start with `prefix`, by key."""
        with self.lock:
            rows = self._db.execute(
                "SELECT key, body FROM documents WHERE kind = ? AND key >= ? AND key < ?"
                " ORDER BY key",
                (kind, prefix, prefix + "\U0010ffff"),
            ).fetchall()
            late = {
                key: body
                for (of, key), body in self._late.items()
                if of == kind and key.startswith(prefix)
            }
        newest = sorted((dict(rows) | late).items()) if late else rows
        return [(key, json.loads(body, object_hook=_decode)) for key, body in newest]

    def delete(self, kind: str, key: str) -> bool:
        """Remove one document; False when there was none."""
        with self.transaction():
            sql = "DELETE FROM documents WHERE kind = ? AND key = ?"
            return self._db.execute(sql, (kind, key)).rowcount > 0

    def delete_prefix(self, kind: str, prefix: str) -> None:
        """Remove all documents of a kind whose keys start with `prefix`."""
        with self.transaction():
            self._db.execute(
                "DELETE FROM documents WHERE kind = ? AND key >= ? AND key < ?",
                (kind, prefix, prefix + "\U0010ffff"),
            )

    def close(self) -> None:
        """Close the file."""
        with self.lock:
            self._db.close()
