"""Objects as plain files at <root>/<bucket>/<key>, with their facts in an index. Knows no HTTP.

The store notices a file that another program has changed or deleted at its next use (size and time
differ from the index) and registers it anew; a new file in a bucket's folder is unknown until
`adopt`. The files of odd keys, which no path can hold ("a//b", "..", "dir/", a name over 255 bytes,
a key that is another key's folder, or leads through a link out of the bucket), lie in the index's
folder, as those of older versions do. One process owns a store; the file system must tell upper
case from lower.
"""

import io
import logging
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from local_aws.errors import AwsError
from local_aws.state import paths
from local_aws.state.clock import Clock
from local_aws.state.disk import full_disk_named
from local_aws.state.objects import deletions, key_files, names, outside_changes
from local_aws.state.objects.buckets import Buckets
from local_aws.state.objects.index import Index
from local_aws.state.objects.info import ObjectInfo, pack
from local_aws.state.objects.intents import Intents
from local_aws.state.objects.objects_table import Objects
from local_aws.state.objects.temporary_files import Draft, blocks, draft, file_blocks
from local_aws.state.objects.versions import Change, no_version

log = logging.getLogger(__name__)
PAGE = 1000
NO_FILE = (FileNotFoundError, NotADirectoryError, IsADirectoryError)
Listener = Callable[[str, ObjectInfo, str], None]
Infos = list[ObjectInfo]  # named here: inside the class, `list` is the method


