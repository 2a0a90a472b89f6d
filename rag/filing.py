"""Files that are taken into the documents' folder, and out of it."""

from __future__ import annotations

import shutil
from pathlib import Path

from rag.errors import LibraryError, ReadError
from rag.readers import SUPPORTED
from rag.sync import free_name


def take_in(source: Path, folder: Path, *, name: str) -> str:
    """Copy a file into a folder.

    Args:
        source: The file.
        name: What to call it; only the last part counts.

    Returns:
        Its ``doc_id``; a number is added when the name is taken by another file.

    Raises:
        ReadError: If files of its type cannot be read.
        LibraryError: If it cannot be copied.
    """
    wanted = Path(name.replace("\\", "/")).name.strip().lstrip(".") or "document"
    if Path(wanted).suffix.lower() not in SUPPORTED:
        allowed = ", ".join(sorted(SUPPORTED))
        raise ReadError(f"{wanted} is of a type that cannot be read.", hint=f"Use {allowed}.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        target = free_name(folder, wanted, source)
        shutil.copyfile(source, target)
    except OSError as exc:
        raise LibraryError(f"{wanted} cannot be copied to {folder}: {exc.strerror}.") from exc
    return target.name


def put_away(file: Path, attic: Path) -> None:
    """Move a file, if it is there, into a folder, under a name that is free.

    Raises:
        LibraryError: If it cannot be moved.
    """
    try:
        if file.exists():
            attic.mkdir(parents=True, exist_ok=True)
            shutil.move(file, free_name(attic, file.name, None))
    except OSError as exc:
        raise LibraryError(f"{file} cannot be moved to {attic}: {exc.strerror}.") from exc
