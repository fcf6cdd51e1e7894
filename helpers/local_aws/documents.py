"""Keeps JSON documents in one SQLite file that survives kill -9; knows no meaning."""

import json
import sqlite3
import threading
from datetime import datetime
from pathlib import Path


def _encode(value: object) -> dict:
    if isinstance(value, datetime):
        return {"$datetime": value.isoformat()}
    raise TypeError(f"{type(value).__name__} is not kept in documents")


def _decode(value: dict) -> object:
    return datetime.fromisoformat(value["$datetime"]) if "$datetime" in value else value


class Documents:
    """Documents by kind and key, in key order; every write is durable when the call returns."""

    def __init__(self, path: Path):
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
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
        with self._lock:
            self._db.execute("BEGIN")
            self._db.executemany("INSERT OR REPLACE INTO documents VALUES (?, ?, ?)", rows)
            self._db.execute("COMMIT")

    def get(self, kind: str, key: str) -> dict | None:
        """Return a document, None without one."""
        with self._lock:
            row = self._db.execute(
                "SELECT body FROM documents WHERE kind = ? AND key = ?", (kind, key)
            ).fetchone()
        return json.loads(row[0], object_hook=_decode) if row else None

    def items(self, kind: str, prefix: str = "") -> list[tuple[str, dict]]:
        """Return all (key, document) of a kind whose keys start with `prefix`, by key."""
        with self._lock:
            rows = self._db.execute(
                "SELECT key, body FROM documents WHERE kind = ? AND key >= ? AND key < ?"
                " ORDER BY key",
                (kind, prefix, prefix + "\U0010ffff"),
            ).fetchall()
        return [(key, json.loads(body, object_hook=_decode)) for key, body in rows]

    def delete(self, kind: str, key: str) -> bool:
        """Remove one document; False when there was none."""
        with self._lock:
            return (
                self._db.execute(
                    "DELETE FROM documents WHERE kind = ? AND key = ?", (kind, key)
                ).rowcount
                > 0
            )

    def delete_prefix(self, kind: str, prefix: str) -> None:
        """Remove all documents of a kind whose keys start with `prefix`."""
        with self._lock:
            self._db.execute(
                "DELETE FROM documents WHERE kind = ? AND key >= ? AND key < ?",
                (kind, prefix, prefix + "\U0010ffff"),
            )

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()
