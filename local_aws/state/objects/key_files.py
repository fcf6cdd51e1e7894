"""The path of a key's file, and moves to it in one step. Knows paths, no index and no HTTP."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from local_aws.errors import AwsError
from local_aws.state import paths
from local_aws.state.objects import names


def home(root: str, side: str, bucket: str, key: str) -> tuple[str, str | None]:
    """Make the folder of a key's file; return its path, and for an odd key its name in `side`."""
    try:
        path = paths.inside(f"{root}/{bucket}", key)
        if not os.path.isdir(parent := os.path.dirname(path)):
            os.makedirs(parent, exist_ok=True)
        if not os.path.isdir(path):
            return path, None
    except AwsError:
        pass  # no path can hold the key, or a link in it leads out of the bucket's folder
    except (NotADirectoryError, FileExistsError):
        pass  # a part of the path is another key's file
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:
            raise
    path = paths.child(paths.child(Path(side, "odd"), bucket), names.odd_name(key))
    path.parent.mkdir(parents=True, exist_ok=True)
    return str(path), str(path.relative_to(side))


SECOND = ".new"
"""The ending of the second name that a file has while it takes another's place."""


def put_in_sight(source: str, path: str) -> AbstractContextManager | None:
    """Put `source` at `path`, where it has a second name beside `source` until the body is over.

    If the body raises, all is as it was before. Returns None, and does nothing, on a file system
    without second names.
    """
    if _link(source, path):
        return _new(source, path)
    return _over(source, path) if _link(source, f"{source}{SECOND}") else None


def _link(source: str, path: str) -> bool:
    try:
        os.link(source, path)
    except OSError:  # the name is taken, or the file system has no second names
        return False
    return True


@contextmanager
def _new(source: str, path: str) -> Iterator[None]:
    try:
        yield
    except BaseException:
        os.unlink(path)
        raise
    os.unlink(source)


@contextmanager
def _over(source: str, path: str) -> Iterator[None]:
    try:
        with replaced(source, path):
            yield
    finally:
        os.unlink(f"{source}{SECOND}")


def kept(source: str) -> str:
    """Return where the old file stays while `source` takes its place."""
    return f"{source}.old"


@contextmanager
def replaced(source: str, path: str) -> Iterator[None]:
    """Rename `source` to `path`; if the body raises, restore the old file (or none)."""
    old = kept(source)
    try:
        os.link(path, old)
    except FileNotFoundError:
        old = ""
    except OSError:  # a file system without hard links
        shutil.copy2(path, old)
    try:
        os.replace(source, path)
        yield
    except BaseException:
        os.replace(old, path) if old else Path(path).unlink(missing_ok=True)
        raise
    finally:
        if old:
            Path(old).unlink(missing_ok=True)


@contextmanager
def set_aside(asides: dict[Path, Path], kept: dict[Path, Path]) -> Iterator[None]:
    """Move files to other paths, or put them back if the body raises.

    After the body those of `asides` are deleted; those of `kept` stay where they are.
    """
    moved: list[tuple[Path, Path]] = []
    try:
        for path, aside in (*asides.items(), *kept.items()):
            if path.is_file():  # another program may have deleted it
                os.rename(path, aside)
                moved.append((aside, path))
        yield
    except BaseException:
        for aside, path in reversed(moved):  # one may have taken another's place
            os.rename(aside, path)
        raise
    for aside, path in moved:
        if kept.get(path) != aside:
            os.unlink(aside)


def prune(path: Path, root: Path) -> None:
    """Remove the folders above a deleted file that it leaves empty, below its bucket's."""
    for parent in path.parents:
        if parent.parent == root or not parent.is_relative_to(root):
            return
        try:
            parent.rmdir()
        except OSError:  # not empty
            return


def remove_empty(top: Path) -> None:
    """Remove a folder and those in it, as far as they hold no file."""
    for folder, _, _ in os.walk(top, topdown=False):
        try:
            os.rmdir(folder)
        except OSError:  # not empty
            pass
