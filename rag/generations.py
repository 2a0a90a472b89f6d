"""The folders of the lexical index: made under another name, stamped, renamed, never changed.

Only the holder of the writer's lock may call `publish` or let `newest` clear away; reading needs
no lock.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from rag import lexical
from rag.errors import LibraryError
from rag.lexical import LexicalIndex
from rag.schema import IndexState
from rag.types import Passage

_FORMAT = 1
_STAMP = "stamp.json"
_KEPT = 2
_MAKING = "making.lexical.tmp"
_log = logging.getLogger(__name__)


class _UnusableError(Exception):
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
    folder: Path, state: IndexState, *, known: LexicalIndex | None, quarantine: Path | None
) -> LexicalIndex | None:
    """The newest undamaged index that was made from the store, at ``state`` or before it.

    Args:
        folder: Where the indexes are.
        known: An index that is open already, and need not be opened again.
        quarantine: Where to move what is damaged or foreign; None to leave it.
    """
    for path in sorted(folder.glob("*.lexical"), reverse=True):
        if known is not None and path == known.folder:
            return known
        try:
            return lexical.load(path, _verified(path, state))
        except (_UnusableError, OSError, ValueError) as exc:
            _log.warning("%s cannot be used: %s", path, exc)
            if quarantine is not None:
                _set_aside(path, quarantine)
    return None


def publish(folder: Path, base: LexicalIndex | None, changes: Changes) -> LexicalIndex:
    """Make the index of a state.

    Args:
        folder: Where the indexes are; made when it is not there.
        base: From `newest`, which gets the changes; None to make it anew.

    Raises:
        LibraryError: If it cannot be written.
    """
    state = changes.state
    making = folder / _MAKING
    target = folder / f"{state.generation:08d}.lexical"
    try:
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(parents=True)
        if base is not None and base.folder is not None:
            shutil.copytree(base.folder, making, dirs_exist_ok=True)
        lexical.make(making, changes.added, changes.removed)
        _write_stamp(making, state)
        making.rename(target)
        _prune(folder)
        return lexical.load(target, state)
    except (OSError, ValueError) as exc:
        raise LibraryError(f"The word index {target} cannot be written: {exc}.") from exc


def _verified(path: Path, state: IndexState) -> IndexState:
    """The state in the stamp of a folder that is as it was written."""
    stamp = json.loads((path / _STAMP).read_bytes())
    if not isinstance(stamp, dict) or stamp.get("format") != _FORMAT:
        raise _UnusableError("it is of another version")
    try:
        made = IndexState(**stamp["state"])
        files = dict(stamp["files"])
    except (KeyError, TypeError) as exc:
        raise _UnusableError("its stamp is damaged") from exc
    if made.store != state.store or not _precedes(made, state):
        raise _UnusableError("it was made from another store")
    if _hashes(path) != files:
        raise _UnusableError("its files are damaged")
    return made


def _precedes(made: IndexState, state: IndexState) -> bool:
    return (
        made.generation <= state.generation
        and made.max_passage_id <= state.max_passage_id
        and made.delete_seq <= state.delete_seq
    )


def _write_stamp(path: Path, state: IndexState) -> None:
    stamp = {"format": _FORMAT, "state": asdict(state), "files": _hashes(path)}
    with (path / _STAMP).open("w", encoding="utf-8") as file:
        json.dump(stamp, file, indent=1)
        file.flush()
        os.fsync(file.fileno())


def _hashes(path: Path) -> dict[str, str]:
    hashes = {}
    for file in sorted(path.iterdir()):
        # Tantivy's lock files hold nothing, and may come and go with a reader.
        if file.name != _STAMP and not file.name.endswith(".lock"):
            with file.open("rb") as stream:
                hashes[file.name] = hashlib.file_digest(stream, "sha256").hexdigest()
    return hashes


def _set_aside(path: Path, quarantine: Path) -> None:
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    with suppress(OSError):  # another program may hold it open; it is passed over all the same
        quarantine.mkdir(parents=True, exist_ok=True)
        path.rename(quarantine / f"{path.name}-{moment}")
        _log.warning("%s was moved to %s", path, quarantine)


def _prune(folder: Path) -> None:
    for path in sorted(folder.glob("*.lexical"))[:-_KEPT]:
        shutil.rmtree(path, ignore_errors=True)
