"""A copy of a folder under a name that nobody knows, for files that are read by mapping them.

Cutting a mapped file short in place ends the process that reads it (SIGBUS). So what is mapped is a
copy: it is hashed while it is made, and its names go as soon as its reader has mapped it, so that
nothing can change it afterwards. It costs one more writing of the files into the page cache.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from rag.errors import LibraryError

_PREFIX = "reading-"
_OURS = re.compile(r"reading-([a-z0-9_]{8}|[0-9]+\.gone)")  # as `mkdtemp` names them
_BLOCK = 1 << 20
_LEFT_BEHIND_S = 600


@contextmanager
def private_copy(folder: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    """Copy the files of a folder, for as long as it takes to map them.

    Yields:
        The copy, and the sha256 of each of its files, hexadecimal, by name.

    Raises:
        OSError: If a file cannot be read.
        LibraryError: If the copy cannot be written.
    """
    copy = _new_folder(folder.parent)
    try:
        yield copy, copy_hashed(folder, copy)
    finally:
        # Windows keeps the names of mapped files; `remove_left_behind` takes them later.
        shutil.rmtree(copy, ignore_errors=True)


def copy_hashed(source: Path, target: Path) -> dict[str, str]:
    """Copy the files of a folder into another, and hash what was copied.

    Tantivy's lock files are left out: they hold nothing, and come and go with a reader.

    Raises:
        OSError: If a file cannot be read.
        LibraryError: If a copy cannot be written.
    """
    hashes = {}
    for file in sorted(source.iterdir()):
        if not file.name.endswith(".lock"):
            with file.open("rb") as reading:
                hashes[file.name] = _copied(reading, target / file.name)
    return hashes


def discard(folder: Path) -> None:
    """Remove a folder so that nobody ever finds half of it under its name."""
    gone = folder.with_name(f"{_PREFIX}{folder.stem}.gone")
    with suppress(OSError):  # another program may hold it open; it is tried again next time
        folder.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)


def is_private(path: Path) -> bool:
    """Whether a folder was made by `private_copy` or renamed by `discard`; no one else's is."""
    return bool(_OURS.fullmatch(path.name)) and path.is_dir() and not path.is_symlink()


def remove_left_behind(folder: Path, *, older_than_s: float = _LEFT_BEHIND_S) -> None:
    """Remove what processes that were killed could not."""
    now = time.time()
    for path in filter(is_private, folder.glob(f"{_PREFIX}*")):
        with suppress(OSError):  # its owner may remove it at the same time
            if now - path.stat().st_mtime >= older_than_s:
                shutil.rmtree(path, ignore_errors=True)


def _copied(reading: BinaryIO, target: Path) -> str:
    digest = hashlib.sha256()
    with _writing(target) as write:
        while block := reading.read(_BLOCK):
            digest.update(block)
            write(block)
    return digest.hexdigest()


@contextmanager
def _writing(target: Path) -> Iterator[Callable[[bytes], None]]:
    """Errors of the copy are ours; those of what is copied say that it is damaged."""

    def write(block: bytes) -> None:
        rest = memoryview(block)
        try:
            while rest:
                rest = rest[file.write(rest) :]
        except OSError as exc:
            raise _unwritten(target, exc) from exc

    try:
        # Unbuffered: a buffer that cannot be written would raise once more when it is closed.
        file = target.open("xb", buffering=0)
    except OSError as exc:
        raise _unwritten(target, exc) from exc
    with file:
        yield write


def _unwritten(target: Path, error: OSError) -> LibraryError:
    return LibraryError(
        f"{target} cannot be written: {error.strerror or error}.",
        hint="See whether the disk is full.",
    )


def _new_folder(beside: Path) -> Path:
    """In the index folder, where a purge finds what is left; elsewhere when it may only be read."""
    try:
        return Path(tempfile.mkdtemp(prefix=_PREFIX, dir=beside))
    except OSError:
        pass
    try:
        return Path(tempfile.mkdtemp(prefix=f"kaynak-{_PREFIX}"))
    except OSError as exc:
        raise _unwritten(beside, exc) from exc
