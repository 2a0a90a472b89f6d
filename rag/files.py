"""Opening files that someone else may change, swap or hold: only regular files, never a link."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import sys
from io import FileIO
from pathlib import Path, PurePosixPath

from rag.errors import ReadError

# A pipe must not block, and what has become a link since it was listed must not be followed.
# Windows has neither; there O_BINARY keeps line ends.
_FLAGS = os.O_RDONLY
for _name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_BINARY", "O_NOINHERIT"):
    _FLAGS |= getattr(os, _name, 0)
_CHUNK = 1 << 20
_CHANGED = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EINVAL, errno.ENXIO}


def open_regular(path: Path | str, *, folder: int | None = None) -> FileIO:
    """Open a regular file for reading, without a buffer.

    Args:
        folder: Descriptor of the folder that ``path`` begins in.

    Raises:
        OSError: If it cannot be opened, or is a link, a pipe, a device or a folder.
    """
    descriptor = os.open(path, _FLAGS, dir_fd=folder)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "Not a regular file")
    return FileIO(descriptor)


def check_inside(path: Path, doc_id: str) -> None:
    """See that no folder on the way to a file has become a link since the files were listed.

    To be called when the file was read: `open_regular` refuses a link in the last place alone.

    Args:
        doc_id: The part of the path that is inside the documents' folder.

    Raises:
        ReadError: If one has.
    """
    depth = len(PurePosixPath(doc_id).parts) - 1
    if any(parent.is_symlink() for parent in list(path.parents)[:depth]):
        raise ReadError.because("outside")


def sha256_of(path: Path, *, most: int) -> str:
    """Hash of a regular file's bytes, hexadecimal.

    Args:
        most: Bytes that are allowed; a larger file is not read at all.

    Raises:
        OSError: See `open_regular`.
        ReadError: If it is larger, or grows beyond that meanwhile.
    """
    with open_regular(path) as file:
        return sha256_from(file, most=most)


def sha256_from(file: FileIO, *, most: int = sys.maxsize) -> str:
    """Hash of an open file's bytes, hexadecimal; see `sha256_of`."""
    digest, left = hashlib.sha256(), most
    _check_size(os.fstat(file.fileno()).st_size, most)
    while part := file.read(_CHUNK):
        left -= len(part)
        _check_size(most - left, most)
        digest.update(part)
    return digest.hexdigest()


def _check_size(size: int, most: int) -> None:
    if size > most:
        raise ReadError.because("too_large", f"more than {most / 1e6:g} MB")


def read_whole(path: Path, *, most: int) -> bytes:
    """All bytes of a regular file, as they were at one moment.

    Args:
        most: Bytes that are allowed.

    Raises:
        ReadError: If it cannot be opened, is larger, or changes meanwhile.
    """
    try:
        with open_regular(path) as file:
            before = os.fstat(file.fileno())
            _check_size(before.st_size, most)
            data = _read_up_to(file, most + 1)
            after = os.fstat(file.fileno())
    except OSError as exc:
        raise ReadError.because("cannot_open", reason_of(exc)) from exc
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise ReadError.because("changed")
    if len(data) != after.st_size:
        raise ReadError.because("changed")
    return data


def may_pass(error: OSError) -> bool:
    """Whether a file may be as it was, and only cannot be reached now: no rights, a failing disk.

    What is not there, or is no regular file any more, has changed for good.
    """
    return error.errno not in _CHANGED


def is_gone(path: Path) -> bool:
    """Whether a file is not there any more; one that cannot be looked at may be."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def may_be_as_before(path: Path) -> bool:
    """Whether a file that could not be read may still be the one that it was."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError as exc:
        return may_pass(exc)


def reason_of(error: OSError) -> str:
    """What the system says, as it may follow a colon."""
    reason = error.strerror or type(error).__name__
    return f"{reason[:1].lower()}{reason[1:]}"


def _read_up_to(file: FileIO, most: int) -> bytes:
    parts: list[bytes] = []
    left = most
    while left and (part := file.read(min(left, _CHUNK))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
