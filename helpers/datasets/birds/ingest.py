"""Copies a user's own recordings into BirdCLEF's layout; knows folders, no S3.

Labels are the folders' names, with any characters; keys are made safe, and if a key differs from
the file's path, `names.json` has the path.
"""

import shutil
from pathlib import Path

from tqdm import tqdm

from helpers.datasets.birds.metadata import (
    AUDIO_PREFIX,
    CSV_KEY,
    JSON_PREFIX,
    TAXONOMY_KEY,
    json_files,
    read_table,
    write_table,
)
from helpers.datasets.folders import LEADS_NOWHERE, is_leftover, leftover, walk
from helpers.datasets.ids import composed, is_text, make_ids, printable, write_names
from helpers.paths import below
from helpers.samples import Remark

AUDIO = {".ogg", ".wav", ".flac", ".mp3"}
EXPECTED = (
    f"expected BirdCLEF's layout ({CSV_KEY} beside {AUDIO_PREFIX}/<label>/<id>.ogg) "
    "or one folder per class (<class>/<any name>.wav, .ogg, .flac or .mp3)"
)


def ingest(source: Path, folder: Path) -> list[Remark]:
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
    keys = {path.relative_to(source).as_posix(): f"{AUDIO_PREFIX}/{name}" for path, name in copies}
    write_names(folder, keys)
    if (source / TAXONOMY_KEY).is_file():
        shutil.copyfile(source / TAXONOMY_KEY, folder / TAXONOMY_KEY)
    return drops


Copies = tuple[list[Remark], list[tuple[Path, str]], bytes]
"""Remarks on files left out; (file, name below the audio prefix) to copy; the metadata CSV."""


def _birdclef(source: Path) -> Copies:
    if not (source / AUDIO_PREFIX).is_dir():
        raise ValueError(f"{source} has {CSV_KEY} and no {AUDIO_PREFIX}: {EXPECTED}")
    table = (source / CSV_KEY).read_bytes()
    # macOS decomposes letters in file names, the table has them as they were typed.
    listed = {composed(row["filename"]): row["filename"] for row in read_table(table)}
    files, drops = _recordings(source, source / AUDIO_PREFIX)
    names = [path.relative_to(source / AUDIO_PREFIX).as_posix() for path in files]
    there = set(names)
    copies = [
        (path, name if (wanted := listed.get(composed(name), name)) in there else wanted)
        for path, name in zip(files, names, strict=True)
    ]
    return drops, copies, table


def _folder_per_class(source: Path) -> Copies:
    files, drops = _recordings(source, source)
    loose = [path for path in files if path.parent == source]
    drops += [Remark(path.name, "not in a class's folder") for path in loose]
    files = [path for path in files if path.parent != source]
    nameless = [path for path in files if not _label(source, path)]
    drops += [
        Remark(
            path.relative_to(source).as_posix(), "its class's folder has a blank name: rename it"
        )
        for path in nameless
    ]
    files = [path for path in files if _label(source, path)]
    paths = [path.relative_to(source) for path in files]
    labels = [_label(source, path) for path in files]
    wishes = ["-".join((*path.parts[:-1], path.stem)) for path in paths]
    ids = make_ids(wishes, [path.as_posix() for path in paths])
    names = [
        f"{folder}/{id}{path.suffix.lower()}"
        for folder, id, path in zip(make_ids(labels), ids, files, strict=True)
    ]
    rows = [_row(label, name) for label, name in zip(labels, names, strict=True)]
    return drops, list(zip(files, names, strict=True)), write_table(rows)


def _label(source: Path, path: Path) -> str:
    """Return the class's name: its folder's, without blanks at its ends, in composed form."""
    return composed(path.relative_to(source).parts[0]).strip()


def _recordings(source: Path, folder: Path) -> tuple[list[Path], list[Remark]]:
    """Return all recordings below a folder, in the order of their names, and the files left out."""
    files, drops = [], []
    for path in sorted(walk(folder)):
        name = path.relative_to(source).as_posix()
        if not is_text(name):
            drops.append(Remark(printable(name), "its name is not UTF-8: rename it"))
        elif is_leftover(path):
            drops.append(Remark(name, leftover(path)))
        elif not path.is_file():
            drops.append(Remark(name, LEADS_NOWHERE))
        elif path.suffix.lower() not in AUDIO:
            drops.append(Remark(name, f"not an audio file ({', '.join(sorted(AUDIO))})"))
        else:
            files.append(path)
    return files, drops


def _row(label: str, name: str) -> dict[str, str]:
    """Return the metadata row of a recording with a known class only."""
    return {
        "primary_label": label,
        "secondary_labels": "[]",
        "type": "[]",
        "common_name": label,
        "filename": name,
    }
