"""Fetches photos and metadata of aft-vbi-pds by a list of ids; makes no client."""

import json
import time
from collections.abc import Iterable
from itertools import islice
from pathlib import PurePosixPath

from helpers.datasets.fetching import Fetched, Internet
from helpers.parallel import run_parallel
from helpers.samples import Remark
from helpers.storage import Folder

BUCKET = "s3://aft-vbi-pds"
HOPELESS = 100
"""The fetch ends after so many failures without a success."""
THREADS = 16


def listed_ids(data: bytes) -> list[str]:
    """Return the bin ids of a file list: JSON, `{"<count>": ["…/metadata/<id>.json", …], …}`.

    Raises:
        ValueError: the bytes have another format.
    """
    lists = json.loads(data)
    if not isinstance(lists, dict) or not all(isinstance(paths, list) for paths in lists.values()):
        raise ValueError('Not a file list: {"<count>": ["…/metadata/<id>.json", …], …} is needed')
    return sorted({PurePosixPath(path).stem for paths in lists.values() for path in paths})


def first_ids(internet: Internet, count: int) -> list[str]:
    """Return the ids of the first bins of the public bucket, as S3 lists them."""
    keys = islice(internet.keys(f"{BUCKET}/metadata"), count)
    return sorted(PurePosixPath(key).stem for key in keys)


def fetch(
    internet: Internet, ids: Iterable[str], target: Folder, *, threads: int = THREADS
) -> Fetched:
    """Copy the photos and metadata of bins into `target`; existing objects are kept.

    Objects that can't be read are listed in the result's failures; run it again to retry them.

    Raises:
        ConnectionError: no object at all could be read.
    """
    ids = list(ids)
    wanted = [f"bin-images/{i}.jpg" for i in ids] + [f"metadata/{i}.json" for i in ids]
    there = {entry.key for entry in target.list(etags=False)}
    missing = sorted(set(wanted) - there)
    started, sizes, failures = time.monotonic(), [], []

    def copy(key: str) -> None:
        try:
            data = internet.read(f"{BUCKET}/{key}")
        except OSError as error:
            failures.append(Remark(key, str(error)))
            if not sizes and len(failures) >= HOPELESS:
                raise ConnectionError(f"Nothing of {BUCKET} could be fetched: {error}") from error
            return
        target.write(key, data)
        sizes.append(len(data))

    run_parallel(copy, missing, threads=threads, title=f"from {BUCKET}", total=len(missing))
    failed = tuple(sorted(failures, key=lambda failure: failure.source))
    kept = len(set(wanted) & there)
    return Fetched(len(sizes), kept, sum(sizes), time.monotonic() - started, failed)
