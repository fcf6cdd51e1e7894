"""The buckets: names, regions, creation times. Knows the index and the folders, no objects."""

import shutil
from pathlib import Path

from local_aws.errors import AwsError
from local_aws.state import paths
from local_aws.state.objects import key_files, names
from local_aws.state.objects.index import Index


class Buckets:
    """All buckets, also held in memory: every request asks whether its bucket exists."""

    def __init__(self, index: Index, root: Path, side: Path):
        self._index, self._root, self._side = index, root, side
        self._all: dict[str, tuple[int, str]] = {
            name: (created, region)
            for name, created, region in index.rows("SELECT name, created, region FROM buckets")
        }
        for folder in (*root.glob("*/"), *side.glob("odd/*/")):
            if folder.name not in self._all:  # its bucket's making or end was interrupted
                key_files.remove_empty(folder)

    def create(self, bucket: str, region: str) -> None:
        """Make a bucket and its folder."""
        names.check_bucket_name(bucket)
        with self._index.transaction():
            if bucket in self._all:
                message = "Your previous request to create the named bucket succeeded."
                raise AwsError("BucketAlreadyOwnedByYou", message, 409)
            paths.child(self._root, bucket).mkdir(exist_ok=True)
            created = int(self._index.seconds())
            self._index.rows("INSERT INTO buckets VALUES (?, ?, ?)", bucket, created, region)
        self._all[bucket] = (created, region)

    def delete(self, bucket: str) -> None:
        """Delete a bucket without objects, and the uploads that were never completed."""
        with self._index.lock:  # no request makes the bucket again before its folder is gone
            with self._index.transaction():
                self.check(bucket)
                for table in ("objects", "versions"):
                    if self._index.row(f"SELECT 1 FROM {table} WHERE bucket = ? LIMIT 1", bucket):
                        message = f"The bucket you tried to delete is not empty: {bucket}"
                        if table == "versions":
                            message += ". You must delete all versions in the bucket."
                        raise AwsError("BucketNotEmpty", message, 409)
                uploads = self._index.rows("SELECT id FROM uploads WHERE bucket = ?", bucket)
                for (upload,) in uploads:
                    self._index.rows("DELETE FROM parts WHERE upload = ?", upload)
                self._index.rows("DELETE FROM uploads WHERE bucket = ?", bucket)
                for table in ("notifying", "versioning"):
                    self._index.rows(f"DELETE FROM {table} WHERE bucket = ?", bucket)
                self._index.rows("DELETE FROM buckets WHERE name = ?", bucket)
            # Only after the commit, which a full disk may refuse.
            self._all.pop(bucket, None)
            for (upload,) in uploads:
                shutil.rmtree(paths.child(self._side / "uploads", upload), ignore_errors=True)
            shutil.rmtree(paths.child(self._root, bucket), ignore_errors=True)

    def names(self) -> list[str]:
        """Return the bucket names, sorted."""
        return sorted(self._all)

    def has(self, bucket: str) -> bool:
        """Say whether the bucket exists."""
        return bucket in self._all

    def check(self, bucket: str) -> None:
        """Raise AwsError NoSuchBucket unless it exists."""
        if bucket not in self._all:
            raise AwsError("NoSuchBucket", f"The specified bucket does not exist: {bucket}", 404)

    def facts(self, bucket: str) -> tuple[int, str]:
        """Return a bucket's creation time (seconds since 1970) and region."""
        self.check(bucket)
        return self._all[bucket]
