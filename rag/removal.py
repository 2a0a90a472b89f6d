"""Documents taken out: of the index, of their folder, and on a purge of the ratings as well."""

from __future__ import annotations

import errno
import stat
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from rag import attic
from rag.config import Documents
from rag.errors import LibraryError
from rag.feedback import Feedback
from rag.files import reason_of
from rag.leftovers import holding
from rag.library import Library
from rag.places import Place, parts_of, reach
from rag.reasons import REASONS, code_of

_STAYS = (
    "It is out of the index; move or delete the file yourself, or the next sync brings it back."
)


@dataclass(frozen=True, slots=True)
class Removal:
    """What became of documents that were removed.

    Attributes:
        moved: Documents whose files are in ``removed/`` now.
        deleted: Documents whose files were deleted.
        absent: Documents that had no file any more.
        ratings: How many ratings were deleted with them.
        copies: Other documents with the same bytes.
        also_deleted: Files in ``removed/`` that had other names and the same bytes.
        still_in: Files in the index folder that hold a piece of the text all the same.
    """

    moved: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    ratings: int = 0
    copies: tuple[str, ...] = ()
    also_deleted: tuple[Path, ...] = ()
    still_in: tuple[Path, ...] = ()


def remove(library: Library, folders: Documents, doc_ids: Sequence[str], *, purge: bool) -> Removal:
    """Remove documents; see `rag.Assistant.remove`.

    Raises:
        LibraryError: If there is no such document, or a file cannot be moved or deleted, or is not
            the document's any more; all others are removed nevertheless.
        IndexLockedError: If another process is writing.
    """
    failed = {f.doc_id: f.reason for f in library.failed()}
    known = {d.doc_id for d in library.documents()} | failed.keys()
    names = tuple(dict.fromkeys(spelt_as_known(d, known) for d in doc_ids))
    for name in names:
        _check(name, known, folders, purge=purge)
    copies = {c for d in names for c in library.copies(d)} - set(names)
    files = _Files(folders, {d for d in names if code_of(failed.get(d, "")) == "bad_name"})
    texts: list[str] = []
    ratings = 0
    if purge:
        texts = library.texts(names)
        files.learn(names, library.hashes(names))
        # Before the index forgets them: a purge that is cut short here can be asked for again.
        ratings = Feedback(folders.index).forget(names, texts)
    # The index before the files: it cannot be answered from, whatever happens then.
    library.remove(*(d for d in names if d in known), purge=purge)
    for name in names:
        files.take(name, purge=purge, known=name in known)
    if purge:
        files.erase_copies()
    still_in = holding(folders.index, texts)
    files.raise_problems(still_in)
    return Removal(
        tuple(files.moved), tuple(files.deleted), tuple(files.absent), ratings,
        tuple(sorted(copies)), tuple(files.also_deleted), still_in,
    )  # fmt: skip


def spelt_as_known(name: str, known: Collection[str]) -> str:
    """A name as its document has it: a letter with an accent may be written in two ways."""
    if name in known:
        return name
    alike = [other for other in known if _composed(other) == _composed(name)]
    return alike[0] if len(alike) == 1 else name


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _check(name: str, known: Collection[str], folders: Documents, *, purge: bool) -> None:
    if any(other.startswith(f"{name}/") for other in known) and not _has_file(folders, name):
        raise LibraryError(
            f"{name} is a folder; nothing was removed.",
            hint="Name the documents in it; `kaynak status --json` lists them.",
            code="is_folder", detail=name,
        )  # fmt: skip
    if name in known or (purge and _kept(folders, name)):
        return
    raise LibraryError(
        f"There is no document {name or 'without a name'}.",
        hint="`kaynak status --json` lists them.", code="no_document", detail=name,
    )  # fmt: skip


def _has_file(folders: Documents, name: str) -> bool:
    with suppress(OSError), reach(folders.folder, *parts_of(name) or ("",)) as place:
        return place.is_file()
    return False


def _kept(folders: Documents, name: str) -> list[attic.Parts]:
    try:
        return attic.kept(folders.index, name)
    except OSError:
        return []


