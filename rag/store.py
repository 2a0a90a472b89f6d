"""The store: documents, passages and vectors in SQLite. The only truth of an index.

One document is one transaction: after a crash it is there as a whole or not at all. Everything
else in the index folder is derived from the store and may be deleted at any moment.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag import schema
from rag.errors import IndexCorruptError, LibraryError
from rag.schema import IndexState, Pipeline
from rag.types import Document, DocumentInfo, FailedFile, Passage

NAME = "store.db"
_BUSY_S = 10
_BATCH = 2000
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_JOINED = "passages p JOIN documents d ON d.id = p.document"
_AMONG = "IN (SELECT value FROM json_each(?))"


class Store:
    """The database of one index folder; threads may share one object.

    Every method raises `LibraryError` with SQLite's own words when the disk is full or fails,
    and `IndexCorruptError` when the file is damaged.
    """

    def __init__(self, folder: Path) -> None:
        """Open the store of an index folder; made when it is not there.

        Raises:
            LibraryError: If it cannot be opened, or was made by a newer version.
        """
        self.path = folder / NAME
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

    def close(self) -> None:
        """Close the database; may be called twice."""
        with self._lock:
            self._db.close()

    def state(self) -> IndexState:
        """What is committed now."""
        rows = self._rows(
            "SELECT (SELECT value FROM meta WHERE key = 'store'),"
            " (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'generation'),"
            " COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'passages'), 0),"
            " COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'deletions'), 0)"
        )
        return IndexState(*rows[0])

    def meta(self) -> dict[str, str]:
        """Facts by name: schema, store, generation, changed_at, pipeline, rebuilding."""
        return dict(self._rows("SELECT key, value FROM meta"))

    def pipeline(self) -> Pipeline | None:
        """What made its content; None when that was never said."""
        value = self.meta().get("pipeline")
        return None if value is None else Pipeline(*json.loads(value))

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

    def set_rebuilt(self) -> None:
        """Say that no document waits to be indexed again."""
        with self._writing() as db:
            db.execute("DELETE FROM meta WHERE key = 'rebuilding'")

    def versions(self, pipeline: Pipeline) -> dict[str, str | None]:
        """Hash of each document's bytes by ``doc_id``; None where it is to be indexed again."""
        rows = self._rows("SELECT doc_id, sha256, pipeline FROM documents")
        return {d: sha if made == pipeline.fingerprint else None for d, sha, made in rows}

    def put(
        self, document: Document, passages: Sequence[Passage], vectors: NDArray[np.float32],
        pipeline: Pipeline, *, replaces: Iterable[str] = (),
    ) -> None:  # fmt: skip
        """Add a document, or replace it.

        Args:
            passages: In the order of the text.
            vectors: One row per passage. Shape: ``(len(passages), pipeline.dim)``.
            replaces: Other documents that go at the same moment, e.g. its old path.

        Raises:
            ValueError: If passages, vectors and text do not fit each other.
        """
        schema.check(document, passages, vectors, pipeline.dim)
        with self._writing() as db:
            for doc_id in (document.doc_id, *replaces):
                schema.delete(db, doc_id)
            values = schema.document_row(document, pipeline)
            row = db.execute(schema.INSERT_DOCUMENT, values).lastrowid
            assert row is not None
            db.executemany(schema.INSERT_PASSAGE, schema.passage_rows(row, passages, vectors))
            schema.mark_changed(db)

    def remove(self, doc_id: str) -> bool:
        """Remove a document, or the note that it failed; False when there is neither."""
        with self._writing() as db:
            return schema.delete(db, doc_id)

    def fail(self, failed: FailedFile) -> None:
        """Note why a file cannot be indexed, and remove what was indexed of it before."""
        with self._writing() as db:
            schema.delete(db, failed.doc_id)
            db.execute("INSERT INTO failed VALUES (?, ?)", (failed.doc_id, failed.reason))

    def forget_failed(self, *, keep: Collection[str]) -> None:
        """Drop the notes about files that are not among ``keep``."""
        with self._writing() as db:
            db.execute(f"DELETE FROM failed WHERE doc_id NOT {_AMONG}", (json.dumps(list(keep)),))

    def counts(self) -> tuple[int, int]:
        """Number of documents and of passages."""
        rows = self._rows(
            "SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM passages)"
        )
        return rows[0][0], rows[0][1]

    def documents(self) -> tuple[DocumentInfo, ...]:
        """All documents, by ``doc_id``."""
        rows = self._rows(
            "SELECT doc_id, title, format, NULLIF(json_array_length(page_starts), 0),"
            " (SELECT count(*) FROM passages p WHERE p.document = d.id), characters, indexed_at"
            " FROM documents d ORDER BY doc_id"
        )
        return tuple(DocumentInfo(*row) for row in rows)

    def failed(self) -> tuple[FailedFile, ...]:
        """All files that could not be indexed, by ``doc_id``."""
        rows = self._rows("SELECT doc_id, reason FROM failed ORDER BY doc_id")
        return tuple(FailedFile(*row) for row in rows)

    def document(self, doc_id: str) -> Document | None:
        """One document with its text; None when there is none."""
        sql = f"SELECT {schema.DOCUMENT_COLUMNS} FROM documents WHERE doc_id = ?"
        rows = self._rows(sql, doc_id)
        return schema.to_document(rows[0]) if rows else None

    def passages(self, passage_ids: Sequence[int]) -> dict[int, Passage]:
        """Those of the passages that are there, by id."""
        sql = f"SELECT {schema.PASSAGE_COLUMNS} FROM {_JOINED} WHERE p.id {_AMONG}"
        rows = self._rows(sql, json.dumps([int(i) for i in passage_ids]))
        return {row[0]: schema.to_passage(row) for row in rows}

    def live(self, passage_ids: Sequence[int]) -> set[int]:
        """Those of the ids that are there."""
        sql = f"SELECT id FROM passages WHERE id {_AMONG}"
        return {row[0] for row in self._rows(sql, json.dumps([int(i) for i in passage_ids]))}

    def passage_ids(self, doc_ids: Sequence[str]) -> NDArray[np.int64]:
        """The ids of the documents' passages, ascending."""
        sql = f"SELECT p.id FROM {_JOINED} WHERE d.doc_id {_AMONG} ORDER BY p.id"
        return np.array(self._rows(sql, json.dumps(list(doc_ids))), dtype=np.int64).reshape(-1)

    def known_vectors(
        self, doc_id: str, sha256: str, pipeline: Pipeline
    ) -> dict[tuple[str, str, str], NDArray[np.float32]]:
        """Vectors by the title, heading and text of their passages.

        They are those of the document as it was, and of one with the same bytes.
        """
        rows = self._rows(
            f"SELECT d.title, p.heading, p.text, p.vector FROM {_JOINED} WHERE d.id IN"
            " (SELECT id FROM documents WHERE pipeline = ?1 AND doc_id = ?2 UNION ALL"
            " SELECT min(id) FROM documents WHERE pipeline = ?1 AND sha256 = ?3)",
            pipeline.fingerprint, doc_id, sha256,
        )  # fmt: skip
        vectors = schema.to_matrix([row[3] for row in rows], pipeline.dim)
        return {tuple(row[:3]): vector for row, vector in zip(rows, vectors, strict=True)}

    def vectors(
        self, *, after: int, until: int, pipeline: Pipeline
    ) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        """Ids and vectors of the passages with ``after < id <= until``, in batches, ascending.

        Passages of documents that wait to be indexed again are left out.
        """
        sql = (
            f"SELECT p.id, p.vector FROM {_JOINED} WHERE p.id > ? AND p.id <= ?"
            f" AND d.pipeline = ? ORDER BY p.id LIMIT {_BATCH}"
        )
        while rows := self._rows(sql, after, until, pipeline.fingerprint):
            ids = np.array([row[0] for row in rows], dtype=np.int64)
            yield ids, schema.to_matrix([row[1] for row in rows], pipeline.dim)
            after = rows[-1][0]

    def texts(self, *, after: int, until: int) -> Iterator[Passage]:
        """The passages with ``after < id <= until``, ascending."""
        sql = (
            f"SELECT {schema.PASSAGE_COLUMNS} FROM {_JOINED} WHERE p.id > ? AND p.id <= ?"
            f" ORDER BY p.id LIMIT {_BATCH}"
        )
        while rows := self._rows(sql, after, until):
            yield from (schema.to_passage(row) for row in rows)
            after = rows[-1][0]

    def deletions(self, *, after: int, until: int) -> list[tuple[int, int]]:
        """First and last passage id of the deletions with ``after < seq <= until``."""
        sql = "SELECT first, last FROM deletions WHERE seq > ? AND seq <= ? ORDER BY seq"
        return [(first, last) for first, last in self._rows(sql, after, until)]

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
                self._db.execute("COMMIT")
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
        version = int(self.meta()["schema"])
        if version > schema.SCHEMA_VERSION:
            raise LibraryError(
                f"The index {self.path.parent} was made by a newer version of Kaynak.",
                hint="Update Kaynak, or move the index folder away and run `kaynak sync`.",
            )

    def _has_tables(self) -> bool:
        return bool(self._rows("SELECT 1 FROM sqlite_master WHERE name = 'meta'"))


def _ours(error: sqlite3.Error, path: Path) -> LibraryError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _DAMAGE or "decode to UTF-8" in str(error):
        return IndexCorruptError(f"{path} is damaged: {error}.")
    return LibraryError(f"{path} cannot be used: {error}.", hint=_hint(code))


def _hint(code: int) -> str | None:
    if code == sqlite3.SQLITE_FULL:
        return "Free some space on the disk and try again; nothing that was indexed is lost."
    return None
