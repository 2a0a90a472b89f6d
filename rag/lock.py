"""One writer at a time: an operating-system lock that goes with its process, however it ends."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from rag.errors import IndexLockedError, LibraryError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

NAME = "LOCK"
_POLL_S = 0.05
# Windows refuses to read locked bytes, so the lock lies far behind the note about its holder.
_LOCKED_BYTE = 1 << 30


class WriterLock:
    """The right to write to an index folder, held by one `held()` block on this machine.

    Two threads, or two objects of one process, exclude each other as two processes do.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def held(self, *, wait_s: float = 0.6) -> Iterator[None]:
        """Hold the lock.

        Args:
            wait_s: How long to wait for another holder before giving up.

        Raises:
            IndexLockedError: If another holder keeps it; the message names the process.
            LibraryError: If the lock file cannot be written.
        """
        try:
            file = _open(self._path)
        except OSError as exc:
            raise LibraryError(
                f"{self._path} cannot be written: {exc.strerror}.",
                code="index_unwritable", detail=f"{self._path}, {exc.strerror}",
            ) from exc  # fmt: skip
        with file:
            self._acquire(file, time.monotonic() + wait_s)
            try:
                _sign(file)
                yield
            finally:
                _unlock(file)

    def _acquire(self, file: IO[str], deadline: float) -> None:
        while not _try_lock(file):
            if time.monotonic() >= deadline:
                holder = _holder(file)
                raise IndexLockedError(
                    f"The index {self._path.parent} is being written by {holder}.", detail=holder
                )
            time.sleep(_POLL_S)


def _open(path: Path) -> IO[str]:
    # Never truncated on opening: the note belongs to whoever holds the lock.
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    return os.fdopen(descriptor, "r+", encoding="utf-8")


def _sign(file: IO[str]) -> None:
    since = datetime.now(UTC).astimezone().isoformat(sep=" ", timespec="seconds")
    note = {"pid": os.getpid(), "host": socket.gethostname(), "since": since}
    # The lock holds without the note, which a full disk has no room for. Nothing may stay in a
    # buffer of Python's: it would be written, and fail, when the file is closed.
    with suppress(OSError):
        os.ftruncate(file.fileno(), 0)
        os.lseek(file.fileno(), 0, os.SEEK_SET)
        os.write(file.fileno(), json.dumps(note).encode())


def _holder(file: IO[str]) -> str:
    file.seek(0)
    try:
        note = json.loads(file.read(4096))
        process = f"process {note['pid']} since {note['since']}"
        return process if note["host"] == socket.gethostname() else f"{process} on {note['host']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"  # it has the lock but has not signed yet


if sys.platform == "win32":

    def _try_lock(file: IO[str]) -> bool:
        file.seek(_LOCKED_BYTE)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(file: IO[str]) -> None:
        file.seek(_LOCKED_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:

    def _try_lock(file: IO[str]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as exc:
            raise LibraryError(f"{file.name} cannot be locked: {exc.strerror}.") from exc
        return True

    def _unlock(file: IO[str]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
