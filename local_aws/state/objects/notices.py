"""What happened to the objects of buckets that tell EventBridge; knows the index, and no rule.

A notice is a row of the index, written in the transaction of the write that it is about: a write
that was acknowledged has its notice after a kill. Whoever passes notices on deletes them
afterwards, so each is passed on at least once, always with the same id. The form of the detail:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
"""

import json
import uuid
from dataclasses import dataclass

from local_aws.state.disk import full_disk_named
from local_aws.state.objects.index import Index
from local_aws.state.objects.info import ObjectInfo

LOOPBACK = "127.0.0.1"
CREATED, DELETED = "Object Created", "Object Deleted"


@dataclass(frozen=True)
class Notice:
    """One notice: its number in the order of the writes, its time in seconds since 1970."""

    number: int
    id: str
    time: float
    kind: str
    bucket: str
    detail: dict


class Notices:
    """The buckets that tell of their objects, and what is not passed on yet."""

    def __init__(self, index: Index):
        self._index = index

    def are_on(self, bucket: str) -> bool:
        """Say whether a bucket tells of its objects."""
        sql = "SELECT 1 FROM notifying WHERE bucket = ?"
        return self._index.row(sql, bucket) is not None

    def switch(self, bucket: str, on: bool) -> None:
        """Let a bucket tell of its objects from now on, or no longer."""
        change = "INSERT OR REPLACE INTO notifying VALUES (?)"
        with full_disk_named():
            self._index.rows(change if on else "DELETE FROM notifying WHERE bucket = ?", bucket)

    def created(self, info: ObjectInfo, reason: str, request: str | None) -> None:
        """Note a new object, in the transaction of its row.

        Args:
            reason: PutObject, CopyObject or CompleteMultipartUpload.
            request: the id of the request to S3; None: the server wrote by itself.
        """
        facts = {"key": info.key, "size": info.size, "etag": info.etag}
        facts |= {"version-id": info.version} if info.version else {}
        self._add(CREATED, info.bucket, facts, reason, request)

    def deleted(
        self,
        bucket: str,
        key: str,
        request: str | None,
        version: str | None = None,
        marker: str | None = None,
    ) -> None:
        """Note that an object is gone, in the transaction of its row.

        Args:
            version: the id of the one version that is deleted.
            marker: the id of the marker by which the object is deleted.
        """
        kind = "Delete Marker Created" if marker else "Permanently Deleted"
        facts = {"key": key} | ({"version-id": id_} if (id_ := version or marker) else {})
        self._add(DELETED, bucket, facts, "DeleteObject", request, **{"deletion-type": kind})

    def _add(
        self, kind: str, bucket: str, facts: dict, reason: str, request: str | None, **more: str
    ) -> None:
        if not self.are_on(bucket):
            return
        detail = {
            "request-id": request or uuid.uuid4().hex[:16].upper(),
            "source-ip-address": LOOPBACK,
            "reason": reason,
            **more,
        }
        row = (str(uuid.uuid4()), self._index.seconds(), kind, bucket, json.dumps([facts, detail]))
        self._index.rows(
            "INSERT INTO notices (id, time, kind, bucket, detail) VALUES (?, ?, ?, ?, ?)", *row
        )

    def pending(self, most: int = 100) -> list[Notice]:
        """Return the oldest notices that are not passed on yet."""
        sql = "SELECT number, id, time, kind, bucket, detail FROM notices ORDER BY number LIMIT ?"
        notices = []
        for number, id_, when, kind, bucket, text in self._index.rows(sql, most):
            facts, more = json.loads(text)
            # Sequencers of one key compare as texts, in the order of its writes.
            facts["sequencer"] = f"{number:016X}"
            version = {"version": "0", "event-version": "1.0"}
            detail = {**version, "bucket": {"name": bucket}, "object": facts, **more}
            notices.append(Notice(number, id_, when, kind, bucket, detail))
        return notices

    def passed_on(self, number: int) -> None:
        """Forget all notices up to a number."""
        self._index.rows("DELETE FROM notices WHERE number <= ?", number)
