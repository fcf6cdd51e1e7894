"""Uploads raw data to its own S3 prefix, and records its contents; knows no data set.

Each source (the sample, a folder, an `s3://` prefix) has its own prefix: `Config.folder`. So
two data sets never mix, no upload is deleted for another, and an interrupted upload continues.
Within one prefix, objects that the folder lacks would mix with it: then nothing is changed until
the user decides to keep or to delete them.

The record is stored beside the prefix, not in it, where a table or a listing would read it as data.
"""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from boto3.s3.transfer import TransferConfig

from helpers.config import Config
from helpers.parallel import run_parallel
from helpers.paths import below
from helpers.s3 import THREADS, S3Prefix
from helpers.session import client
from helpers.storage import Entry, LocalFolder, fingerprint

OTHERS = ("refuse", "keep", "delete")


class OtherObjects(ValueError):
    """The prefix holds objects that the folder lacks; the message lists the choices."""


@dataclass(frozen=True)
class RawRecord:
    """The contents of a raw prefix after the last upload."""

    source: str
    """`Config.source`."""
    objects: int
    bytes: int
    fingerprint: str
    """Hash of keys, sizes and etags; empty during an upload and after an interrupted one."""

    def __repr__(self) -> str:
        state = "" if self.fingerprint else ", upload not finished"
        return (
            f"<Raw data {self.source}: {self.objects:,} objects, {self.bytes / 1e6:.1f} MB{state}>"
        )


@dataclass(frozen=True)
class Upload:
    """The result of one upload."""

    sent: int
    kept: int
    """Objects that S3 had already, with the same bytes."""
    deleted: int
    seconds: float
    record: RawRecord

    def __repr__(self) -> str:
        rate = f"{self.sent / max(self.seconds, 1e-9):,.0f} a second"
        deleted = f", {self.deleted:,} deleted" if self.deleted else ""
        return (
            f"<Upload: {self.sent:,} objects sent in {self.seconds:.1f} s ({rate}), "
            f"{self.kept:,} were there already{deleted}>"
        )


def upload_raw(
    config: Config, folder: Path, *, others: str = "refuse", threads: int = THREADS
) -> Upload:
    """Upload a folder's files to this source's raw prefix; run again, it sends only new files.

    Args:
        others: treatment of objects that the folder lacks: `refuse` to continue, `keep` them in
            S3, where they give samples if the metadata still lists them (metadata in one table
            is the folder's), or `delete` them.

    Raises:
        OtherObjects: there are such objects, and `others` is `refuse`; nothing was changed.
    """
    if others not in OTHERS:
        raise ValueError(f"others={others!r}: it is one of {', '.join(OTHERS)}")
    began, prefix = time.monotonic(), S3Prefix(client(config, "s3"), config.uri("raw"))
    files = {entry.key: entry for entry in LocalFolder(folder).list(etags=False)}
    there = {entry.key: entry for entry in prefix.list()}
    strange = sorted(there.keys() - files.keys())
    if strange and others == "refuse":
        raise OtherObjects(_what_to_do(prefix, strange))
    _record(config, list(there.values()), finished=False)
    gone = strange if others == "delete" else []
    _each(prefix.delete, gone, threads, f"deleting in {prefix}")
    new = [key for key in files if not _is_there(below(folder, key), files[key], there.get(key))]
    _each(lambda key: prefix.upload(below(folder, key), key), new, threads, f"to {prefix}")
    record = _record(config, list(prefix.list()), finished=True)
    kept = len(files) - len(new)
    return Upload(len(new), kept, len(gone), time.monotonic() - began, record)


def load_record(config: Config) -> RawRecord | None:
    """Return the record of this source's raw prefix, None where nothing was uploaded."""
    try:
        return _read_record(config, f"{config.folder}.json")
    except FileNotFoundError:
        return None


def all_records(config: Config) -> list[tuple[str, RawRecord]]:
    """Return (folder, record) of every source that was uploaded, of any data set."""
    keys = [entry.key for entry in _records(config).list()]
    return [(key.removesuffix(".json"), _read_record(config, key)) for key in keys]


def check_raw(config: Config) -> RawRecord:
    """Return the record of raw data that was uploaded completely.

    Raises:
        LookupError: nothing was uploaded, or not completely; the message names the notebook.
    """
    record, prefix = load_record(config), config.uri("raw")
    if record is None:
        raise LookupError(f"No raw data was brought to {prefix}: run notebooks/01 first")
    if not record.fingerprint:
        raise LookupError(f"The upload to {prefix} was not finished: run notebooks/01, it goes on")
    return record


def _record(config: Config, objects: list[Entry], *, finished: bool) -> RawRecord:
    """Write the prefix's record: as unfinished before anything changes, as finished after."""
    size = sum(entry.size for entry in objects)
    mark = fingerprint(objects) if finished else ""
    record = RawRecord(config.source, len(objects), size, mark)
    text = json.dumps(asdict(record), indent=1)
    _records(config).write(f"{config.folder}.json", text.encode())
    return record


def _records(config: Config) -> S3Prefix:
    return S3Prefix(client(config, "s3"), f"s3://{config.bucket}/{config.home}sources")


def _read_record(config: Config, key: str) -> RawRecord:
    """Return a record.

    Raises:
        FileNotFoundError: there is no record.
        ValueError: the record is damaged, or from another version of the course.
    """
    prefix = _records(config)
    try:
        return RawRecord(**json.loads(prefix.read(key)))
    except (ValueError, TypeError) as error:
        raise ValueError(
            f"{prefix}/{key} can't be read ({error}): delete it and run notebooks/01, which writes "
            "it anew"
        ) from error


def _is_there(path: Path, file: Entry, uploaded: Entry | None) -> bool:
    """Return whether an object has this file's bytes, by its etag.

    With a KMS key the etag is no digest of the bytes: such a file is sent again.
    """
    if uploaded is None or uploaded.size != file.size:
        return False
    return _etag(path, parts="-" in uploaded.etag) == uploaded.etag


def _etag(path: Path, *, parts: bool) -> str:
    """Return the etag of a file that was uploaded in one request, or in parts as boto3 cuts them.

    It is the MD5 of the bytes, or of all parts' MD5s, and their number:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
    """
    with open(path, "rb") as opened:
        if not parts:
            return hashlib.file_digest(opened, "md5").hexdigest()
        read = partial(opened.read, TransferConfig().multipart_chunksize)
        digests = [hashlib.md5(data).digest() for data in iter(read, b"")]
    return f"{hashlib.md5(b''.join(digests)).hexdigest()}-{len(digests)}"


def _each(work: Callable[[str], None], keys: list[str], threads: int, title: str) -> None:
    run_parallel(work, keys, threads=threads, title=title, total=len(keys))


def _what_to_do(prefix: S3Prefix, keys: list[str]) -> str:
    some = ", ".join(keys[:3]) + (", …" if len(keys) > 3 else "")
    return (
        f"{prefix} holds {len(keys):,} objects that are not in the folder to upload ({some}). "
        "Nothing was changed. If they were taken out of the data set, or have other names in the "
        "folder now, say upload_raw(config, folder, others='delete') and they are deleted from S3. "
        "If they belong to it, put them back into the folder; others='keep' leaves them in S3, "
        "where 02 counts them, and 04 uses those alone that the metadata still names"
    )
