"""Files below a folder that others may change: reached step by step, and no link is followed.

A path says where a file was; by the time it is used, a folder on the way may have become a link to
somewhere else. So the folder is held open, and its file is named within it.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from io import FileIO
from pathlib import Path, PurePosixPath

from rag.files import open_regular

# Windows has none of this; there each folder is looked at, and the file is named by its path.
_HELD = os.open in os.supports_dir_fd and os.listdir in os.supports_fd
_FOLDER = os.O_RDONLY
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
for _name in ("O_DIRECTORY", "O_NOFOLLOW", "O_CLOEXEC"):
    _FOLDER |= getattr(os, _name, 0)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file is, or may come to be, in a folder that is held open.

    Attributes:
        path: For people; the file may meanwhile be reached by another.
        folder: Descriptor of the folder; None where the system has no such thing.
        name: Of the file in it; its whole path when ``folder`` is None.
    """

    path: Path
    folder: int | None
    name: str

    def mode(self) -> int | None:
        """Of the file, or of the link that is there; None when there is nothing."""
        try:
            found = os.stat(self.name, dir_fd=self.folder, follow_symlinks=False)
        except FileNotFoundError:
            return None
        return found.st_mode

    def is_file(self) -> bool:
        """Whether a regular file is there, and no link to one."""
        mode = self.mode()
        return mode is not None and stat.S_ISREG(mode)

    def beside(self, name: str) -> Place:
        """Another place in the same folder."""
        path = self.path.with_name(name)
        return Place(path, self.folder, name if self.folder is not None else str(path))

    def names(self) -> list[str]:
        """What is in the folder, ascending."""
        folder = self.path.parent if self.folder is None else self.folder
        return sorted(os.listdir(folder))  # noqa: PTH208 - a path knows no descriptor

    def open(self) -> FileIO:
        """Open a regular file; see `rag.files.open_regular`."""
        return open_regular(self.name, folder=self.folder)

    def delete(self) -> None:
        """Delete the file, or the link."""
        os.unlink(self.name, dir_fd=self.folder)

    def move_to(self, target: Place) -> None:
        """Move the file, or the link, to a place where nothing is; also to another disk."""
        try:
            os.rename(
                self.name, target.name, src_dir_fd=self.folder, dst_dir_fd=target.folder
            )  # fmt: skip
        except OSError as exc:
            if exc.errno != errno.EXDEV:
                raise
            self._copy_to(target)
            self.delete()

    def _copy_to(self, target: Place) -> None:
        if not self.is_file():
            link = os.readlink(self.name, dir_fd=self.folder)
            os.symlink(link, target.name, dir_fd=target.folder)
            return
        with self.open() as source:
            try:
                with FileIO(os.open(target.name, _NEW, dir_fd=target.folder), "w") as file:
                    shutil.copyfileobj(source, file)
                    os.fsync(file.fileno())
            except OSError:
                with suppress(OSError):
                    target.delete()
                raise


def parts_of(doc_id: str) -> tuple[str, ...]:
    """The names on the way to a document; empty when it cannot be the name of one."""
    parts = PurePosixPath(doc_id).parts
    plain = all(Path(part).parts == (part,) and part != ".." for part in parts)
    return parts if plain and "/".join(parts) == doc_id else ()


@contextmanager
def reach(root: Path, *parts: str, make: bool = False) -> Iterator[Place]:
    """The place of a file below a folder, for as long as it is used.

    Args:
        root: May itself be a link, for it was named by a person.
        parts: The names on the way, that of the file last.
        make: Make the folders that are not there.

    Raises:
        OSError: `FileNotFoundError` or `NotADirectoryError` if there is no such folder, with
            ``ELOOP`` if a link is on the way.
    """
    *folders, name = parts
    path = root.joinpath(*folders)
    if not _HELD:
        _check_way(root, folders, make=make)
        yield Place(path / name, None, str(path / name))
        return
    with closing(_Descent(root)) as descent:
        for folder in folders:
            descent.enter(folder, make=make)
        yield Place(path / name, descent.folder, name)


class _Descent:
    """The one folder that is open on the way down."""

    def __init__(self, root: Path) -> None:
        self.folder = os.open(root, _FOLDER & ~getattr(os, "O_NOFOLLOW", 0))

    def enter(self, name: str, *, make: bool) -> None:
        if make:
            with suppress(FileExistsError):
                os.mkdir(name, dir_fd=self.folder)
        _refuse_link(os.stat(name, dir_fd=self.folder, follow_symlinks=False).st_mode, name)
        below = os.open(name, _FOLDER, dir_fd=self.folder)
        os.close(self.folder)
        self.folder = below

    def close(self) -> None:
        os.close(self.folder)


def _check_way(root: Path, folders: list[str], *, make: bool) -> None:
    path = root
    for folder in folders:
        path /= folder
        if make:
            path.mkdir(exist_ok=True)
        mode = path.lstat().st_mode
        _refuse_link(mode, folder)
        if not stat.S_ISDIR(mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path))


def _refuse_link(mode: int, name: str) -> None:
    if stat.S_ISLNK(mode):
        raise OSError(errno.ELOOP, f"{name} is a link")
