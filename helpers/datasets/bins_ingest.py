"""Lay out somebody's own photos of bins as this data set has them; it knows folders, not pixels."""

import os
import shutil
from pathlib import Path

from helpers.datasets.base import Drop, Unreadable
from helpers.datasets.bins_metadata import read_contents
from helpers.paths import below

PHOTOS, METADATA = "bin-images", "metadata"
PHOTO_SUFFIXES = (".jpg", ".jpeg")
LAYOUT = "<id>.jpg in bin-images/ (or images/) and <id>.json in metadata/, or both in one folder"


def ingest(source: Path, folder: Path) -> list[Drop]:
    """Bring pairs of photo and metadata below `folder`, and return what has no partner or no count.

    Photos are not opened here: sharding checks each and lists those that can't be read.

    Raises:
        FileNotFoundError: `source` is no folder, or holds no pair at all.
    """
    photos, rows = _find(source)
    drops = [Drop(photos[i], f"no metadata: {i}.json is missing") for i in photos.keys() - rows]
    drops += [Drop(rows[i], f"no photo: {i}.jpg is missing") for i in rows.keys() - photos]
    pairs = sorted(photos.keys() & rows.keys())
    if not pairs:
        raise FileNotFoundError(
            f"No photo in {source} has its metadata ({len(photos)} photos, {len(rows)} JSON "
            f"files): put {LAYOUT}"
        )
    for name in pairs:
        reason = _unfit(name, source / rows[name])
        if reason:
            drops.append(Drop(rows[name], reason))
            continue
        _bring(source / photos[name], below(folder, f"{PHOTOS}/{name}.jpg"))
        _bring(source / rows[name], below(folder, f"{METADATA}/{name}.json"))
    return sorted(drops, key=lambda drop: drop.source)


def _find(source: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Return photos and metadata files by id, as paths below `source`."""
    if not source.is_dir():
        raise FileNotFoundError(f"No folder {source}: give one that has {LAYOUT}")
    photos = _by_id(source, (PHOTOS, "images", ""), PHOTO_SUFFIXES)
    return photos, _by_id(source, (METADATA, ""), (".json",))


def _by_id(source: Path, folders: tuple[str, ...], suffixes: tuple[str, ...]) -> dict[str, str]:
    """Return the files of the first of `folders` that exists, by id."""
    folder = next(source / name for name in folders if (source / name).is_dir())
    return {
        path.stem: path.relative_to(source).as_posix()
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in suffixes and not path.name.startswith(".")
    }


def _unfit(name: str, row: Path) -> str | None:
    """Say why a pair can't be taken, if it can't."""
    if "." in name:
        return f"the id {name!r} has a dot, which would cut a shard's sample key: rename the pair"
    try:
        read_contents(row.read_bytes())
    except Unreadable as error:
        return str(error)
    return None


def _bring(source: Path, target: Path) -> None:
    """Link a file where the disk allows it (a terabyte is not copied in passing), else copy it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
