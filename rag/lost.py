"""Index folders: which folder is one, and which has no store, or none any more."""

from __future__ import annotations

from pathlib import Path

from rag import lock
from rag.errors import IndexCorruptError, LibraryError

NAME = "store.db"


def require(folder: Path) -> None:
    """See that an index folder holds a store, and make none.

    Raises:
        LibraryError: If there is none.
        IndexCorruptError: If there was one.
    """
    refuse_lost(folder / NAME)
    if _size(folder / NAME) == 0:
        raise LibraryError(f"There is no index in {folder}.", hint="`kaynak sync` makes one.")


def is_index(folder: Path) -> bool:
    """Whether a folder is the index of some documents: what is in it is never a document."""
    try:
        return all((folder / name).is_file() for name in (NAME, lock.NAME))
    except OSError:  # it may not be looked into, so nothing of it will be read either
        return False


def refuse_lost(path: Path) -> None:
    """Never begin anew where there was a store: it may be on a disk that is not there now.

    Raises:
        IndexCorruptError: If the store is gone, and what was made from it is not.
    """
    if _size(path) != 0:
        return
    # A word index is made when documents are committed; before that nothing is lost.
    derived = (
        *path.parent.glob("index/[0-9]*.lexical"),
        *path.parent.glob("quarantine/*.lexical-*"),
    )
    if derived:
        what = "is empty" if path.exists() else "is gone"
        raise IndexCorruptError(
            f"{path} {what}, but {derived[0].relative_to(path.parent)} was made from it.",
            detail=str(path),
        )


def _size(path: Path) -> int | None:
    """0 when it is not there; None when that cannot be said, and SQLite will say why."""
    try:
        return path.stat().st_size
    except (FileNotFoundError, NotADirectoryError):
        return 0
    except OSError:
        return None
