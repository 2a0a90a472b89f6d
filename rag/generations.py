"""The folders of the lexical index: made under another name, stamped, renamed, never changed.

Only the holder of the writer's lock may call `publish`, `prune` and `clear`, or let `newest` set
aside; reading needs no lock.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import shutil
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from rag import lexical
from rag.errors import LibraryError
from rag.lexical import LexicalIndex
from rag.private_copy import copy_hashed, discard, is_private, private_copy, remove_left_behind
from rag.schema import IndexState
from rag.seals import Seals
from rag.types import Passage

_FORMAT = 2
_STAMP = "stamp.json"
_KEPT = 2
_PATIENCE_S = 5
_MAKING = "making.lexical.tmp"
# Published, half made, set aside: whatever else is there is the reader's, and never removed.
_OURS = re.compile(r"[0-9]+\.lexical(-[0-9]{8}T[0-9]{12})?|making\.lexical\.tmp")
_INCOMPLETE = (FileNotFoundError, NotADirectoryError, IsADirectoryError)
_log = logging.getLogger(__name__)


class UnusableError(Exception):
    """A folder is damaged, of another store, or of another version."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What brings an index of one state to another.

    Attributes:
        state: The state to come to.
        added: Passages of the documents that came.
        removed: First and last passage id of the documents that went, both inclusive.
    """

    state: IndexState
    added: Iterable[Passage]
    removed: tuple[tuple[int, int], ...]


def newest(
    folder: Path, state: IndexState, *, seals: Callable[[], Seals], known: LexicalIndex | None,
    quarantine: Path | None,
) -> LexicalIndex | None:  # fmt: skip
    """The newest undamaged index that was made from the store, at ``state`` or before it.

    Whatever is missing or cannot be used is logged.

    Args:
        folder: Where the indexes are.
        seals: Gives those that the store knows.
        known: An index that is open already, and need not be opened again.
        quarantine: Where to move what is damaged or foreign; None to leave it.
    """
    paths = folders(folder)
    # Asked only now: a writer announces an index before it gives it its name.
    mine = seals()
    name = mine.published_name
    if name is not None and not (folder / name).exists():
        _log.warning("%s is missing", folder / name)
    for path in paths:
        if known is not None and path == known.folder and mine.know(known.seal):
            return known
        try:
            return open_verified(path, state, mine)
        except (UnusableError, ValueError, *_INCOMPLETE) as exc:
            _log.warning("%s cannot be used: %s", path, exc)
            if quarantine is not None:
                _set_aside(path, quarantine)
        except OSError as exc:  # no rights, too many open files: it may be as good as new
            _log.warning("%s cannot be read: %s", path, exc)
    return None


def folders(folder: Path) -> list[Path]:
    """The published indexes, newest first."""
    try:
        return sorted(folder.glob("[0-9]*.lexical"), reverse=True)
    except FileNotFoundError:  # a purge takes the folder away while it is listed
        return []


def names(folder: Path) -> list[str]:
    """Of the published indexes, newest first."""
    return [path.name for path in folders(folder)]


def open_verified(path: Path, state: IndexState, seals: Seals) -> LexicalIndex:
    """Open an index that is as it was written, for a store that is at ``state``.

    Raises:
        UnusableError: If it is not, or was made from another store.
        OSError: If it cannot be read.
        ValueError: If Tantivy cannot read it.
    """
    with private_copy(path) as (copy, hashes):
        made, passages = _verified(copy, hashes, state)
        seal = _checked_seal(path, made, hashes, seals)
        index = lexical.load(copy, made, name=path, seal=seal)
        if len(index) != passages:
            raise UnusableError(f"it holds {len(index)} passages, not {passages}")
        return index


def publish(
    folder: Path, base: LexicalIndex | None, changes: Changes, announce: Callable[[str], None]
) -> LexicalIndex:
    """Make the index of a state.

    Args:
        folder: Where the indexes are; made when it is not there.
        base: From `newest`, which gets the changes; None to make it anew.
        announce: Lets the store know the seal of the new one, before that has its name.

    Raises:
        LibraryError: If it cannot be written.
    """
    state = changes.state
    making = folder / _MAKING
    target = folder / _name(state)
    try:
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(parents=True)
        if base is not None and base.folder is not None:
            # It may have been damaged since it was opened.
            hashes = copy_hashed(base.folder, making)
            made, _ = _verified(making, hashes, state)
            _checked_seal(base.folder, made, hashes, Seals(base.seal))
            (making / _STAMP).unlink()
        passages = lexical.make(making, changes.added, changes.removed)
        seal = f"{target.name} {_write_stamp(making, state, passages)}"
        announce(seal)
        making.rename(target)
        _sync_folder(folder)
        return open_verified(target, state, Seals(seal))
    except (OSError, ValueError, UnusableError) as exc:
        raise LibraryError(
            f"The word index {target} cannot be written: {exc}.",
            hint="See whether the disk is full; the documents are stored, and the next"
            " `kaynak sync` makes the word index.",
            code="word_index", detail=f"{target}, {exc}",
        ) from exc  # fmt: skip


def prune(folder: Path, quarantine: Path, state: IndexState, seals: Seals) -> None:
    """Remove the indexes that are not kept, and set the older ones aside that are damaged.

    To be called when the newest is sealed: until then the one that is sealed must stay.
    """
    _, *older = folders(folder) or [folder]
    for path in older[: _KEPT - 1]:
        try:
            hashes = _hashes(path)
            made, _ = _verified(path, hashes, state)
            _checked_seal(path, made, hashes, seals)
        except (UnusableError, ValueError, *_INCOMPLETE) as exc:
            _log.warning("%s cannot be used: %s", path, exc)
            _set_aside(path, quarantine)
        except OSError as exc:
            _log.warning("%s cannot be read: %s", path, exc)
    for path in older[_KEPT - 1 :]:
        discard(path)
    remove_left_behind(folder)


def clear(folder: Path, quarantine: Path) -> None:
    """Remove every index, also what was set aside or left behind half made; no other files.

    Raises:
        LibraryError: If something cannot be removed.
    """
    for path in (folder, quarantine):
        if not _removed(path):
            raise LibraryError(
                f"{path} cannot be cleared, so it may still hold words of what was purged.",
                hint="Close other programs that use the index, then run `kaynak sync`.",
            )


def _removed(folder: Path) -> bool:
    """Remove what is ours; a reader may put its private copy there while the files go."""
    until = time.monotonic() + _PATIENCE_S
    while ours := [path for path in _entries(folder) if _is_ours(path)]:
        for path in ours:
            with suppress(OSError):
                path.unlink() if path.is_symlink() or path.is_file() else shutil.rmtree(path)
        if time.monotonic() > until:
            return not any(map(_is_ours, _entries(folder)))
        time.sleep(0.01)
    with suppress(OSError):  # it is not there, or someone keeps files of their own in it
        folder.rmdir()
    return True


def _entries(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


def _is_ours(path: Path) -> bool:
    return is_private(path) or bool(_OURS.fullmatch(path.name))


def _name(state: IndexState) -> str:
    return f"{state.generation:08d}.lexical"


def _verified(path: Path, hashes: Mapping[str, str], state: IndexState) -> tuple[IndexState, int]:
    """The state and the number of passages in the stamp of a folder that is as it was written."""
    stamp = json.loads((path / _STAMP).read_bytes())
    if not isinstance(stamp, dict) or stamp.get("format") != _FORMAT:
        raise UnusableError("it is of another version")
    try:
        made = IndexState(**stamp["state"])
        files, passages = dict(stamp["files"]), int(stamp["passages"])
        precedes = _precedes(made, state)
    except (KeyError, TypeError) as exc:
        raise UnusableError("its stamp is damaged") from exc
    if made.store != state.store or not precedes:
        raise UnusableError("it was made from another store")
    if {name: sha256 for name, sha256 in hashes.items() if name != _STAMP} != files:
        raise UnusableError("its files are damaged")
    return made, passages


def _checked_seal(path: Path, made: IndexState, hashes: Mapping[str, str], seals: Seals) -> str:
    if path.name != _name(made):
        raise UnusableError("it is of another generation than its name says")
    seal = f"{path.name} {hashes.get(_STAMP)}"
    if not seals.know(seal):
        raise UnusableError("it is not the one that was published")
    return seal


def _precedes(made: IndexState, state: IndexState) -> bool:
    return (
        made.generation <= state.generation
        and made.max_passage_id <= state.max_passage_id
        and made.delete_seq <= state.delete_seq
    )


def _write_stamp(path: Path, state: IndexState, passages: int) -> str:
    """Its hash, hexadecimal."""
    stamp = {
        "format": _FORMAT, "state": asdict(state), "passages": passages, "files": _hashes(path),
    }  # fmt: skip
    data = json.dumps(stamp, indent=1).encode()
    with (path / _STAMP).open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return hashlib.sha256(data).hexdigest()


def _hashes(path: Path) -> dict[str, str]:
    hashes = {}
    for file in sorted(path.iterdir()):
        if not file.name.endswith(".lock"):
            with file.open("rb") as stream:
                hashes[file.name] = hashlib.file_digest(stream, "sha256").hexdigest()
    return hashes


def _sync_folder(folder: Path) -> None:
    """Let the new name outlast a power failure; not needed, and not possible, on Windows."""
    if os.name != "nt":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _set_aside(path: Path, quarantine: Path) -> None:
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    with suppress(OSError):  # another program may hold it open; it is passed over all the same
        quarantine.mkdir(parents=True, exist_ok=True)
        path.rename(quarantine / f"{path.name}-{moment}")
        _log.warning("%s was moved to %s", path, quarantine)
