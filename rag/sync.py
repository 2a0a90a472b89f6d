"""What a sync has to do: the files of a folder, compared with the documents of an index."""

from __future__ import annotations

import itertools
import os
import stat
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rag.errors import ConfigError, LibraryError
from rag.files import may_pass, reason_of, sha256_of
from rag.lost import is_index
from rag.reasons import REASONS
from rag.types import FailedFile

_SKIPPED = (".", "~$")  # hidden files, and the lock files of office programs

_OLD_FORMATS = frozenset({".doc", ".dot", ".xls", ".xlt", ".ppt", ".pps"})
# What people would miss among the answers; images, programs and archives nobody would.
_UNREAD_DOCUMENTS = frozenset(
    ".docm .dotx .xlsm .xlsb .pptm .ppsx .ods .odp .odg .fodt .pages .numbers .key .wpd .wps .tex"
    " .rst .org .adoc .djvu .mobi .azw .azw3 .fb2 .xps .ps .msg .mht .mhtml .xhtml".split()
)


@dataclass(frozen=True, slots=True)
class FolderListing:
    """The files of a folder that can be read, and those that cannot.

    Attributes:
        files: Path by ``doc_id``, ascending.
        kept: ``doc_id`` of what may be there as before, but could not be looked at now: a file,
            or with a slash at its end a folder.
        others: Endings of the files that are plainly no documents, and how many have each.
    """

    files: Mapping[str, Path]
    failed: tuple[FailedFile, ...]
    kept: frozenset[str] = frozenset()
    others: tuple[tuple[str, int], ...] = ()

    def is_kept(self, doc_id: str) -> bool:
        """Whether a document stays as it is, for it cannot be told what has become of it."""
        return doc_id in self.kept or any(
            doc_id.startswith(name) for name in self.kept if name.endswith("/")
        )


@dataclass(frozen=True, slots=True)
class SyncPlan:
    """What to do with each document.

    Attributes:
        index: To index, new or changed; ascending.
        moved: For some of those, the documents whose bytes they have and whose files are gone.
        removed: Documents whose files are gone, those of ``moved`` aside; ascending.
    """

    index: tuple[str, ...] = ()
    moved: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    removed: tuple[str, ...] = ()


def check_folder(root: Path) -> None:
    """Refuse a folder of documents that is not there.

    Raises:
        LibraryError: If it is not.
    """
    if not root.is_dir():
        what = "is not a folder" if root.exists() else "does not exist"
        raise LibraryError(
            f"The documents' folder {root} {what}.",
            hint="Create it, or name another one with `--documents` or in config.yaml.",
            code="no_folder", detail=str(root),
        )  # fmt: skip


def check_apart(documents: Path, index: Path) -> None:
    """Refuse an index folder that is the documents' folder or lies above it.

    What Kaynak keeps there, ``removed/`` for one, would be taken for documents, and documents
    for what it keeps. An index folder inside the documents' folder is passed over by a sync.

    Raises:
        ConfigError: If it is.
    """
    real = Path(os.path.realpath(documents))
    above = (real, *real.parents)
    if Path(os.path.realpath(index)) in above or any(_is_same(index, path) for path in above):
        raise ConfigError(
            f"The index folder {index} is or holds the documents' folder {documents}.",
            hint="Name a folder of its own for the index with `--index` or in config.yaml, e.g."
            f" {documents / '.kaynak'}.",
        )


def _is_same(one: Path, other: Path) -> bool:
    """Names may differ and mean one folder: in their case, or by a mount."""
    try:
        return one.samefile(other)
    except OSError:
        return False


def list_files(root: Path, *, suffixes: Collection[str], skip: Path) -> FolderListing:
    """Look through a folder and its sub-folders.

    Hidden files are passed over. Files of other types are counted; those that people would take for
    documents fail. Folders behind links are not entered.

    Args:
        suffixes: Lower case, with the dot.
        skip: A folder to pass over, as are all that are an index; also behind a link.

    Raises:
        LibraryError: If the folder does not exist or cannot be listed.
    """
    check_folder(root)
    walk = _Walk(os.path.realpath(root), frozenset(suffixes), os.path.realpath(skip))
    try:
        walk.enter(str(root), "")
    except OSError as exc:
        raise LibraryError(
            f"The documents' folder {root}: {explain(exc)}.",
            code="folder_unreadable", detail=f"{root}, {reason_of(exc)}",
        ) from exc  # fmt: skip
    failed = sorted([*walk.failed, *walk.bad_names()], key=lambda file: file.doc_id)
    others = tuple(sorted(walk.others.items()))
    files = dict(sorted(walk.files.items()))
    return FolderListing(files, tuple(failed), frozenset(walk.kept), others)


def file_sha256(path: Path, *, most: int) -> str:
    """Hash of a file's bytes, hexadecimal.

    Args:
        most: Bytes that are allowed.

    Raises:
        OSError: If it cannot be read, or is no regular file any more.
        ReadError: If it is larger.
    """
    return sha256_of(path, most=most)


