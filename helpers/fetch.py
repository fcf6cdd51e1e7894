"""Fetch the real data sets from where they are published; it knows their addresses, no settings.

Bins: aft-vbi-pds, a public bucket, by a list of ids. Birds: a BirdCLEF competition's archive from
Kaggle. Both go on where they were cut off. Clients come in: an unsigned S3 client with at least
as many pooled connections as threads, a `requests.Session` that holds Kaggle's credentials.
"""

import json
import re
import time
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import requests
from botocore.exceptions import ClientError
from tqdm import tqdm

from helpers.datasets.base import Drop
from helpers.s3 import THREADS, join_uri, open_object, run_parallel
from helpers.storage import Folder

BINS = "s3://aft-vbi-pds"
BIRDS = "birdclef-2025"
KAGGLE = "https://www.kaggle.com"
BIRD_FILES = ("train_metadata.csv", "taxonomy.csv", "train_audio/")
"""What the course reads of a BirdCLEF archive; test soundscapes and examples stay behind."""
TRIES = 4
HOPELESS = 100
"""Failures without one success after which the rest is not tried."""
_PIECE = 1 << 20
_STEP = 1 << 14
"""Bytes of a download written at once: what a break loses at most."""
_BREAKS = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,  # so is a body that ends early called
)


@dataclass(frozen=True)
class Fetched:
    """What a fetch brought."""

    new: int
    kept: int
    """Objects that were there already."""
    size: int
    """Bytes brought."""
    seconds: float
    failures: tuple[Drop, ...] = ()

    def __repr__(self) -> str:
        rate = self.size / 1e6 / max(self.seconds, 1e-9)
        return (
            f"<Fetched: {self.new:,} new ({self.size / 1e6:,.0f} MB, {self.seconds:.0f} s, "
            f"{rate:.0f} MB/s), {self.kept:,} kept, {len(self.failures):,} failed>"
        )


def listed_ids(data: bytes) -> list[str]:
    """Return the bin ids of a file list: JSON, `{"<count>": ["…/metadata/<id>.json", …], …}`.

    Raises:
        ValueError: the bytes are no such list.
    """
    lists = json.loads(data)
    if not isinstance(lists, dict) or not all(isinstance(paths, list) for paths in lists.values()):
        raise ValueError('Not a file list: {"<count>": ["…/metadata/<id>.json", …], …} is needed')
    return sorted({PurePosixPath(path).stem for paths in lists.values() for path in paths})


def fetch_bins(
    client: Any, ids: Iterable[str], target: Folder, *, source: str = BINS, threads: int = THREADS
) -> Fetched:
    """Copy the photos and metadata of bins into `target`; what is there already is kept.

    An object that can't be had is listed in the result's failures; run it again to try those.

    Raises:
        ConnectionError: nothing at all could be had.
    """
    ids = list(ids)
    wanted = [f"bin-images/{i}.jpg" for i in ids] + [f"metadata/{i}.json" for i in ids]
    there = {entry.key for entry in target.list(etags=False)}
    missing = sorted(set(wanted) - there)
    started, sizes, failures = time.monotonic(), [], []

    def copy(key: str) -> None:
        try:
            data = _read(client, join_uri(source, key))
        except (OSError, ClientError) as error:
            failures.append(Drop(key, str(error)))
            if not sizes and len(failures) >= HOPELESS:
                raise ConnectionError(f"Nothing of {source} could be fetched: {error}") from error
            return
        target.write(key, data)
        sizes.append(len(data))

    run_parallel(copy, missing, threads=threads, title=f"from {source}", total=len(missing))
    failed = tuple(sorted(failures, key=lambda drop: drop.source))
    kept = len(set(wanted) & there)
    return Fetched(len(sizes), kept, sum(sizes), time.monotonic() - started, failed)


def fetch_birds(
    http: requests.Session, folder: Path, *, competition: str = BIRDS, url: str = KAGGLE
) -> Fetched:
    """Download a BirdCLEF competition's archive and unpack what the course reads into `folder`.

    Kaggle gives it only to those who have accepted the competition's rules on its page.

    Raises:
        PermissionError: Kaggle refuses the credentials, or the rules are not accepted yet.
        ConnectionError: the download broke again and again; what came is kept for the next run.
        ValueError: the archive is damaged, or holds no recordings.
    """
    folder.mkdir(parents=True, exist_ok=True)
    archive, started = folder / f"{competition}.zip", time.monotonic()
    if not archive.exists():
        address = f"{url}/api/v1/competitions/data/download-all/{competition}"
        download(http, address, archive, help_at=f"{url}/competitions/{competition}/rules")
    try:
        new, kept = _unpack(archive, folder)
    except zipfile.BadZipFile as error:
        archive.unlink()
        raise ValueError(f"{archive.name} is damaged ({error}): run it again") from error
    size = archive.stat().st_size if new else 0
    return Fetched(new, kept, size, time.monotonic() - started)


