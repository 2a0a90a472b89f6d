"""Where the files of removed documents are kept: ``removed/`` in the index folder."""

from __future__ import annotations

import itertools
import os
import re
import stat
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

from rag.files import sha256_from
from rag.places import Place, parts_of, reach

NAME = "removed"

Parts = tuple[str, ...]


def set_aside(file: Place, index: Path, doc_id: str) -> None:
    """Move the file of a document to the attic, under its ``doc_id``; nothing is replaced.

    Raises:
        OSError: If it cannot be moved.
    """
    with reach(index, NAME, *parts_of(doc_id), make=True) as target:
        # "~2" makes no ending that is read, so it is the name of no other document.
        numbered = (f"{target.path.name}~{number}" for number in itertools.count(2))
        names = itertools.chain([target.path.name], numbered)
        free = next(place for name in names if (place := target.beside(name)).mode() is None)
        file.move_to(free)


def kept(index: Path, doc_id: str) -> list[Parts]:
    """The files that were set aside under a ``doc_id``: their names below the attic.

    Raises:
        OSError: If they cannot be looked for, or the attic is a link.
    """
    parts = parts_of(doc_id)
    if not parts:
        return []
    ours = re.compile(rf"{re.escape(parts[-1])}(~([2-9]|[1-9][0-9]+))?")
    try:
        with reach(index, NAME, *parts) as place:
            names = [name for name in place.names() if ours.fullmatch(name)]
            return [(*parts[:-1], name) for name in names if _is_kept(place.beside(name))]
    except (FileNotFoundError, NotADirectoryError):
        return []


def same_bytes(index: Path, hashes: Collection[str]) -> list[Parts]:
    """The files in the attic that have one of the hashes, whatever they are called there."""
    return [parts for parts in _all(index) if hash_of(index, NAME, *parts) in hashes]


def hash_of(root: Path, *parts: str) -> str | None:
    """Of a file's bytes; None when it is not there, is no regular file or cannot be read."""
    with suppress(OSError), reach(root, *parts) as place, place.open() as file:
        return sha256_from(file)
    return None


def _all(index: Path) -> Iterator[Parts]:
    attic = index / NAME
    if attic.is_symlink():
        return
    for folder, _, files in os.walk(attic):
        for name in sorted(files):
            yield (Path(folder) / name).relative_to(attic).parts


def _is_kept(place: Place) -> bool:
    """Links are kept as what they are; a folder holds documents of other names."""
    mode = place.mode()
    return mode is not None and (stat.S_ISREG(mode) or stat.S_ISLNK(mode))
