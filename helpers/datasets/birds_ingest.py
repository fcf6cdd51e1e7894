"""Lay out a user's own recordings as BirdCLEF has them; it copies files and knows no S3."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from tqdm import tqdm

from helpers.datasets.base import Drop
from helpers.datasets.birds_metadata import (
    AUDIO_PREFIX,
    CSV_KEY,
    JSON_PREFIX,
    TAXONOMY_KEY,
    clean_id,
    json_files,
    write_table,
)
from helpers.paths import below

AUDIO = {".ogg", ".wav", ".flac", ".mp3"}
EXPECTED = (
    f"expected BirdCLEF's layout ({CSV_KEY} beside {AUDIO_PREFIX}/<label>/<id>.ogg) "
    "or one folder per class (<class>/<any name>.wav, .ogg, .flac or .mp3)"
)


def ingest(source: Path, folder: Path) -> list[Drop]:
    """Copy the recordings, bytes unchanged, write their metadata; return the files left out.

    Raises:
        ValueError: `source` is missing, or holds no recordings in either layout.
    """
    if not source.is_dir():
        raise ValueError(f"{source} is not a folder: {EXPECTED}")
    drops, copies, table = (
        _birdclef(source) if (source / CSV_KEY).is_file() else _folder_per_class(source)
    )
    if not copies:
        raise ValueError(f"{source} holds no recordings: {EXPECTED}")
    for path, name in tqdm(copies, "Copying recordings", leave=False):
        target = below(folder, f"{AUDIO_PREFIX}/{name}")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    (folder / CSV_KEY).write_bytes(table)
    (folder / JSON_PREFIX).mkdir(exist_ok=True)
    for key, data in json_files(table):
        below(folder, key).write_bytes(data)
    if (source / TAXONOMY_KEY).is_file():
        shutil.copyfile(source / TAXONOMY_KEY, folder / TAXONOMY_KEY)
    return drops


Found = tuple[list[Drop], list[tuple[Path, str]], bytes]
"""What is left out, what to copy to which name below the audio prefix, the metadata CSV."""


def _birdclef(source: Path) -> Found:
    if not (source / AUDIO_PREFIX).is_dir():
        raise ValueError(f"{source} has {CSV_KEY} and no {AUDIO_PREFIX}: {EXPECTED}")
    drops, copies = [], []
    for path in _files(source / AUDIO_PREFIX):
        name = path.relative_to(source / AUDIO_PREFIX).as_posix()
        if path.suffix.lower() in AUDIO:
            copies.append((path, name))
        else:
            drops.append(_not_audio(path, source))
    return drops, copies, (source / CSV_KEY).read_bytes()


def _folder_per_class(source: Path) -> Found:
    drops, copies, rows, taken = [], [], [], set()
    for path in _files(source):
        parts = path.relative_to(source).parts
        if path.suffix.lower() not in AUDIO:
            drops.append(_not_audio(path, source))
        elif len(parts) == 1:
            drops.append(Drop(parts[0], "not in a class's folder"))
        else:
            label = clean_id(parts[0])
            id = _free_id("-".join((label, *parts[1:-1], path.stem)), taken)
            name = f"{label}/{id}{path.suffix.lower()}"
            copies.append((path, name))
            rows.append(_row(label, parts[0], name))
    return drops, copies, write_table(rows)


def _files(folder: Path) -> Iterator[Path]:
    """Yield all files below a folder, in the order of their names."""
    return iter(sorted(path for path in folder.rglob("*") if path.is_file()))


def _free_id(wish: str, taken: set[str]) -> str:
    """Return an id nobody has: `1.wav` and `1.mp3` of one class are two recordings."""
    id = wish = clean_id(wish)
    number = 1
    while id in taken:
        number += 1
        id = f"{wish}-{number}"
    taken.add(id)
    return id


def _row(label: str, folder: str, name: str) -> dict[str, str]:
    """Return the metadata of a recording of which only the class is known."""
    return {
        "primary_label": label,
        "secondary_labels": "[]",
        "type": "[]",
        "common_name": folder,
        "filename": name,
    }


def _not_audio(path: Path, source: Path) -> Drop:
    known = ", ".join(sorted(AUDIO))
    return Drop(path.relative_to(source).as_posix(), f"not an audio file ({known})")