def download(http: requests.Session, address: str, path: Path, *, help_at: str = "") -> None:
    """Download one large file; a part that lies there from before is continued, not repeated.

    Raises:
        PermissionError: the server refuses the credentials.
        ConnectionError: it broke `TRIES` times without a byte.
    """
    part = path.with_name(f"{path.name}.part")
    tries = 0
    while tries < TRIES:
        before = part.stat().st_size if part.exists() else 0
        try:
            if _continue(http, address, part, help_at):
                part.replace(path)
                return
            broken = "the connection broke"
        except _BREAKS as error:
            broken = str(error)
        grown = part.exists() and part.stat().st_size > before
        tries = 1 if grown else tries + 1
        time.sleep(0.2 * 2**tries)
    raise ConnectionError(f"{address}: {broken}; {before:,} bytes are kept: run it again")


def _continue(http: requests.Session, address: str, part: Path, help_at: str) -> bool:
    """Append what is missing to `part`; return whether it is whole."""
    start = part.stat().st_size if part.exists() else 0
    headers = {"Range": f"bytes={start}-"} if start else {}
    with http.get(address, headers=headers, stream=True, timeout=(10, 60)) as answer:
        if answer.status_code in (401, 403):
            raise PermissionError(
                f"{address} answers {answer.status_code}: check the user name and key, and accept "
                f"the rules at {help_at}"
            )
        if answer.status_code == 416:  # no byte is left, or the file is another one by now
            total = _total(answer)
            if start != total:
                part.unlink()
            return start == total
        if answer.status_code >= 500 or answer.status_code == 429:
            return False
        answer.raise_for_status()
        resumed = answer.status_code == 206
        total = _total(answer) if resumed else int(answer.headers.get("Content-Length", 0))
        _save(answer, part, start if resumed else 0, total)
        return not total or part.stat().st_size == total


def _save(answer: requests.Response, part: Path, start: int, total: int) -> None:
    """Write a body behind the first `start` bytes of a file, with a progress bar."""
    with (
        open(part, "ab" if start else "wb") as file,
        tqdm(total=total, initial=start, unit="B", unit_scale=True, desc=part.stem) as bar,
    ):
        for piece in answer.iter_content(_STEP):
            file.write(piece)
            bar.update(len(piece))


def _total(answer: requests.Response) -> int:
    """Return a whole file's size from `Content-Range: bytes 5-9/10`, or -1."""
    match = re.search(r"/(\d+)$", answer.headers.get("Content-Range", ""))
    return int(match[1]) if match else -1


def _unpack(archive: Path, folder: Path) -> tuple[int, int]:
    """Unpack what the course reads; return how many files are new and how many were there."""
    new = kept = 0
    with zipfile.ZipFile(archive) as packed:
        members = [m for m in packed.infolist() if _is_wanted(m)]
        if not any(m.filename.startswith("train_audio/") for m in members):
            raise ValueError(f"{archive.name} holds no train_audio/: is it a BirdCLEF archive?")
        for member in tqdm(members, desc=f"Unpacking {archive.name}", unit="file"):
            path = folder / member.filename
            if path.exists() and path.stat().st_size == member.file_size:
                kept += 1
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f"{path.name}.part")
            part.write_bytes(packed.read(member))
            part.replace(path)
            new += 1
    return new, kept


def _is_wanted(member: zipfile.ZipInfo) -> bool:
    """Return whether a member is a file that the course reads, at a path inside the folder."""
    safe = ".." not in PurePosixPath(member.filename).parts
    return safe and not member.is_dir() and member.filename.startswith(BIRD_FILES)


def _read(client: Any, uri: str, sleep: Callable[[float], None] = time.sleep) -> bytes:
    """Return a small object's bytes; what may pass is tried again.

    Raises:
        FileNotFoundError: there is no such object.
        ConnectionError: it broke `TRIES` times.
    """
    for attempt in range(TRIES):
        try:
            body = open_object(client, uri)
            try:
                return b"".join(iter(lambda: body.read(_PIECE), b""))  # noqa: B023
            finally:
                body.close()
        except ConnectionError:
            if attempt == TRIES - 1:
                raise
            sleep(0.2 * 2**attempt)
    raise AssertionError("unreachable")