def make_plan(
    hashes: Mapping[str, str], stored: Mapping[str, str | None], there: Collection[str],
    unread: Collection[str] = (),
) -> SyncPlan:  # fmt: skip
    """Compare files and documents.

    Args:
        hashes: Hash of each readable file by ``doc_id``.
        stored: Hash of each document by ``doc_id``; None where it is to be indexed again.
        there: Documents whose files are there, or may be, but cannot be read.
        unread: Documents to be read again although their bytes are the same.
    """
    index = sorted(
        doc_id for doc_id, sha256 in hashes.items()
        if stored.get(doc_id) != sha256 or doc_id in unread
    )  # fmt: skip
    gone = sorted(stored.keys() - hashes.keys() - set(there))
    moved: dict[str, tuple[str, ...]] = {}
    for doc_id in index:
        if doc_id not in stored:
            sources = tuple(old for old in gone if stored[old] == hashes[doc_id])
            moved |= {doc_id: sources} if sources else {}
            gone = [old for old in gone if old not in sources]
    return SyncPlan(tuple(index), moved, tuple(gone))


def explain(error: OSError) -> str:
    """Why a file cannot be read, as a reason for people: "it cannot be read: ..."."""
    return f"{REASONS['cannot_open']}: {reason_of(error)}"


class _Walk:
    def __init__(self, root: str, suffixes: frozenset[str], skip: str) -> None:
        self.files: dict[str, Path] = {}
        self.failed: list[FailedFile] = []
        self.kept: set[str] = set()
        self.others: Counter[str] = Counter()
        self._bad_names: list[str] = []
        self._root = root
        self._suffixes = suffixes
        self._skip = skip

    def enter(self, folder: str, prefix: str) -> None:
        """Look through a folder; ``prefix`` is its ``doc_id`` with a slash at the end."""
        below = []
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith(_SKIPPED):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    below.append((entry.path, f"{prefix}{entry.name}/"))
                else:
                    self._file(entry, f"{prefix}{entry.name}")
        for path, doc_id in below:
            if not self._is_index(path):
                self._enter_or_note(path, doc_id)

    def _enter_or_note(self, path: str, doc_id: str) -> None:
        try:
            self.enter(path, doc_id)
        except OSError as exc:
            self.kept.add(doc_id)
            self.failed.append(FailedFile(_printable(doc_id.rstrip("/")), explain(exc)))

    def _file(self, entry: os.DirEntry[str], doc_id: str) -> None:
        is_folder = entry.is_symlink() and Path(entry.path).is_dir()
        if is_folder and self._is_index(entry.path):
            return
        suffix = Path(entry.name).suffix.lower()
        if not is_folder and suffix not in self._suffixes:
            self._other(doc_id, suffix)
            return
        if doc_id != _printable(doc_id):
            self._bad_names.append(_printable(doc_id))
            return
        for reason in self._problems(entry, doc_id):
            self.failed.append(FailedFile(doc_id, reason))
            return
        if not is_folder:
            # A link is followed here, where its end was checked; nobody follows one later.
            linked = entry.is_symlink()
            self.files[doc_id] = Path(os.path.realpath(entry.path) if linked else entry.path)

    def bad_names(self) -> Iterator[FailedFile]:
        """Once all is seen: the files whose names are no text, each under a name of its own."""
        taken = {*self.files, *(file.doc_id for file in self.failed)}
        for shown in sorted(self._bad_names):
            # Another file may have for its name what this one is shown as.
            names = itertools.chain([shown], (f"{shown}~{n}" for n in itertools.count(2)))
            doc_id = next(name for name in names if name not in taken)
            taken.add(doc_id)
            yield FailedFile(doc_id, REASONS["bad_name"])

    def _other(self, doc_id: str, suffix: str) -> None:
        if suffix in _OLD_FORMATS:
            self.failed.append(FailedFile(_printable(doc_id), REASONS["old_format"]))
        elif suffix in _UNREAD_DOCUMENTS:
            reason = f"{REASONS['unknown_type']}: {suffix}"
            self.failed.append(FailedFile(_printable(doc_id), reason))
        else:
            self.others[_printable(suffix)] += 1

    def _problems(self, entry: os.DirEntry[str], doc_id: str) -> Iterator[str]:
        if entry.is_symlink() and not self._is_inside(entry.path):
            yield REASONS["outside"]
        try:
            mode = entry.stat().st_mode
        except OSError as exc:
            if may_pass(exc):
                self.kept.add(doc_id)
            yield explain(exc)
            return
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            yield REASONS["not_regular"]

    def _is_index(self, path: str) -> bool:
        """This index, or that of another program: what was removed from it is kept there."""
        return os.path.realpath(path) == self._skip or is_index(Path(path))

    def _is_inside(self, path: str) -> bool:
        return Path(os.path.realpath(path)).is_relative_to(self._root)


def _printable(doc_id: str) -> str:
    """Names that are no valid text cannot be stored or shown as they are."""
    return doc_id.encode("utf-8", "backslashreplace").decode("utf-8")


def free_name(folder: Path, name: str, source: Path | None) -> Path:
    """A path that is not taken; the same bytes may replace themselves."""
    target = folder / name
    number = 1
    while target.exists() and not (source and target.read_bytes() == source.read_bytes()):
        number += 1
        target = folder / f"{Path(name).stem}-{number}{Path(name).suffix}"
    return target
