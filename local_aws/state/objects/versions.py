"""The older versions of objects, and delete markers: rows and where files go. Knows no HTTP.

The current version of a key is its row in `objects`, and its file lies under the key; every older
one has a row here and a file below <root>-index/versions. A delete marker is a row without a file:
a key whose newest version is one has no row in `objects`. The version "null" is that of objects
from before the bucket had versions, and of those written while versions are suspended.
"""

import base64
import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from local_aws.errors import AwsError
from local_aws.state import paths
from local_aws.state.disk import full_disk_named
from local_aws.state.objects.index import Index
from local_aws.state.objects.info import COLUMNS, NULL, ObjectInfo, from_row, pack

ONE = "WHERE bucket = ? AND key = ? AND version = ?"
ENABLED = "Enabled"
_CURRENT = 1 << 62  # above the number of each older version
_PAGE = 1000


class MarkedDeleted(AwsError):
    """The version that was asked for is a delete marker."""

    def __init__(self, marker: ObjectInfo, code: str, message: str, status: int):
        super().__init__(code, message, status)
        self.marker = marker


def no_version() -> AwsError:
    """Return the error of a version that is not there."""
    return AwsError("NoSuchVersion", "The specified version does not exist.", 404)


@dataclass
class Change:
    """What a write does to other versions: files that go or move, statements to execute."""

    gone: list[Path] = field(default_factory=list)
    moved: dict[Path, Path] = field(default_factory=dict)
    rows: list[Callable[[], object]] = field(default_factory=list)

    def apply(self) -> None:
        """Execute the statements, in a transaction of the caller."""
        for statement in self.rows:
            statement()


class Versions:
    """The rows of older versions; the caller of each change holds the index's lock."""

    def __init__(self, index: Index, root: Path, side: Path):
        self._index, self._root, self._side = index, str(root), str(side)
        self._folder = side / "versions"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._status = dict(index.rows("SELECT bucket, status FROM versioning"))

    def status(self, bucket: str) -> str:
        """Return Enabled, Suspended, or "" for a bucket that never had versions."""
        return self._status.get(bucket, "")

    def switch(self, bucket: str, status: str) -> None:
        """Keep versions from now on, or no more of them."""
        with full_disk_named(), self._index.lock:
            self._index.rows("INSERT OR REPLACE INTO versioning VALUES (?, ?)", bucket, status)
            self._status[bucket] = status

    def forget(self, bucket: str) -> None:
        """Forget the status of a bucket whose row is gone."""
        self._status.pop(bucket, None)

    def new_id(self, bucket: str) -> str:
        """Return the id of a new version; "" for the null version."""
        if self.status(bucket) != ENABLED:
            return ""
        return base64.b64encode(os.urandom(24), b"._").decode()

    def get(self, bucket: str, key: str, version: str) -> ObjectInfo | None:
        """Return an older version, which may be a delete marker."""
        return self._info(f"SELECT {COLUMNS} FROM versions {ONE}", bucket, key, version)

    def read(self, bucket: str, key: str, version: str | None) -> ObjectInfo:
        """Return an older version; None asks for the current one, which is not there.

        Raises:
            AwsError: NoSuchKey, NoSuchVersion (404); MarkedDeleted.
        """
        if version is None:
            message = "The specified key does not exist."
            if newest := self.newest(bucket, key):
                raise MarkedDeleted(newest, "NoSuchKey", message, 404)
            raise AwsError("NoSuchKey", message, 404)
        if (info := self.get(bucket, key, version)) is None:
            raise no_version()
        if info.marker:
            message = "The specified method is not allowed against this resource."
            raise MarkedDeleted(info, "MethodNotAllowed", message, 405)
        return info

    def newest(self, bucket: str, key: str, but: str = "") -> ObjectInfo | None:
        """Return the newest of the older versions, or of those but one."""
        sql = f"SELECT {COLUMNS} FROM versions WHERE bucket = ? AND key = ? AND version <> ?"
        return self._info(f"{sql} ORDER BY number DESC LIMIT 1", bucket, key, but)

    def _info(self, sql: str, *values: object) -> ObjectInfo | None:
        row = self._index.row(sql, *values)
        return from_row(row, self._root, self._side) if row else None

    def walk(self, bucket: str, low: str, high: str | None) -> Iterator[ObjectInfo]:
        """Yield the versions with low <= key < high, by key and from the newest of a key."""
        below = "AND key < ?" if high else "AND ? IS NULL"
        where = f"WHERE bucket = ? AND key >= ? {below}"
        sql = f"""SELECT {COLUMNS}, number FROM (
            SELECT {COLUMNS}, {_CURRENT} AS number FROM objects {where}
            UNION ALL SELECT {COLUMNS}, number FROM versions {where})
            WHERE key > ? OR number < ? ORDER BY key, number DESC LIMIT {_PAGE}"""
        number = _CURRENT + 1
        while rows := self._index.rows(sql, *(bucket, low, high) * 2, low, number):
            yield from (from_row(row[:-1], self._root, self._side) for row in rows)
            low, number = rows[-1][1], rows[-1][-1]

    def supersede(
        self, change: Change, old: ObjectInfo | None, bucket: str, key: str, version: str
    ) -> None:
        """Plan what becomes of a key's versions when it gets the version `version` ("": null)."""
        if not self.status(bucket):
            return
        if not version and (null := self.get(bucket, key, NULL)):
            self.drop(change, null)
        if old and (old.version or version):
            place = paths.child(self._folder, uuid.uuid4().hex)
            row = (bucket, key, old.size, old.etag, old.mtime_ns)
            facts = (str(place.relative_to(self._side)), old.facts, old.version_id)
            change.moved[old.path] = place
            change.rows.append(lambda: self._add(*row, *facts))

    def drop(self, change: Change, info: ObjectInfo) -> None:
        """Plan the end of an older version or marker."""
        one = (info.bucket, info.key, info.version_id)
        change.rows.append(lambda: self._index.rows(f"DELETE FROM versions {ONE}", *one))
        if not info.marker:
            change.gone.append(info.path)

    def promote(self, change: Change, info: ObjectInfo, path: str, location: str | None) -> tuple:
        """Plan that an older version becomes the current one at a path; return its row."""
        self.drop(change, info)
        change.gone.remove(info.path)
        change.moved[info.path] = Path(path)
        row = (info.bucket, info.key, info.size, info.etag, info.mtime_ns)
        return *row, location, info.facts

    def mark(self, bucket: str, key: str, version: str) -> None:
        """Write a delete marker, in a transaction of the caller."""
        facts = pack(version=version, marker=True)
        written = int(self._index.seconds() * 1e9)
        self._add(bucket, key, 0, "", written, None, facts, version or NULL)

    def _add(self, *row: object) -> None:
        columns = f"{COLUMNS}, version"
        sql = f"INSERT OR REPLACE INTO versions ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        self._index.rows(sql, *row)
