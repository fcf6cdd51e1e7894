"""Copies a user's own photos of bins into the data set's layout; knows folders, not pixels."""

import os
import shutil
from pathlib import Path

from helpers.datasets.bins.metadata import METADATA, PHOTOS, read_contents
from helpers.datasets.folders import LEADS_NOWHERE, is_leftover, leftover
from helpers.datasets.ids import composed, is_text, make_ids, printable, write_names
from helpers.paths import below
from helpers.samples import Remark, Unreadable

PHOTO_SUFFIXES = (".jpg", ".jpeg")
LAYOUT = "<id>.jpg in bin-images/ (or images/) and <id>.json in metadata/, or both in one folder"


def ingest(source: Path, folder: Path) -> list[Remark]:
    """Copy pairs of photo and metadata into `folder`; return the files left out.

    Photos are not opened here: sharding checks each and lists those that can't be read.

    Raises:
        FileNotFoundError: `source` is no folder, or holds no pair at all.
    """
    photos, rows, drops = _find(source)
    drops += [Remark(photos[i], f"no metadata: {i}.json is missing") for i in photos.keys() - rows]
    drops += [Remark(rows[i], f"no photo: {i}.jpg is missing") for i in rows.keys() - photos]
    pairs = sorted(photos.keys() & rows.keys())
    if not pairs:
        raise FileNotFoundError(
            f"No photo in {source} has its metadata ({len(photos)} photos, {len(rows)} JSON "
            f"files): put {LAYOUT}"
        )
    keys = {}
    for name, id in zip(pairs, make_ids(pairs), strict=True):
        reason = _unfit(source / rows[name])
        if reason:
            drops.append(Remark(rows[name], reason))
            continue
        keys |= {photos[name]: f"{PHOTOS}/{id}.jpg"} if id != name else {}
        _bring(source / photos[name], below(folder, f"{PHOTOS}/{id}.jpg"))
        _bring(source / rows[name], below(folder, f"{METADATA}/{id}.json"))
    write_names(folder, keys)
    return sorted(drops, key=lambda drop: drop.source)


def _find(source: Path) -> tuple[dict[str, str], dict[str, str], list[Remark]]:
    """Return photos and metadata files by name, as paths below `source`, and the files left out.

    Names are composed: macOS decomposes the letters in some, and a photo would miss its row.
    """
    if not source.is_dir():
        raise FileNotFoundError(f"No folder {source}: give one that has {LAYOUT}")
    photos: dict[str, str] = {}
    rows: dict[str, str] = {}
    kinds = (
        (_first(source, (PHOTOS, "images", "")), PHOTO_SUFFIXES, photos),
        (_first(source, (METADATA, "")), (".json",), rows),
    )
    places = {source, *(place for place, _, _ in kinds)}
    drops = []
    for path in sorted(path for place in places for path in place.iterdir()):
        if path in places:
            continue
        suffix, name = path.suffix.lower(), path.relative_to(source).as_posix()
        fitting = (
            kind for place, endings, kind in kinds if path.parent == place and suffix in endings
        )
        files = next(fitting, None)
        if reason := _misfit(path, name, files):
            drops.append(Remark(printable(name), reason))
        else:
            files[composed(path.stem)] = name
    return photos, rows, drops


def _first(source: Path, names: tuple[str, ...]) -> Path:
    """Return the first of some folders that is there."""
    return next(source / name for name in names if (source / name).is_dir())


def _misfit(path: Path, name: str, files: dict[str, str] | None) -> str | None:
    """Return the reason why a file is left out, or None.

    Args:
        name: its path below the user's folder.
        files: those of its kind so far, by their names; None if it is of no kind.
    """
    if not is_text(name):
        return "its name is not UTF-8: rename the pair"
    if is_leftover(path):
        return leftover(path)
    if path.is_dir():
        return f"a folder in which nothing is looked for: put {LAYOUT}"
    if files is None:
        return f"neither a photo ({', '.join(PHOTO_SUFFIXES)}) nor metadata in its place"
    if not path.is_file():
        return LEADS_NOWHERE
    if composed(path.stem) in files:
        other = files[composed(path.stem)]
        return f"a second file for {composed(path.stem)}, beside {other}: rename it"
    return None


def _unfit(row: Path) -> str | None:
    """Return the reason why a pair can't be used, or None."""
    try:
        read_contents(row.read_bytes())
    except Unreadable as error:
        return str(error)
    return None


def _bring(source: Path, target: Path) -> None:
    """Link a file if the disk allows it, else copy it: a link saves copying a terabyte."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        # The real path: on Linux, a hard link to a symbolic link would be a symbolic link.
        os.link(os.path.realpath(source), target)
    except OSError:
        shutil.copyfile(source, target)
