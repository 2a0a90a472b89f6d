"""The store: documents, passages and vectors in SQLite. The only truth of an index.

One document is one transaction: after a crash it is there as a whole or not at all. Everything
else in the index folder is derived from the store and may be deleted at any moment.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import uuid
import weakref
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag import facts, schema
from rag.errors import IndexCorruptError, LibraryError
from rag.lost import NAME, refuse_lost
from rag.queries import AMONG, Queries
from rag.schema import Pipeline
from rag.sharing import copy_database, execute_patiently
from rag.types import Document, FailedFile, Passage

_BUSY_S = 10
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
# What SQLite says, without a code of its own, of tables and rows that are not as we wrote them.
_DAMAGE_SAID = (
    "decode to UTF-8", "no such table", "no such column", "malformed JSON", "already exists",
)  # fmt: skip
_HINTS = {
    sqlite3.SQLITE_FULL: "Free some space on the disk and try again; nothing that was indexed is"
    " lost.",
    sqlite3.SQLITE_IOERR: "See whether the disk is full or failing, then try again; nothing that"
    " was indexed is lost.",
    sqlite3.SQLITE_BUSY: "Another process is using the index; try again in a moment.",
    sqlite3.SQLITE_READONLY: "Check that the index folder may be written; if it was deleted or"
    " replaced meanwhile, try again.",
}
_CODES = {
    sqlite3.SQLITE_FULL: "disk_full", sqlite3.SQLITE_IOERR: "disk_failing",
    sqlite3.SQLITE_BUSY: "index_busy", sqlite3.SQLITE_READONLY: "index_unwritable",
}  # fmt: skip


class Store(Queries):
    """The database of one index folder; threads may share one object.

    Every method raises `LibraryError` with SQLite's own words when the disk is full or fails,
    and `IndexCorruptError` when the file is damaged.
    """

    def __init__(self, folder: Path, *, name: str = NAME) -> None:
        """Open the store of an index folder; made when it is not there.

        Args:
            name: Of its file.

        Raises:
            LibraryError: If it cannot be opened, or was made by a newer version.
            IndexCorruptError: If it is gone or empty, but what was made from it is there.
        """
        self.path = folder / name
        refuse_lost(self.path)
        self._identity: tuple[int, int] | None = None
        with suppress(OSError):
            self._identity = _identity(self.path)
        # One connection for all threads: transactions are short, and none sees another's half.
        self._lock = threading.RLock()
        with self._translated():
            self._db = sqlite3.connect(
                self.path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
            )
            try:
                self._prepare()
            except BaseException:
                self._db.close()
                raise
        # That of the file before SQLite opened it counts, if there was one: if another was put
        # there in between, this one is opened once more.
        with suppress(OSError):
            self._identity = self._identity or _identity(self.path)
        # Nobody closes a store that was replaced; its readers go on until they have done.
        weakref.finalize(self, self._db.close)

    def is_current(self) -> bool:
        """Whether its path still leads to the file that is open; else that was replaced or lost."""
        try:
            return _identity(self.path) == self._identity
        except OSError:  # a disk that cannot be reached for now says nothing of the file
            return True

    def close(self) -> None:
        """Close the database; may be called twice."""
        with self._lock:
            self._db.close()

    def set_pipeline(self, pipeline: Pipeline, *, rebuild: bool = False) -> None:
        """Say what makes the content from now on.

        Args:
            rebuild: Let all documents wait to be indexed again. Until then their passages stay,
                but `vectors` leaves them out.
        """
        with self._writing() as db:
            schema.set_meta(db, "pipeline", pipeline.fingerprint)
            if rebuild:
                schema.set_meta(db, "rebuilding", "yes")
                db.execute("UPDATE documents SET pipeline = ''")
                schema.mark_changed(db)

    def put(
        self, document: Document, passages: Sequence[Passage], vectors: NDArray[np.float32],
        pipeline: Pipeline, *, replaces: Iterable[str] = (),
    ) -> None:  # fmt: skip
        """Add a document, or replace it.

        Args:
            passages: In the order of the text; each with the title it was embedded with.
            vectors: One row per passage. Shape: ``(len(passages), pipeline.dim)``.
            replaces: Other documents that go at the same moment, e.g. its old path.

        Raises:
            ValueError: If passages, vectors and text do not fit each other.
        """
        schema.check(document, passages, vectors, pipeline.dim)
        with self._writing() as db:
            for doc_id in (document.doc_id, *replaces):
                schema.delete(db, doc_id)
            values = schema.document_row(document, passages, pipeline)
            row = db.execute(schema.INSERT_DOCUMENT, values).lastrowid
            assert row is not None
            db.executemany(schema.INSERT_PASSAGE, schema.passage_rows(row, passages, vectors))
            schema.mark_changed(db)

    def remove(self, *doc_ids: str, purge: bool = False) -> bool:
        """Remove documents, or the notes that they failed; False when there is nothing of them.

        Args:
            purge: Note that what is left of deleted text is to go from the disk, see `compact`.
        """
        with self._writing() as db:
            if purge:
                schema.set_meta(db, "purging", "yes")
            return any([schema.delete(db, doc_id) for doc_id in doc_ids])

    def note(self, key: str, value: str | None) -> None:
        """Keep a fact that is none of the content; None to forget it."""
        with self._writing() as db:
            if value is None:
                db.execute("DELETE FROM meta WHERE key = ?", (key,))
            else:
                schema.set_meta(db, key, value)

    def fail(self, failed: FailedFile, *, keep: bool = False) -> None:
        """Note why a file cannot be indexed, and remove what was indexed of it before.

        Args:
            keep: Leave that as it is.
        """
        with self._writing() as db:
            if not keep:
                schema.delete(db, failed.doc_id)
            db.execute(
                "INSERT OR REPLACE INTO failed VALUES (?, ?)", (failed.doc_id, failed.reason)
            )

    def forget_failed(self, *, keep: Collection[str]) -> None:
        """Drop the notes about files that are not among ``keep``."""
        with self._writing() as db:
            db.execute(f"DELETE FROM failed WHERE doc_id NOT {AMONG}", (json.dumps(list(keep)),))

    def compact(self) -> None:
        """Write the file anew, without the space that deleted rows left behind.

        Raises:
            LibraryError: If a reader keeps the old content in the write-ahead log.
        """
        with self._translated():
            execute_patiently(self._db, "VACUUM")
            busy, *_ = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise LibraryError(
                f"{self.path} is being read, so its log cannot be cut short.",
                hint="Run `kaynak sync` in a moment; it finishes what was begun.",
            )

    def problems(self) -> list[str]:
        """What SQLite finds wrong with its file; a damaged one may raise instead."""
        found = [str(row[0]) for row in self._rows("PRAGMA integrity_check(20)")]
        names = [statement.split()[2] for statement in schema.TABLES]
        there = {row[0] for row in self._rows("SELECT name FROM sqlite_master")}
        orphans = self._rows("PRAGMA foreign_key_check")
        return (
            [line for line in found if line != "ok"]
            + [f"the table {name} is missing" for name in names if name not in there]
            + [f"row {row[1]} of {row[0]} belongs to no document" for row in orphans]
        )

    def copy_to(self, path: Path) -> None:
        """Write one committed state to another file, whatever other processes do meanwhile.

        The copy is a store of its own: indexes that were made from this one are not taken for its.

        Args:
            path: Of a new file.
        """
        with self._translated():
            copy = sqlite3.connect(path, isolation_level=None)
            try:
                copy.execute("PRAGMA synchronous = FULL")
                copy_database(self._db, copy)
                schema.set_meta(copy, "store", uuid.uuid4().hex)
                copy.execute("DELETE FROM meta WHERE key = 'words'")
            finally:
                copy.close()

    def _rows(self, sql: str, *values: object) -> list[Any]:
        with self._translated():
            return self._db.execute(sql, values).fetchall()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it, or nothing."""
        with self._translated():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                execute_patiently(self._db, "COMMIT")
            except BaseException:
                # When the disk is full SQLite has rolled back by itself, and a second time would
                # raise an error that hides the first.
                if self._db.in_transaction:
                    with suppress(sqlite3.Error):
                        self._db.execute("ROLLBACK")
                raise

    @contextmanager
    def _translated(self) -> Iterator[None]:
        with self._lock:
            try:
                yield
            except sqlite3.Error as exc:
                raise _ours(exc, self.path) from exc

    def _prepare(self) -> None:
        for pragma in schema.pragmas(sqlite3.sqlite_version_info):
            self._db.execute(pragma)
        if not self._has_tables():
            with self._writing() as db:
                if not self._has_tables():  # another process may have been quicker
                    schema.create(db)
        version = self._version()
        if version > schema.SCHEMA_VERSION:
            raise LibraryError(
                f"The index {self.path.parent} was made by a newer version of Kaynak.",
                hint="Update Kaynak, or move the index folder away and run `kaynak sync`.",
            )
        if version < schema.SCHEMA_VERSION:
            with self._writing() as db:
                schema.migrate(db, self._version())

    def _version(self) -> int:
        version = facts.number("schema", self.meta().get("schema"))
        if version < 1:
            raise IndexCorruptError(f"The index is damaged: its schema cannot be {version}.")
        return version

    def _has_tables(self) -> bool:
        return bool(self._rows("SELECT 1 FROM sqlite_master WHERE name = 'meta'"))


def _identity(path: Path) -> tuple[int, int] | None:
    """Of a file, whatever its name; None when there is none."""
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_dev, found.st_ino


def _ours(error: sqlite3.Error, path: Path) -> LibraryError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    detail = f"{path}, {error}"
    if code in _DAMAGE or any(said in str(error) for said in _DAMAGE_SAID):
        return IndexCorruptError(f"{path} is damaged: {error}.", detail=detail)
    return LibraryError(
        f"{path} cannot be used: {error}.", hint=_HINTS.get(code), code=_CODES.get(code),
        detail=detail,
    )  # fmt: skip
