"""What the store can be asked; see `rag.store`, which holds the connection."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag import facts, schema
from rag.schema import IndexState, Pipeline
from rag.seals import Seals
from rag.types import Document, DocumentInfo, FailedFile, Passage

_BATCH = 2000
_JOINED = "passages p JOIN documents d ON d.id = p.document"
AMONG = "IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True)
class Known:
    """What need not be embedded again.

    Attributes:
        vectors: By the title, heading and text of their passages.
        title: With which a document of the same bytes was embedded; None when there is none.
    """

    vectors: Mapping[tuple[str, str, str], NDArray[np.float32]]
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """All that is stored of one document.

    Attributes:
        embedded_title: The title that went into the vectors.
        characters: Length of the text, as it was noted.
        passages: In the order of the text, each with its vector as stored.
        numbers: Of the passages within the document; from 0 without gaps when it is whole.
    """

    document: Document
    embedded_title: str
    characters: int
    passages: tuple[tuple[Passage, bytes], ...]
    numbers: tuple[int, ...]


class Queries(ABC):
    """Reads of the store; each is of one committed state."""

    @abstractmethod
    def _rows(self, sql: str, *values: object) -> list[Any]:
        """The rows of one statement."""

    def state(self) -> IndexState:
        """What is committed now."""
        [[store, *numbers]] = self._rows(
            "SELECT (SELECT value FROM meta WHERE key = 'store'),"
            " (SELECT value FROM meta WHERE key = 'generation'),"
            " COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'passages'), 0),"
            " COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'deletions'), 0)"
        )
        facts.need_texts(store)
        names = ("generation", "number of passages", "number of deletions")
        return IndexState(store, *map(facts.number, names, numbers))

    def meta(self) -> dict[str, str]:
        """Facts by name: schema, store, generation, changed_at, pipeline, rebuilding, readers."""
        found = dict(self._rows("SELECT key, value FROM meta"))
        facts.need_texts(*found, *found.values())
        return found

    def seals(self) -> Seals:
        """The word indexes that were made from it."""
        return Seals.parse(self.meta().get("words"))

    def pipeline(self) -> Pipeline | None:
        """What made its content; None when that was never said."""
        value = self.meta().get("pipeline")
        return None if value is None else Pipeline.parse(value)

    def versions(self, pipeline: Pipeline) -> dict[str, str | None]:
        """Hash of each document's bytes by ``doc_id``; None where it is to be indexed again."""
        rows = self._rows("SELECT doc_id, sha256, pipeline FROM documents")
        facts.need_texts(*(value for row in rows for value in row))
        return {d: sha if made == pipeline.fingerprint else None for d, sha, made in rows}

    def unread(self) -> set[str]:
        """The documents that earlier readers have read, and these have not yet."""
        mark = self.meta().get("unread_until")
        if mark is None:
            return set()
        # The numbers of passages are never given twice, as those of documents are.
        sql = (
            "SELECT doc_id FROM documents d WHERE"
            " (SELECT max(id) FROM passages p WHERE p.document = d.id) <= ?"
        )
        return {row[0] for row in self._rows(sql, facts.number("number of passages", mark))}

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
        facts.need_texts(*(value for row in rows for value in (*row[:3], row[6])))
        return tuple(DocumentInfo(*row) for row in rows)

    def failed(self) -> tuple[FailedFile, ...]:
        """All files that could not be indexed, by ``doc_id``."""
        rows = self._rows("SELECT doc_id, reason FROM failed ORDER BY doc_id")
        facts.need_texts(*(value for row in rows for value in row))
        return tuple(FailedFile(*row) for row in rows)

    def document(self, doc_id: str) -> Document | None:
        """One document with its text; None when there is none."""
        sql = f"SELECT {schema.DOCUMENT_COLUMNS} FROM documents WHERE doc_id = ?"
        rows = self._rows(sql, doc_id)
        return schema.to_document(rows[0]) if rows else None

    def passages(self, passage_ids: Sequence[int]) -> dict[int, Passage]:
        """Those of the passages that are there, by id."""
        sql = f"SELECT {schema.PASSAGE_COLUMNS} FROM {_JOINED} WHERE p.id {AMONG}"
        rows = self._rows(sql, json.dumps([int(i) for i in passage_ids]))
        return {row[0]: schema.to_passage(row) for row in rows}

    def live(self, passage_ids: Sequence[int]) -> set[int]:
        """Those of the ids that are there."""
        sql = f"SELECT id FROM passages WHERE id {AMONG}"
        return {row[0] for row in self._rows(sql, json.dumps([int(i) for i in passage_ids]))}

    def passage_ids(self, doc_ids: Sequence[str]) -> NDArray[np.int64]:
        """The ids of the documents' passages, ascending."""
        sql = f"SELECT p.id FROM {_JOINED} WHERE d.doc_id {AMONG} ORDER BY p.id"
        return np.array(self._rows(sql, json.dumps(list(doc_ids))), dtype=np.int64).reshape(-1)

    def known(self, doc_id: str, sha256: str, pipeline: Pipeline) -> Known:
        """The vectors of the document as it was, and of one with the same bytes."""
        rows = self._rows(
            f"SELECT d.embedded_title, p.heading, p.text, p.vector, d.sha256 FROM {_JOINED}"
            " WHERE d.id IN (SELECT id FROM documents WHERE pipeline = ?1 AND doc_id = ?2 UNION ALL"
            " SELECT min(id) FROM documents WHERE pipeline = ?1 AND sha256 = ?3)",
            pipeline.fingerprint, doc_id, sha256,
        )  # fmt: skip
        matrix = schema.to_matrix([row[3] for row in rows], pipeline.dim)
        vectors = {tuple(row[:3]): vector for row, vector in zip(rows, matrix, strict=True)}
        return Known(vectors, next((row[0] for row in rows if row[4] == sha256), None))

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

    def ids(self, pipeline: Pipeline | None = None) -> NDArray[np.int64]:
        """The ids of all passages, ascending; of those that a pipeline made, when one is given."""
        where = "" if pipeline is None else "WHERE d.pipeline = ?"
        values = () if pipeline is None else (pipeline.fingerprint,)
        rows = self._rows(f"SELECT p.id FROM {_JOINED} {where} ORDER BY p.id", *values)
        return np.array(rows, dtype=np.int64).reshape(-1)

    def embedded(self, passage_ids: Sequence[int]) -> list[tuple[Passage, bytes]]:
        """Passages with the title that they were embedded with, and their vectors as stored."""
        columns = schema.PASSAGE_COLUMNS.replace("d.title", "d.embedded_title")
        sql = f"SELECT {columns}, p.vector FROM {_JOINED} WHERE p.id {AMONG}"
        rows = self._rows(sql, json.dumps(list(passage_ids)))
        return [(schema.to_passage(row[:-1]), row[-1]) for row in rows]

    def hashes(self, doc_ids: Iterable[str]) -> list[str]:
        """Of the bytes of those documents that are there."""
        sql = f"SELECT sha256 FROM documents WHERE doc_id {AMONG}"
        return [row[0] for row in self._rows(sql, json.dumps(list(doc_ids)))]

    def copies(self, doc_id: str) -> list[str]:
        """The other documents that have the bytes of this one."""
        sql = (
            "SELECT b.doc_id FROM documents a JOIN documents b USING (sha256)"
            " WHERE a.doc_id = ? AND b.doc_id <> a.doc_id ORDER BY b.doc_id"
        )
        return [row[0] for row in self._rows(sql, doc_id)]

    def since(self) -> str | None:
        """When the document that is indexed longest was indexed; None when there is none."""
        oldest: str | None = self._rows("SELECT min(indexed_at) FROM documents")[0][0]
        return oldest

    def contents(self) -> Iterator[Content]:
        """All documents, one after the other; the caller keeps writers away."""
        columns = f"id, embedded_title, characters, {schema.DOCUMENT_COLUMNS}"
        sql = f"SELECT {columns} FROM documents WHERE id > ? ORDER BY id LIMIT 1"
        after = 0
        while rows := self._rows(sql, after):
            after, title, characters, *document = rows[0]
            passages = self._rows(
                f"SELECT {schema.PASSAGE_COLUMNS}, p.vector, p.ord FROM {_JOINED}"
                " WHERE p.document = ? ORDER BY p.ord", after,
            )  # fmt: skip
            pairs = tuple((schema.to_passage(row[:-2]), row[-2]) for row in passages)
            numbers = tuple(row[-1] for row in passages)
            yield Content(schema.to_document(document), title, characters, pairs, numbers)
