"""Walks a user's folder, following links; knows no data set."""

from collections.abc import Iterator
from pathlib import Path

LEADS_NOWHERE = "a link that leads nowhere, or no file"


def walk(folder: Path, above: tuple[Path, ...] = ()) -> Iterator[Path]:
    """Yield all files below a folder, also in linked folders.

    Classes are often links to folders elsewhere, which `rglob` skips in silence. A link to a folder
    that is already on the path is not followed.

    Raises:
        OSError: a folder can't be read.
    """
    real = folder.resolve()
    if real in above:
        return
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            yield from walk(path, (*above, real))
        else:
            yield path