@dataclass(slots=True)
class _Files:
    """The files of documents that are removed, and what became of them."""

    folders: Documents
    nameless: Collection[str]
    moved: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    also_deleted: list[Path] = field(default_factory=list)
    problems: list[LibraryError] = field(default_factory=list)
    hashes: set[str] = field(default_factory=set)

    def learn(self, names: Iterable[str], stored: Iterable[str]) -> None:
        """Note what bytes are to go, before they do."""
        self.hashes.update(stored)
        for name in names:
            below = [(attic.NAME, *parts) for parts in _kept(self.folders, name)]
            found = [attic.hash_of(self.folders.index, *parts) for parts in below]
            if parts := parts_of(name):
                found.append(attic.hash_of(self.folders.folder, *parts))
            self.hashes.update(sha256 for sha256 in found if sha256 is not None)

    def take(self, name: str, *, purge: bool, known: bool) -> None:
        """Move or delete what belongs to a document, and nothing else."""
        file = self.folders.folder / name
        try:
            if known:
                self._take_file(name, file, purge=purge)
            if purge:
                file = self.folders.index / attic.NAME
                for parts in attic.kept(self.folders.index, name):
                    file = self.folders.index.joinpath(attic.NAME, *parts)
                    self._erase(parts)
                if not known:
                    self.deleted.append(name)
        except OSError as exc:
            self.problems.append(_unmoved(file, self.folders.index, exc, purge=purge))

    def erase_copies(self) -> None:
        """Delete what earlier removals left of the same bytes under other names."""
        for parts in attic.same_bytes(self.folders.index, self.hashes):
            path = self.folders.index.joinpath(attic.NAME, *parts)
            try:
                self._erase(parts)
            except OSError as exc:
                self.problems.append(_unmoved(path, self.folders.index, exc, purge=True))
            else:
                self.also_deleted.append(path)

    def raise_problems(self, still_in: Sequence[Path]) -> None:
        """Say what stays, once everything that can go has gone."""
        if not self.problems:
            return
        first = self.problems[0]
        messages = [problem.message for problem in self.problems]
        messages += [f"{path} still holds the text." for path in still_in]
        details = ", ".join(problem.detail or "" for problem in self.problems)
        raise LibraryError(
            " ".join(messages), hint=first.hint, code=first.code, detail=details
        ) from first.__cause__

    def _take_file(self, name: str, file: Path, *, purge: bool) -> None:
        if name in self.nameless:
            self._leave(file, REASONS["bad_name"])
            return
        try:
            with reach(self.folders.folder, *parts_of(name)) as place:
                found = place.mode()
                if found is None:
                    self.absent.append(name)
                elif not self._is_its_own(place, found):
                    self._leave(file, REASONS["outside" if stat.S_ISLNK(found) else "not_regular"])
                elif purge:
                    place.delete()
                    self.deleted.append(name)
                else:
                    self._set_aside(place, name)
        except (FileNotFoundError, NotADirectoryError):
            self.absent.append(name)
        except OSError as exc:
            if exc.errno != errno.ELOOP:
                raise
            self._leave(file, f"on the way to it, {exc.strerror}")

    def _set_aside(self, place: Place, name: str) -> None:
        try:
            attic.set_aside(place, self.folders.index, name)
        except OSError as exc:
            self.problems.append(_unmoved(place.path, self.folders.index, exc, purge=False))
        else:
            self.moved.append(name)

    def _is_its_own(self, place: Place, mode: int) -> bool:
        """A regular file, or a link to one in the folder: the link goes, and not its target."""
        if not stat.S_ISLNK(mode):
            return stat.S_ISREG(mode)
        with suppress(OSError):
            end = place.path.resolve(strict=True)
            return end.is_file() and end.is_relative_to(self.folders.folder.resolve())
        return False

    def _erase(self, parts: attic.Parts) -> None:
        with reach(self.folders.index, attic.NAME, *parts) as place:
            place.delete()

    def _leave(self, file: Path, why: str) -> None:
        self.problems.append(
            LibraryError(
                f"{file} was left where it is: {why}.", hint=_STAYS, code="file_left",
                detail=f"{file}, {why}",
            )
        )  # fmt: skip


def _unmoved(file: Path, index: Path, error: OSError, *, purge: bool) -> LibraryError:
    goes = "deleted" if purge else f"moved to {index / attic.NAME}"
    made = LibraryError(
        f"{file} cannot be {goes}: {reason_of(error)}.", hint=_STAYS, code="not_moved",
        detail=f"{file}, {reason_of(error)}",
    )  # fmt: skip
    made.__cause__ = error
    return made