class ObjectStore:
    """Buckets and objects under `root`; the index, odd keys and drafts lie in `<root>-index`."""

    def __init__(self, root: Path, clock: Clock | None = None):
        self.root = Path(root).absolute()
        self.side = self.root.with_name(f"{self.root.name}-index")
        self._drafts = self.side / "drafts"
        for folder in (self.root, self._drafts):
            folder.mkdir(parents=True, exist_ok=True)
        self.index = Index(self.side / "index.sqlite", clock)
        self.objects = Objects(self.index, self.root, self.side)
        self.bucket_table = Buckets(self.index, self.root, self.side)
        self.intents = Intents(self.index, self._drafts, self.root)
        self.intents.undo()
        self.listeners: list[Listener] = []
        self.notified: Callable[[], None] | None = None
        """Called after a write that left a notice (notices.py)."""

    def create_bucket(self, bucket: str, region: str = "us-east-1") -> None:
        """Make a bucket. Raises: AwsError InvalidBucketName, BucketAlreadyOwnedByYou."""
        with full_disk_named():
            self.bucket_table.create(bucket, region)

    def delete_bucket(self, bucket: str) -> None:
        """Delete an empty bucket. Raises: AwsError NoSuchBucket, BucketNotEmpty."""
        self._adopt(bucket, "")  # files that are not registered must not vanish in silence
        with full_disk_named():
            self.bucket_table.delete(bucket)
        self.objects.versions.forget(bucket)

    def buckets(self) -> list[str]:
        """Return the bucket names, sorted."""
        return self.bucket_table.names()

    def has_bucket(self, bucket: str) -> bool:
        """Say whether the bucket exists."""
        return self.bucket_table.has(bucket)

    def put(
        self,
        bucket: str,
        key: str,
        data: bytes | BinaryIO | Path,
        *,
        content_type: str | None = None,
        metadata: dict[str, str] | None = None,
        reason: str = "PutObject",
    ) -> ObjectInfo:
        """Store an object: at once or, whatever fails, not at all."""
        self.bucket_table.check(bucket)
        facts = {"content_type": content_type, "metadata": metadata}
        if isinstance(data, Path):
            source = file_blocks([data])
        else:
            source = blocks(io.BytesIO(data) if isinstance(data, bytes) else data)
        with self.draft(source) as made:
            return self.commit(bucket, key, made, reason=reason, **facts)

    def draft(self, source: Iterable[bytes], checksums: Iterable[str] = (), md5=True) -> Draft:
        """Write blocks to a temporary file, for `commit`. Raises: AwsError on a full disk."""
        with full_disk_named():
            return draft(str(self._drafts), source, set(checksums), md5, self.index.clock.ahead)

    def commit(
        self,
        bucket: str,
        key: str,
        made: Draft,
        *,
        reason: str = "PutObject",
        etag: str | None = None,
        check: Callable[[ObjectInfo | None], None] | None = None,
        along: Callable[[], None] | None = None,
        request: str | None = None,
        **facts: object,
    ) -> ObjectInfo:
        """Move a draft to its key, tell the index, then the listeners.

        `facts` are ObjectInfo's content_type, metadata, checksums, parts, part_checksums, headers.
        `check` gets the present object, and may raise to refuse the write; `along` writes to
        the index in the same transaction. `request` is the id of the request to S3.
        """
        names.check_key(key)
        with full_disk_named(), self.index.lock:
            self.bucket_table.check(bucket)
            old = self.objects.get(bucket, key)
            if check:
                check(old)
            version, change = self.objects.versions.new_id(bucket), Change()
            self.objects.versions.supersede(change, old, bucket, key, version)
            path, location = key_files.home(str(self.root), str(self.side), bucket, key)
            text = pack(version=version, **facts)
            row = (bucket, key, made.size, etag or made.md5, made.mtime_ns, location, text)
            if old and str(old.path) != path and old.path not in change.moved:
                change.gone.append(old.path)
            with self.intents.change(change.gone, made, path, change.moved):
                change.apply()
                info = self.objects.put(*row, reason=reason, request=request)
                if along:
                    along()
        self._announce(info, reason)
        self._wake(bucket)
        return info

    def _wake(self, bucket: str) -> None:
        if self.notified and self.objects.notices.are_on(bucket):
            self.notified()

    def _announce(self, info: ObjectInfo, reason: str) -> None:
        for listener in self.listeners:
            try:
                listener(info.bucket, info, reason)
            except Exception:  # the object is stored: a listener's error must not fail the upload
                log.exception("a listener failed on s3://%s/%s", info.bucket, info.key)

    def info(self, bucket: str, key: str, version: str | None = None) -> ObjectInfo:
        """Return an object's facts.

        Raises:
            AwsError: NoSuchBucket, NoSuchKey, NoSuchVersion (404); MarkedDeleted.
        """
        return self._settled(bucket, key, os.stat, version)[0]

    def open(
        self, bucket: str, key: str, version: str | None = None
    ) -> tuple[ObjectInfo, BinaryIO]:
        """Return an object's facts and its open file, both of the same write; raises as `info`."""
        return self._settled(bucket, key, lambda path: open(path, "rb", buffering=0), version)

    def read(self, bucket: str, key: str) -> bytes:
        """Return an object's bytes."""
        with self.open(bucket, key)[1] as file:
            return file.read()

    def path(self, bucket: str, key: str) -> Path:
        """Return the path of an object's file; for a new key, make the folder too."""
        self.bucket_table.check(bucket)
        if known := self.objects.get(bucket, key):
            return known.path
        return Path(key_files.home(str(self.root), str(self.side), bucket, key)[0])

    def _settled(self, bucket: str, key: str, look: Callable, version: str | None = None) -> tuple:
        """Return the facts and the result of `look`, once file and index agree."""
        for _ in range(5):
            with self.index.lock:  # no other thread writes between the row and the file
                info = self.objects.get(bucket, key)
                if info is None or version not in (None, info.version_id):
                    self.bucket_table.check(bucket)
                    older = self.objects.versions.read(bucket, key, version)
                    try:
                        return older, look(older.path)
                    except NO_FILE as error:  # another program deleted it
                        raise no_version() from error
                seen = _seen(info, look)
            if seen is not None:
                return info, seen
            self._catch_up(info)
        raise AwsError(
            "OperationAborted",
            f"Another program keeps writing {info.path}: try again when it has ended.",
            409,
        )

    def _catch_up(self, info: ObjectInfo) -> None:
        """Update the row of an object whose file another program changed or removed."""
        location = None
        if info.path.is_relative_to(self.side):
            location = str(info.path.relative_to(self.side))
        where = (info.bucket, info.key, str(info.path), location)
        try:
            outside_changes.register(self.index, self.objects, *where)
        except NO_FILE:
            outside_changes.forget(self.index, self.objects, info)
        self._wake(info.bucket)

    def list(self, bucket: str, prefix: str = "", start_after: str = "") -> Iterator[ObjectInfo]:
        """Yield objects by key in UTF-8 order; writes made meanwhile may or may not appear."""
        self.bucket_table.check(bucket)
        low = max(prefix, f"{start_after}\0") if start_after else prefix
        while page := self.objects.page(bucket, low, names.after(prefix), PAGE):
            yield from page
            low = f"{page[-1].key}\0"

    def delete(
        self,
        bucket: str,
        *keys: str,
        request: str | None = None,
        check: Callable[[ObjectInfo | None], None] | None = None,
    ) -> dict[str, str]:
        """Delete objects, all or none; a missing object is no error, as in S3; `check` as above.

        Returns:
            In a bucket with versions the id of each key's delete marker.
        """
        change, markers = Change(), {}
        with full_disk_named(), self.index.lock:
            self.bucket_table.check(bucket)
            for key in set(keys):
                if check:
                    check(self.objects.get(bucket, key))
                if marker := deletions.of_key(self.objects, change, bucket, key, request):
                    markers[key] = marker
            with self.intents.change(change.gone, moved=change.moved):
                change.apply()
        self._wake(bucket)
        return markers

    def delete_version(
        self, bucket: str, key: str, version: str, request: str | None = None
    ) -> ObjectInfo | None:
        """Delete one version for good; return it, if there was one."""
        change = Change()
        with full_disk_named(), self.index.lock:
            self.bucket_table.check(bucket)
            one = (bucket, key, version)
            info = deletions.of_version(self.objects, change, one, request, self.side)
            with self.intents.change(change.gone, moved=change.moved):
                change.apply()
        self._wake(bucket)
        return info

    def adopt(self, bucket: str, prefix: str = "") -> Infos:
        """Register files that were written into the folder directly; forget keys without a file.

        Returns:
            The new and the changed objects under the prefix; the listeners were called for each.
        """
        adopted = self._adopt(bucket, prefix)
        for info in adopted:
            self._announce(info, "PutObject")
        return adopted

    def _adopt(self, bucket: str, prefix: str) -> Infos:
        for info in self.list(bucket, prefix):
            if not info.path.is_file():
                outside_changes.forget(self.index, self.objects, info)
        files = outside_changes.files(str(paths.child(self.root, bucket)), prefix)
        with full_disk_named():
            made = [
                outside_changes.register(self.index, self.objects, bucket, *file) for file in files
            ]
        self._wake(bucket)
        return [info for info in made if info]

    def close(self) -> None:
        """Close the index; all is on disk already."""
        self.index.close()


def _seen(info: ObjectInfo, look: Callable) -> os.stat_result | BinaryIO | None:
    """Return the result of `look` for an object's file; None if the file is gone or has changed."""
    try:
        seen = look(info.path)
    except NO_FILE:
        return None
    stat = seen if isinstance(seen, os.stat_result) else os.fstat(seen.fileno())
    if outside_changes.same(info, stat):
        return seen
    if seen is not stat:
        seen.close()
    return None
