"""Walks a user's folder through links, around what tools leave there; knows no data set."""

from collections.abc import Iterator
from pathlib import Path

LEADS_NOWHERE = "a link that leads nowhere, or no file"
LEFTOVERS = frozenset(
    {"__macosx", "@eadir", "#recycle", "$recycle.bin", "system volume information", "lost+found"}
)
"""Names of what archives of macOS, network disks, Windows and Linux keep, in small letters; hidden
files and folders (.git, .ipynb_checkpoints, ._song.wav) are leftovers too."""


def walk(folder: Path, above: tuple[Path, ...] = ()) -> Iterator[Path]:
    """Yield all files below a folder, also in linked folders, and the leftovers, unopened.

    Classes are often links to folders elsewhere, which `rglob` skips in silence. A link to a folder
    that is already on the path is not followed.

    Raises:
        OSError: a folder can't be read.
    """
    real = folder.resolve()
    if real in above:
        return
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not is_leftover(path):
            yield from walk(path, (*above, real))
        else:
            yield path


def is_leftover(path: Path) -> bool:
    """Return whether a system or a tool left this file or folder, by its name."""
    return path.name.startswith(".") or path.name.casefold() in LEFTOVERS


def leftover(path: Path) -> str:
    """Return the reason why a leftover is not used."""
    if not path.is_dir():
        return "hidden: left by a system or a tool"
    files = sum(item.is_file() for item in path.rglob("*"))
    return f"left by a system or a tool: {files} file{'s' * (files != 1)}"
