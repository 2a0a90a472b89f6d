"""One consistent copy of an index, made while others read and write."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rag.errors import LibraryError
from rag.lost import require
from rag.store import Store


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What was copied, and where to."""

    file: Path
    documents: int
    passages: int
    bytes: int


def backup(index: Path, target: Path) -> BackupReport:
    """Copy the store of an index folder; all else can be made from it.

    To restore it, put the file into an empty folder as ``store.db``.

    Args:
        index: The index folder.
        target: A file that is not there yet; it appears when it is complete.

    Raises:
        LibraryError: If there is no index, the file exists or cannot be written, or the copy is
            not whole.
    """
    require(index)
    _refuse_to_replace(target)
    making = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    store = Store(index)
    try:
        store.copy_to(making)
        documents, passages = _checked(making)
        _refuse_to_replace(target)
        making.rename(target)
    except OSError as exc:
        raise LibraryError(f"{target} cannot be written: {exc.strerror or exc}.") from exc
    finally:
        store.close()
        for left in target.parent.glob(f"{making.name}*"):  # with SQLite's journal
            with suppress(OSError):
                left.unlink()
    return BackupReport(target, documents, passages, target.stat().st_size)


def _refuse_to_replace(target: Path) -> None:
    if target.exists():
        raise LibraryError(
            f"{target} exists; a backup replaces nothing.", hint="Choose another name."
        )
    if not target.parent.is_dir():
        raise LibraryError(
            f"The folder {target.parent} does not exist.", hint="Create it, or choose another."
        )


def _checked(copy: Path) -> tuple[int, int]:
    """Documents and passages of a copy that is whole."""
    opened = Store(copy.parent, name=copy.name)
    try:
        problems = opened.problems()
        counts = opened.counts()
    finally:
        opened.close()
    if problems:
        raise LibraryError(
            f"The copy is damaged: {problems[0]}.", hint="`kaynak doctor` checks the index itself."
        )
    return counts
