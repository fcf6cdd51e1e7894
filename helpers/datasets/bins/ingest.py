"""Copies a user's own photos of bins into the data set's layout; knows folders, not pixels."""

import os
import shutil
from pathlib import Path

from helpers.datasets.bins.metadata import METADATA, PHOTOS, read_contents
from helpers.datasets.folders import LEADS_NOWHERE
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
    """Return photos and metadata files by name, as paths below `source`, and the files left out."""
    if not source.is_dir():
        raise FileNotFoundError(f"No folder {source}: give one that has {LAYOUT}")
    photos, odd = _by_name(source, (PHOTOS, "images", ""), PHOTO_SUFFIXES)
    rows, other = _by_name(source, (METADATA, ""), (".json",))
    return photos, rows, odd + other


def _by_name(
    source: Path, folders: tuple[str, ...], suffixes: tuple[str, ...]
) -> tuple[dict[str, str], list[Remark]]:
    """Return the files, by name, of the first existing one of `folders`, and the files left out.

    Names are composed: macOS decomposes the letters in some, and a photo would miss its row.
    """
    folder = next(source / name for name in folders if (source / name).is_dir())
    files: dict[str, str] = {}
    drops = []
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in suffixes or path.name.startswith("."):
            continue
        name, path_in_source = composed(path.stem), path.relative_to(source).as_posix()
        if not is_text(path_in_source):
            drops.append(
                Remark(printable(path_in_source), "its name is not UTF-8: rename the pair")
            )
        elif not path.is_file():
            drops.append(Remark(path_in_source, LEADS_NOWHERE))
        elif name in files:
            drops.append(
                Remark(path_in_source, f"a second file for {name}, beside {files[name]}: rename it")
            )
        else:
            files[name] = path_in_source
    return files, drops


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
