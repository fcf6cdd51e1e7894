"""Fetches a BirdCLEF competition's archive from Kaggle and unpacks it; makes no session."""

import time
import zipfile
from pathlib import Path

import requests
from tqdm import tqdm

from helpers.datasets.download import download
from helpers.datasets.fetching import KAGGLE, Fetched
from helpers.paths import all_below, below, partial

COMPETITION = "birdclef-2025"
FILES = ("train_metadata.csv", "taxonomy.csv", "train_audio/")
"""The members of a BirdCLEF archive that the course reads; others are not unpacked."""


def fetch(
    http: requests.Session, folder: Path, *, competition: str = COMPETITION, url: str = KAGGLE
) -> Fetched:
    """Download a BirdCLEF competition's archive and unpack the course's files into `folder`.

    Kaggle requires that the user has accepted the competition's rules on its page.

    Raises:
        PermissionError: Kaggle refuses the credentials, or the rules are not accepted yet.
        ConnectionError: the download broke again and again; the next run continues it.
        ValueError: the archive is damaged, has no recordings, or a file outside `folder`.
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
    """Unpack the course's files; return the numbers of new and of existing files."""
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
    return not member.is_dir() and member.filename.startswith(FILES)
