"""The tables of the store, and how records become rows and come back; see `rag.store`."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rag import facts
from rag.errors import IndexCorruptError
from rag.types import Document, Heading, Passage

SCHEMA_VERSION = 2

TABLES = (
    """CREATE TABLE meta (
        key TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) WITHOUT ROWID""",
    # page_starts and headings are JSON. pipeline is the fingerprint of embedder and chunker that
    # made the passages; empty while the document waits for a rebuild. embedded_title went into the
    # vectors; it stays when a file that is titled by its name gets another name.
    """CREATE TABLE documents (
        id INTEGER PRIMARY KEY,
        doc_id TEXT NOT NULL UNIQUE,
        sha256 TEXT NOT NULL,
        pipeline TEXT NOT NULL,
        title TEXT NOT NULL,
        format TEXT NOT NULL,
        page_starts TEXT NOT NULL,
        headings TEXT NOT NULL,
        characters INTEGER NOT NULL,
        indexed_at TEXT NOT NULL,
        text TEXT NOT NULL,
        embedded_title TEXT NOT NULL DEFAULT ''
    )""",
    "CREATE INDEX documents_sha256 ON documents (sha256)",
    # AUTOINCREMENT: a number is never given twice, so a stale index cannot name a wrong passage.
    # The text is kept here too, so that a hit does not read a whole document; the vector comes
    # last, so that reading a text does not read past it.
    """CREATE TABLE passages (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
        ord INTEGER NOT NULL,
        start INTEGER NOT NULL,
        end INTEGER NOT NULL,
        page INTEGER,
        heading TEXT NOT NULL,
        text TEXT NOT NULL,
        vector BLOB NOT NULL,
        UNIQUE (document, ord)
    )""",
    # The passages of a document are numbered in one transaction, so without gaps.
    """CREATE TABLE deletions (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        first INTEGER NOT NULL,
        last INTEGER NOT NULL
    )""",
    """CREATE TABLE failed (
        doc_id TEXT PRIMARY KEY,
        reason TEXT NOT NULL
    ) WITHOUT ROWID""",
)

# What brings a store of a version to the next one.
MIGRATIONS = {
    1: (
        "ALTER TABLE documents ADD COLUMN embedded_title TEXT NOT NULL DEFAULT ''",
        "UPDATE documents SET embedded_title = title",
    ),
}

INSERT_DOCUMENT = (
    "INSERT INTO documents (doc_id, sha256, pipeline, title, format, page_starts, headings,"
    " characters, indexed_at, text, embedded_title) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
INSERT_PASSAGE = (
    "INSERT INTO passages (document, ord, start, end, page, heading, text, vector)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
DOCUMENT_COLUMNS = "doc_id, sha256, title, text, format, page_starts, headings"
PASSAGE_COLUMNS = "p.id, d.doc_id, p.start, p.end, p.text, p.page, p.heading, d.title"

_VECTOR = np.dtype("<f4")


class Transaction(Protocol):
    """An open transaction of the database."""

    def execute(self, sql: str, values: Any = ..., /) -> Any:  # noqa: ANN401 - a cursor
        """Run one statement."""
        ...


@dataclass(frozen=True, slots=True)
class Pipeline:
    """What made the passages and vectors; vectors of two pipelines are never mixed.

    Attributes:
        embedder: Fingerprint of the embedder.
        dim: Of its vectors.
        chunker: Fingerprint of the chunker.
    """

    embedder: str
    dim: int
    chunker: str

    @property
    def fingerprint(self) -> str:
        """All of it as one text."""
        return json.dumps([self.embedder, self.dim, self.chunker])

    @classmethod
    def parse(cls, fingerprint: str) -> Pipeline:
        """From its fingerprint.

        Raises:
            IndexCorruptError: If it is none.
        """
        return cls(*facts.pipeline(fingerprint))


@dataclass(frozen=True, slots=True)
class IndexState:
    """One committed state of the store, as far as what is derived from it must know.

    Attributes:
        store: Identity of the store, made when it was created.
        generation: Counts the commits that changed what can be found.
        max_passage_id: The highest number ever given to a passage.
        delete_seq: The number of the last deletion.
    """

    store: str
    generation: int
    max_passage_id: int
    delete_seq: int


def pragmas(sqlite_version: tuple[int, ...]) -> tuple[str, ...]:
    """The settings of a connection.

    Below 3.51.3 SQLite can damage a database in WAL mode when two connections write, so the
    rollback journal is used there; it costs 15 ms more per document.
    """
    wal = sqlite_version >= (3, 51, 3)
    return (
        f"PRAGMA journal_mode = {'WAL' if wal else 'DELETE'}",
        f"PRAGMA synchronous = {'FULL' if wal else 'EXTRA'}",
        "PRAGMA foreign_keys = ON",
        "PRAGMA secure_delete = ON",
    )


def now() -> str:
    """The time for a row: UTC, ISO 8601, whole seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def create(db: Transaction) -> None:
    """Make the tables of a new store."""
    for table in TABLES:
        db.execute(table)
    set_meta(db, "schema", str(SCHEMA_VERSION))
    set_meta(db, "store", uuid.uuid4().hex)
    set_meta(db, "generation", "0")


