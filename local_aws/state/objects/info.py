"""The facts of an object, and their form in a row of the index. Knows no files and no HTTP."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

NULL = "null"
"""The id of the version that was written without versions."""
DEFAULT_CONTENT_TYPE = "binary/octet-stream"  # S3's type for an upload without one
COLUMNS = "bucket, key, size, etag, mtime_ns, location, facts"


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """One object: size in bytes, ETag without quotes, times in UTC, where its plain file lies."""

    bucket: str
    key: str
    size: int
    etag: str
    last_modified: datetime
    content_type: str
    metadata: dict[str, str]
    checksums: dict[str, str]  # {"CRC32": base64}; a composite one ends in "-<parts>"
    path: Path
    parts: tuple[int, ...] = ()  # part sizes in bytes of a multipart upload, else empty
    part_checksums: tuple[str, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)  # Cache-Control, x-amz-storage-class, …
    mtime_ns: int = 0
    """Of the file when it was registered: a later one means that another program has written."""
    version: str = ""  # the id; empty for the null version
    marker: bool = False  # a delete marker, which has no file
    facts: str = "{}"  # all that is not a column, as in the row

    @property
    def version_id(self) -> str:
        """Return the version's id as S3 names it."""
        return self.version or NULL

    @property
    def storage_class(self) -> str:
        """Return the storage class, STANDARD unless the upload named another."""
        return self.headers.get("x-amz-storage-class", "STANDARD")

    @property
    def checksum_type(self) -> str:
        """Return COMPOSITE for a checksum over part checksums, else FULL_OBJECT."""
        composite = any("-" in value for value in self.checksums.values())
        return "COMPOSITE" if composite else "FULL_OBJECT"


def pack(**facts: Any) -> str:
    """Return the index's JSON for all facts that are not empty."""
    return json.dumps({name: value for name, value in facts.items() if value})


def from_row(row: tuple, root: str, side: str) -> ObjectInfo:
    """Return the ObjectInfo of an index row (COLUMNS).

    Args:
        root: the folder of the bucket folders.
        side: the folder of the files of odd keys.
    """
    bucket, key, size, etag, mtime_ns, location, facts = row
    more = json.loads(facts)
    return ObjectInfo(
        bucket=bucket,
        key=key,
        size=size,
        etag=etag,
        last_modified=datetime.fromtimestamp(mtime_ns // 1_000_000_000, UTC),
        content_type=more.get("content_type", DEFAULT_CONTENT_TYPE),
        metadata=more.get("metadata", {}),
        checksums=more.get("checksums", {}),
        path=Path(f"{side}/{location}" if location else f"{root}/{bucket}/{key}"),
        parts=tuple(more.get("parts", ())),
        part_checksums=tuple(more.get("part_checksums", ())),
        headers=more.get("headers", {}),
        mtime_ns=mtime_ns,
        version=more.get("version", ""),
        marker=more.get("marker", False),
        facts=facts,
    )
