"""The path of a key's file, and moves to it in one step. Knows paths, no index and no HTTP."""

import errno
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
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


@contextmanager
def replaced(source: str, path: str) -> Iterator[None]:
    """Rename `source` to `path`; if the body raises, restore the old file (or none)."""
    kept = f"{source}.old"
    try:
        os.link(path, kept)
    except FileNotFoundError:
        kept = ""
    except OSError:  # a file system without hard links
        shutil.copy2(path, kept)
    try:
        os.replace(source, path)
        yield
    except BaseException:
        os.replace(kept, path) if kept else Path(path).unlink(missing_ok=True)
        raise
    finally:
        if kept:
            Path(kept).unlink(missing_ok=True)


@contextmanager
def set_aside(files: Iterable[Path], folder: Path) -> Iterator[None]:
    """Move files into `folder`; delete them after the body, or put them back if it raises."""
    moved: list[tuple[Path, Path]] = []
    try:
        for path in files:
            aside = paths.child(folder, f"{uuid.uuid4().hex}.gone")
            if path.is_file():  # another program may have deleted it
                os.rename(path, aside)
                moved.append((aside, path))
        yield
    except BaseException:
        for aside, path in moved:
            os.rename(aside, path)
        raise
    for aside, _ in moved:
        os.unlink(aside)


def prune(path: Path, bucket_folder: Path) -> None:
    """Remove the folders above a deleted file that it leaves empty, up to the bucket's."""
    for parent in path.parents:
        if parent == bucket_folder or not parent.is_relative_to(bucket_folder):
            return
        try:
            parent.rmdir()
        except OSError:  # not empty
            return
