"""Writes ahead which files a change of the index moves, and undoes it at a start. Knows no key.

The order of a change: its moves are written to the index, the files are moved, the rows are
changed in one transaction that also deletes the moves. A process that is killed in between leaves
the moves, and the next one undoes them: a change is whole, or it has never been. A put, the most
frequent change, needs no moves and one transaction alone: until its row is written its file has a
second name beside the drafts, which tells the next process whose file it is.
"""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from local_aws.state import paths
from local_aws.state.objects import key_files
from local_aws.state.objects.index import Index
from local_aws.state.objects.info import COLUMNS, from_row
from local_aws.state.objects.temporary_files import Draft


class Intents:
    """The moves of one change at a time: the caller holds the index's lock."""

    def __init__(self, index: Index, drafts: Path, root: Path):
        self._index, self._drafts, self._root = index, drafts, root
        self._side, self._top = drafts.parent, str(root.parent)

    @contextmanager
    def change(
        self,
        gone: list[Path],
        draft: Draft | None = None,
        path: str = "",
        moved: dict[Path, Path] | None = None,
    ) -> Iterator[None]:
        """Delete and move files, and a draft to `path`, together with the body's statements or not.

        The deleted files go first: a moved one may take the place of one.
        """
        moved = moved or {}
        if draft and not gone and not moved and (put := key_files.put_in_sight(draft.path, path)):
            with put, self._index.transaction():
                yield
            return
        asides = {file: paths.child(self._drafts, f"{uuid.uuid4().hex}.gone") for file in gone}
        with self._index.transaction():
            self._index.rows("DELETE FROM intents")  # of a change that failed, and was undone
            for file, aside in (*asides.items(), *moved.items()):
                self._plan(str(aside), str(file), None)
            if draft:
                self._plan(key_files.kept(draft.path), path, draft)
        with ExitStack() as moves:
            moves.enter_context(key_files.set_aside(asides, moved))
            if draft:
                moves.enter_context(key_files.replaced(draft.path, path))
            with self._index.transaction():
                yield
                self._index.rows("DELETE FROM intents")
            # While drafts are left, so that a start looks for empty folders.
            for file in (*gone, *moved):
                key_files.prune(file, self._root)

    def _plan(self, aside: str, path: str, draft: Draft | None) -> None:
        # Relative, since the state folder may be moved before the next start.
        aside, path = (os.path.relpath(file, self._top) for file in (aside, path))
        facts = (None, None, None)
        if draft:
            facts = (os.path.relpath(draft.path, self._top), draft.size, draft.mtime_ns)
        self._index.rows("INSERT INTO intents VALUES (?, ?, ?, ?, ?)", aside, path, *facts)

    def undo(self) -> None:
        """Put back the files that a killed process had moved, and delete what it left."""
        intents = self._index.rows("SELECT * FROM intents ORDER BY rowid DESC")
        for *files, size, mtime_ns in intents:
            aside, path, draft = (file and Path(self._top, file) for file in files)
            if draft and draft.exists():
                continue  # it was not moved: the old file is at its place
            # A file that was to be kept has its last place for its aside: another may be there yet.
            is_moved = aside.is_relative_to(self._drafts) or not path.exists()
            if aside.exists() and is_moved:
                path.parent.mkdir(parents=True, exist_ok=True)
                os.replace(aside, path)
            elif draft and _is(path, size, mtime_ns):
                path.unlink()
        if intents:  # a start that has nothing to undo needs no room on the disk
            self._index.rows("DELETE FROM intents")
        drafts = list(self._drafts.iterdir())
        for draft in drafts:
            self._undo_put(draft)
        if intents or drafts:  # a write was under way, which may have made folders
            for folder in self._root.glob("*/*/"):
                key_files.remove_empty(folder)
        shutil.rmtree(self._drafts)
        self._drafts.mkdir()

    def _undo_put(self, name: Path) -> None:
        """Take back the file with this second name, if its row was not written."""
        if name.suffix not in ("", key_files.SECOND) or name.lstat().st_nlink == 1:
            return
        facts, old = name.lstat(), Path(key_files.kept(str(name.with_suffix(""))))
        sql = f"SELECT {COLUMNS} FROM objects WHERE size = ? AND mtime_ns = ?"
        for row in self._index.rows(sql, facts.st_size, facts.st_mtime_ns):
            path = from_row(row, str(self._root), str(self._side)).path
            if path.exists() and path.samefile(name):
                return
        for top in (self._root, self._side / "odd"):
            for file in top.rglob("*"):
                if file.lstat().st_ino == facts.st_ino:
                    os.replace(old, file) if old.exists() else file.unlink()


def _is(path: Path, size: int, mtime_ns: int) -> bool:
    """Say whether a file is the draft of this size and time."""
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return (found.st_size, found.st_mtime_ns) == (size, mtime_ns)
