"""Walks a person's folder, through links; knows no data set."""

from collections.abc import Iterator
from pathlib import Path

LEADS_NOWHERE = "a link that leads nowhere, or no file"


def walk(folder: Path, above: tuple[Path, ...] = ()) -> Iterator[Path]:
    """Yield all that is no folder below a folder, also in the folders that links lead to.

    Classes are often links to where the files are: `rglob` passes over them in silence. A link to
    a folder that the path has come through already is not followed.

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
