"""The objects table: rows in, ObjectInfo out, and a notice of each change. Touches no files."""

from pathlib import Path

from local_aws.state.objects.index import Index
from local_aws.state.objects.info import COLUMNS, ObjectInfo, from_row
from local_aws.state.objects.notices import Notices
from local_aws.state.objects.versions import Versions

ONE = "WHERE bucket = ? AND key = ?"


class Objects:
    """The rows of all objects; their files lie under `root` or, for odd keys, under `side`."""

    def __init__(self, index: Index, root: Path, side: Path):
        self._index, self.root, self._side = index, str(root), str(side)
        self.notices = Notices(index)
        self.versions = Versions(index, root, side)

    def get(self, bucket: str, key: str) -> ObjectInfo | None:
        """Return the row of a key, without a look at its file."""
        row = self._index.row(f"SELECT {COLUMNS} FROM objects {ONE}", bucket, key)
        return from_row(row, self.root, self._side) if row else None

    def put(
        self, *row: object, reason: str = "PutObject", request: str | None = None
    ) -> ObjectInfo:
        """Write a row (COLUMNS) and return it as ObjectInfo; `reason` and `request` as in Notices.

        The caller holds a transaction: the row and its notice are one change.
        """
        self._index.rows("INSERT OR REPLACE INTO objects VALUES (?,?,?,?,?,?,?)", *row)
        info = from_row(row, self.root, self._side)
        self.notices.created(info, reason, request)
        return info

    def restore(self, *row: object) -> None:
        """Write the row of an older version that is the current one again: nothing is created."""
        self._index.rows("INSERT OR REPLACE INTO objects VALUES (?,?,?,?,?,?,?)", *row)

    def delete(
        self,
        bucket: str,
        key: str,
        request: str | None = None,
        version: str | None = None,
        marker: str | None = None,
    ) -> None:
        """Delete a row, in a transaction of the caller; the arguments are those of its notice."""
        self._index.rows(f"DELETE FROM objects {ONE}", bucket, key)
        self.notices.deleted(bucket, key, request, version, marker)

    def page(self, bucket: str, low: str, high: str | None, limit: int) -> list[ObjectInfo]:
        """Return at most `limit` objects with low <= key < high, in UTF-8 order."""
        below = "AND key < ?" if high else "AND ? IS NULL"
        sql = f"SELECT {COLUMNS} FROM objects WHERE bucket = ? AND key >= ? {below} ORDER BY key"
        rows = self._index.rows(f"{sql} LIMIT ?", bucket, low, high, limit)
        return [from_row(row, self.root, self._side) for row in rows]
