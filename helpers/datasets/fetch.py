"""Fetch the real data sets from where they are published; it knows their addresses, no settings.

Here: python -m helpers.datasets.fetch birds --to birdclef
      python -m helpers.datasets.fetch bins --to bins --list file_list.json
Then: COURSE_RAW=birdclef, and the course runs on it.

Bins: aft-vbi-pds, a public bucket, by a list of ids. Birds: a BirdCLEF competition's archive from
Kaggle. Both go on where they were cut off. Only a person starts this, in a terminal: nothing that
runs on the local AWS reaches the outside.
"""

import argparse
import json
import time
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

import requests
from botocore.exceptions import ClientError
from tqdm import tqdm

from helpers.datasets.base import Drop
from helpers.datasets.download import TRIES, download
from helpers.paths import all_below, below, partial
from helpers.s3 import THREADS, join_uri, list_objects, open_object, run_parallel
from helpers.storage import Folder, LocalFolder

BINS = "s3://aft-vbi-pds"
BIRDS = "birdclef-2025"
KAGGLE = "https://www.kaggle.com"
BIRD_FILES = ("train_metadata.csv", "taxonomy.csv", "train_audio/")
"""What the course reads of a BirdCLEF archive; test soundscapes and examples stay behind."""
HOPELESS = 100
"""Failures without one success after which the rest is not tried."""
_PIECE = 1 << 20


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


def first_ids(client: Any, count: int, source: str = BINS) -> list[str]:
    """Return the ids of the first bins of the public bucket, as S3 lists them."""
    entries = islice(list_objects(client, join_uri(source, "metadata")), count)
    return sorted(PurePosixPath(entry.key).stem for entry in entries)


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
        ValueError: the archive is damaged, holds no recordings, or a file whose place is elsewhere.
    """
    folder.mkdir(parents=True, exist_ok=True)
    archive, started = below(folder, f"{competition}.zip"), time.monotonic()
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


def _unpack(archive: Path, folder: Path) -> tuple[int, int]:
    """Unpack what the course reads; return how many files are new and how many were there."""
    new = kept = 0
    with zipfile.ZipFile(archive) as packed:
        members = [m for m in packed.infolist() if _is_wanted(m)]
        if not any(m.filename.startswith("train_audio/") for m in members):
            raise ValueError(f"{archive.name} holds no train_audio/: is it a BirdCLEF archive?")
        files = all_below(folder, (member.filename for member in members))
        for member in tqdm(members, desc=f"Unpacking {archive.name}", unit="file"):
            path = files[member.filename]
            if path.exists() and path.stat().st_size == member.file_size:
                kept += 1
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            part = partial(path)
            part.write_bytes(packed.read(member))
            part.replace(path)
            new += 1
    return new, kept


def _is_wanted(member: zipfile.ZipInfo) -> bool:
    """Return whether a member is a file that the course reads."""
    return not member.is_dir() and member.filename.startswith(BIRD_FILES)


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


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("dataset", choices=("birds", "bins"))
    add("--to", type=Path, required=True, help="folder that gets the files; use it as COURSE_RAW")
    add("--list", type=Path, help="bins: JSON file list, {count: [metadata paths]}")
    add("--first", type=int, default=1000, help="bins without a list: how many (default 1000)")
    add("--threads", type=int, default=32, help="bins: parallel requests (default 32)")
    add("--competition", default=BIRDS, help=f"birds: which of Kaggle's (default {BIRDS})")
    add("--url", help="another address than the publisher's: a mirror")
    return parser.parse_args(argv)


def main(args: argparse.Namespace) -> Fetched:
    """Fetch one data set and say what to do with it."""
    from helpers import session

    if args.dataset == "birds":
        http = session.kaggle_session()
        result = fetch_birds(http, args.to, competition=args.competition, url=args.url or KAGGLE)
    else:
        client = session.public_s3_client(args.url, connections=args.threads)
        ids = listed_ids(args.list.read_bytes()) if args.list else first_ids(client, args.first)
        result = fetch_bins(client, ids, LocalFolder(args.to), threads=args.threads)
    for drop in result.failures:
        print(drop.source, "-", drop.reason)
    print(result)
    print(f"Run the course on it with COURSE_DATASET={args.dataset} COURSE_RAW={args.to}")
    return result


if __name__ == "__main__":
    try:
        done = main(parse_args())
    except (OSError, ValueError, LookupError) as error:  # these say what to do about them
        raise SystemExit(f"{type(error).__name__}: {error}") from error
    raise SystemExit(1 if done.failures else 0)
