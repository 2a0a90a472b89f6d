"""Files in an index folder that still hold the text of what was purged: a backup, a copy, a note.

They were put there by people, so they are named and not touched.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from io import FileIO
from pathlib import Path

from rag.files import open_regular

# What Kaynak itself has written anew when a purge ends. Other documents may hold the same words.
_OURS = {"index", "LOCK"} | {
    f"{name}{journal}"
    for name in ("store.db", "feedback.db")
    for journal in ("", "-journal", "-wal", "-shm")
}
_PIECES = 16
_PIECE_CHARS = 40
_BLOCK = 1 << 20


def holding(index: Path, texts: Iterable[str]) -> tuple[Path, ...]:
    """The files that hold a piece of one of the texts as it is; packed ones are not unpacked."""
    pieces = {piece for text in texts for piece in _pieces(text)}
    return tuple(path for path in _files(index) if pieces and _holds(path, pieces))


def _pieces(text: str) -> Iterator[bytes]:
    """A few, all over the text: a database cuts a long one at the ends of its pages."""
    text = text.strip()
    last = max(0, len(text) - _PIECE_CHARS)
    for start in {last * i // (_PIECES - 1) for i in range(_PIECES)}:
        piece = text[start : start + _PIECE_CHARS].strip()
        if piece:
            yield piece.encode("utf-8", "surrogatepass")


def _files(index: Path) -> Iterator[Path]:
    for folder, below, names in os.walk(index):
        if Path(folder) == index:
            below[:] = [name for name in below if name not in _OURS]
            names = [name for name in names if name not in _OURS]
        yield from (Path(folder) / name for name in sorted(names))


def _holds(path: Path, pieces: set[bytes]) -> bool:
    with suppress(OSError), open_regular(path) as file:
        return any(piece in block for block in _blocks(file, pieces) for piece in pieces)
    return False


def _blocks(file: FileIO, pieces: set[bytes]) -> Iterator[bytes]:
    """The bytes, each block with the end of the one before, where a piece may begin."""
    overlap = max(map(len, pieces)) - 1
    end = b""
    while block := file.read(_BLOCK):
        yield end + block
        end = (end + block)[-overlap:] if overlap else b""
