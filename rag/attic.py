"""Where the files of removed documents are kept: ``removed/`` in the index folder."""

from __future__ import annotations

import shutil
from pathlib import Path

from rag.errors import LibraryError

NAME = "removed"


def set_aside(file: Path, index: Path, doc_id: str) -> None:
    """Move the file of a document to the attic, under its ``doc_id``; nothing is replaced.

    Raises:
        LibraryError: If it cannot be moved.
    """
    attic = index / NAME
    try:
        target = attic / doc_id
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(file, _free(target))
    except OSError as exc:
        raise LibraryError(
            f"{file} cannot be moved to {attic}: {exc.strerror or exc}.",
            hint="It is out of the index; move the file away yourself, or the next sync brings it"
            " back.",
            code="not_moved", detail=f"{file}, {exc.strerror or exc}",
        ) from exc  # fmt: skip


def kept(index: Path, doc_id: str) -> list[Path]:
    """The files that were set aside under a ``doc_id``."""
    attic = index / NAME
    first = attic / doc_id
    if not first.resolve().is_relative_to(attic.resolve()):
        return []
    numbered = first.parent.glob("*") if first.parent.is_dir() else ()
    return sorted(
        path for path in numbered
        if path == first or (path.name.startswith(f"{first.name}~") and path.is_file())
    )  # fmt: skip


def erase(files: list[Path]) -> None:
    """Delete files for good.

    Raises:
        LibraryError: If one cannot be deleted.
    """
    for file in files:
        try:
            file.unlink(missing_ok=True)
        except OSError as exc:
            raise LibraryError(
                f"{file} cannot be deleted: {exc.strerror or exc}.",
                hint="It is out of the index; delete the file yourself, or the next sync brings it"
                " back.",
            ) from exc


def _free(target: Path) -> Path:
    """A name that is not taken; "~2" makes no suffix that is read, so it is no other document."""
    free, number = target, 1
    while free.exists():
        number += 1
        free = target.with_name(f"{target.name}~{number}")
    return free
