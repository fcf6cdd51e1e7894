"""Multipart uploads in progress: parts as files, facts as rows. Knows no HTTP.

They lie under <root>-index/uploads/<upload>/ and survive a restart. The object's ETag is the MD5 of
the parts' MD5s and "-<parts>"; its checksum is over the parts' (COMPOSITE) or over the whole.
"""

import hashlib
import json
import os
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path

from local_aws.errors import AwsError
from local_aws.state import paths
from local_aws.state.disk import full_disk_named
from local_aws.state.objects import checksums, names, temporary_files
from local_aws.state.objects.info import ObjectInfo
from local_aws.state.objects.store import ObjectStore

SMALLEST_PART = 5 << 20  # bytes, of all but the last
MOST_PARTS = 10_000


@dataclass(frozen=True)
class Upload:
    """An upload that was begun; `facts` describe the object-to-be, checksums by one algorithm."""

    id: str
    bucket: str
    key: str
    initiated: int  # seconds since 1970
    facts: dict
    algorithm: str
    checksum_type: str


@dataclass(frozen=True)
class Part:
    """One stored part."""

    number: int
    size: int
    etag: str
    modified: int  # seconds since 1970
    path: str
    checksums: dict[str, str]


class Uploads:
    """All uploads in progress of a store."""

    def __init__(self, store: ObjectStore):
        self.store, self.draft = store, store.draft
        self._index = store.index
        self._folder = store.side / "uploads"
        self._folder.mkdir(exist_ok=True)
        self._sweep()

    def _sweep(self) -> None:
        """Delete the parts and folders that no row names: a killed process left them."""
        names = {name for (name,) in self._index.rows("SELECT file FROM parts")}
        known = {id for (id,) in self._index.rows("SELECT id FROM uploads")}
        for folder in self._folder.iterdir():
            if folder.name not in known:
                shutil.rmtree(folder)
                continue
            for part in folder.iterdir():
                if f"{folder.name}/{part.name}" not in names:
                    part.unlink()

    def create(self, bucket: str, key: str, facts: dict, algorithm: str, kind: str) -> Upload:
        """Begin an upload."""
        self.store.bucket_table.check(bucket)
        names.check_key(key)
        begun = int(self._index.seconds())
        upload = Upload(uuid.uuid4().hex, bucket, key, begun, facts, algorithm, kind)
        text = json.dumps([facts, algorithm, kind])
        with full_disk_named():
            folder = paths.child(self._folder, upload.id)
            folder.mkdir()
            try:
                row = (upload.id, bucket, key, upload.initiated, text)
                self._index.rows("INSERT INTO uploads VALUES (?, ?, ?, ?, ?)", *row)
            except BaseException:
                folder.rmdir()
                raise
        return upload

    def get(self, bucket: str, key: str, upload_id: str) -> Upload:
        """Return an upload. Raises: AwsError NoSuchUpload."""
        self.store.bucket_table.check(bucket)
        row = self._index.row("SELECT * FROM uploads WHERE id = ?", upload_id)
        if row is None or row[1:3] != (bucket, key):
            message = (
                "The specified upload does not exist. The upload ID may be invalid, or the upload "
                "may have been aborted or completed."
            )
            raise AwsError("NoSuchUpload", message, 404)
        return Upload(*row[:4], *json.loads(row[4]))

    def put_part(
        self, upload: Upload, number: int, made: temporary_files.Draft, sums: dict
    ) -> Part:
        """Keep a draft as a part; it replaces an earlier one of its number."""
        name = f"{upload.id}/{number}-{uuid.uuid4().hex}"
        path = str(paths.below(self._folder, name))
        part = Part(number, made.size, made.md5, int(self._index.seconds()), path, sums)
        row = (upload.id, number, part.size, part.etag, part.modified, name, json.dumps(sums))
        try:
            with full_disk_named(), self._index.transaction():
                self.get(upload.bucket, upload.key, upload.id)
                find = "SELECT file FROM parts WHERE upload = ? AND number = ?"
                old = self._index.row(find, upload.id, number)
                os.replace(made.path, path)
                self._index.rows("INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?, ?, ?, ?)", *row)
        except BaseException:
            Path(path).unlink(missing_ok=True)
            raise
        if old:
            paths.below(self._folder, old[0]).unlink()
        return part

    def parts(self, upload: Upload) -> list[Part]:
        """Return the stored parts by number."""
        columns = "number, size, etag, modified, file, checksums"
        sql = f"SELECT {columns} FROM parts WHERE upload = ? ORDER BY number"
        rows = self._index.rows(sql, upload.id)
        return [
            Part(*row[:4], str(paths.below(self._folder, row[4])), json.loads(row[5]))
            for row in rows
        ]

    def page(self, bucket: str, prefix: str, after: tuple[str, str], most: int) -> list[Upload]:
        """Return uploads of a bucket after `after`, sorted by (key, id)."""
        self.store.bucket_table.check(bucket)
        sql = "SELECT * FROM uploads WHERE bucket = ? AND key >= ? AND (key, id) > (?, ?)"
        rows = self._index.rows(f"{sql} ORDER BY key, id", bucket, prefix, *after)
        fitting = [row for row in rows if row[2].startswith(prefix)][:most]
        return [Upload(*row[:4], *json.loads(row[4])) for row in fitting]

    def abort(self, upload: Upload) -> None:
        """Drop an upload and its parts."""
        with full_disk_named(), self._index.transaction():
            self._forget(upload)
        shutil.rmtree(paths.child(self._folder, upload.id), ignore_errors=True)

    def _forget(self, upload: Upload) -> None:
        self._index.rows("DELETE FROM uploads WHERE id = ?", upload.id)
        self._index.rows("DELETE FROM parts WHERE upload = ?", upload.id)

    def complete(
        self, upload: Upload, parts: list[Part], expected: str, check, request: str | None = None
    ) -> ObjectInfo:
        """Join the parts to the object. Raises: AwsError BadDigest for another checksum."""
        md5s = b"".join(bytes.fromhex(part.etag) for part in parts)
        etag = f"{hashlib.md5(md5s, usedforsecurity=False).hexdigest()}-{len(parts)}"
        whole = {upload.algorithm} if upload.checksum_type == "FULL_OBJECT" else set()
        try:
            source = temporary_files.file_blocks(part.path for part in parts)
            made = self.store.draft(source, whole, md5=False)
        except FileNotFoundError as error:  # aborted meanwhile, or a part was replaced
            raise AwsError(
                "InvalidPart", "A part changed while the upload was completed."
            ) from error
        with made:
            sums = self._checksums(upload, parts, made.checksums, expected)
            own = [part.checksums.get(upload.algorithm, "") for part in parts]
            facts = upload.facts | {"checksums": sums, "parts": [part.size for part in parts]}
            facts["upload"] = upload.id
            facts["part_checksums"] = own if all(own) else []
            reason = "CompleteMultipartUpload"
            calls = {"check": check, "along": lambda: self._forget(upload)}
            calls |= {"request": request}
            info = self.store.commit(
                *(upload.bucket, upload.key, made), reason=reason, etag=etag, **calls, **facts
            )
        shutil.rmtree(paths.child(self._folder, upload.id), ignore_errors=True)
        return info

    def completed(self, bucket: str, key: str, upload_id: str) -> ObjectInfo | None:
        """Return the object that an upload has become, as long as it is the current one."""
        info = self.store.objects.get(bucket, key)
        return info if info and json.loads(info.facts).get("upload") == upload_id else None

    def _checksums(self, upload: Upload, parts: list[Part], computed: dict, expected: str) -> dict:
        name = upload.algorithm
        values = [part.checksums.get(name, "") for part in parts]
        if name and upload.checksum_type == "COMPOSITE" and all(values):
            computed = {name: checksums.composite(name, values)}
        if expected and name:
            checksums.verify({name: expected}, computed)
            return {name: expected}
        return computed