def migrate(db: Transaction, version: int) -> None:
    """Bring the tables of an older version up to date."""
    for old in range(version, SCHEMA_VERSION):
        for statement in MIGRATIONS[old]:
            db.execute(statement)
    set_meta(db, "schema", str(SCHEMA_VERSION))


def set_meta(db: Transaction, key: str, value: str) -> None:
    """Note a fact about the store."""
    db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


def mark_changed(db: Transaction) -> None:
    """Count a change of what can be found."""
    db.execute("UPDATE meta SET value = value + 1 WHERE key = 'generation'", ())
    set_meta(db, "changed_at", now())


def delete(db: Transaction, doc_id: str) -> bool:
    """Remove a document, or the note that it failed; False when there is neither."""
    noted: bool = db.execute("DELETE FROM failed WHERE doc_id = ?", (doc_id,)).rowcount > 0
    row = db.execute("SELECT id FROM documents WHERE doc_id = ?", (doc_id,)).fetchone()
    if row is None:
        return noted
    db.execute(
        "INSERT INTO deletions (first, last) SELECT min(id), max(id) FROM passages"
        " WHERE document = ? HAVING count(*) > 0", row,
    )  # fmt: skip
    db.execute("DELETE FROM documents WHERE id = ?", row)
    mark_changed(db)
    return True


def check(
    document: Document, passages: Sequence[Passage], vectors: NDArray[np.float32], dim: int
) -> None:
    """See that a document, its passages and their vectors fit each other.

    Raises:
        ValueError: If not; nothing is to be stored then.
    """
    name = document.doc_id
    if vectors.shape != (len(passages), dim):
        raise ValueError(f"{name}: {len(passages)} passages, vectors of shape {vectors.shape}")
    if not np.isfinite(vectors).all():
        raise ValueError(f"{name}: a vector is not finite")
    for p in passages:
        if document.text[p.start : p.end] != p.text:
            raise ValueError(f"{name}: passage {p.start}:{p.end} is not the document's text")
    if len({p.title for p in passages}) > 1:
        raise ValueError(f"{name}: passages were embedded with different titles")


def document_row(
    document: Document, passages: Sequence[Passage], pipeline: Pipeline
) -> tuple[object, ...]:
    """The values for `INSERT_DOCUMENT`; ``passages`` say with which title they were embedded."""
    return (
        document.doc_id,
        document.sha256,
        pipeline.fingerprint,
        document.title,
        document.format,
        json.dumps(document.page_starts),
        json.dumps([asdict(heading) for heading in document.headings]),
        len(document.text),
        now(),
        document.text,
        passages[0].title if passages else document.title,
    )


def passage_rows(
    document: int, passages: Sequence[Passage], vectors: NDArray[np.float32]
) -> Iterator[tuple[object, ...]]:
    """The values for `INSERT_PASSAGE`, one row per passage of the document's row number."""
    blobs = (vector.astype(_VECTOR).tobytes() for vector in vectors)
    for ord_, (p, blob) in enumerate(zip(passages, blobs, strict=True)):
        yield document, ord_, p.start, p.end, p.page, p.heading, p.text, blob


def to_document(row: Sequence[Any]) -> Document:
    """A document from its `DOCUMENT_COLUMNS`.

    Raises:
        IndexCorruptError: If they do not fit each other.
    """
    doc_id, sha256, title, text, format_, page_starts, headings = row
    facts.need_texts(doc_id, sha256, title, text, format_)
    try:
        return Document(
            doc_id, sha256, title, text, format_,
            page_starts=tuple(json.loads(page_starts)),
            headings=tuple(Heading(**heading) for heading in json.loads(headings)),
        )  # fmt: skip
    except (ValueError, TypeError) as exc:
        raise IndexCorruptError(f"The index holds a damaged document, {doc_id}: {exc}.") from exc


def to_passage(row: Sequence[Any]) -> Passage:
    """A passage from its `PASSAGE_COLUMNS`.

    Raises:
        IndexCorruptError: If they do not fit each other.
    """
    passage_id, doc_id, start, end, text, page, heading, title = row
    facts.need_texts(doc_id, text, heading, title)
    try:
        return Passage(doc_id, start, end, text, page, heading, title, passage_id)
    except (ValueError, TypeError) as exc:
        raise IndexCorruptError(f"The index holds a damaged passage: {exc}.") from exc


def to_matrix(blobs: Sequence[bytes], dim: int) -> NDArray[np.float32]:
    """Vectors from their column. Shape: ``(len(blobs), dim)``.

    Raises:
        IndexCorruptError: If one is of another length, or no vector.
    """
    length = dim * _VECTOR.itemsize
    if any(not isinstance(blob, bytes) or len(blob) != length for blob in blobs):
        raise IndexCorruptError("The index holds a vector of the wrong length.")
    flat = np.frombuffer(b"".join(blobs), dtype=_VECTOR)
    return flat.reshape(len(blobs), dim).astype(np.float32, copy=False)
