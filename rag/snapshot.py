"""What readers search: one committed state of the store, with the two indexes made from it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag import generations, lexical
from rag.dense import DenseIndex
from rag.errors import IndexLockedError, IndexStaleError, LibraryError
from rag.generations import Changes
from rag.lexical import LexicalIndex
from rag.lock import WriterLock
from rag.schema import IndexState, Pipeline
from rag.store import Store
from rag.types import Document, DocumentInfo, Passage

Hits = list[tuple[int, float]]

_log = logging.getLogger(__name__)


class LibrarySnapshot:
    """One committed state of a library, see `rag.protocols.Snapshot`; threads may share it.

    A document that was removed since cannot be found: what the indexes find is joined to the
    passages that are there.
    """

    def __init__(
        self, state: IndexState, store: Store, dense: DenseIndex, words: LexicalIndex
    ) -> None:
        self.state = state
        self.generation = state.generation
        self.passage_count = store.counts()[1]
        self.words_state = words.state
        self._store = store
        self._dense = dense
        self._words = words

    def search_dense(
        self, vector: NDArray[np.float32], *, k: int, documents: Sequence[str] | None = None
    ) -> Hits:
        """Passage ids and cosines, best first; at most ``k``."""
        allowed = None if documents is None else self._store.passage_ids(documents)
        return self._live(lambda n: self._dense.search(vector, k=n, allowed=allowed), k)

    def search_lexical(
        self, question: str, *, k: int, documents: Sequence[str] | None = None
    ) -> Hits:
        """Passage ids and BM25 scores, best first; at most ``k``; empty when no word matches."""
        return self._live(lambda n: self._words.search(question, k=n, documents=documents), k)

    def passages(self, passage_ids: Sequence[int]) -> dict[int, Passage]:
        """The live passages among the ids; deleted ones are absent."""
        return self._store.passages(passage_ids)

    def documents(self) -> tuple[DocumentInfo, ...]:
        """All documents, by ``doc_id``."""
        return self._store.documents()

    def document(self, doc_id: str) -> Document | None:
        """A document with its text; None when it is not there any more."""
        return self._store.document(doc_id)

    def passage_frequencies(self, words: Sequence[str]) -> dict[str, int]:
        """In how many passages each word occurs, under the index's own folding and stemming."""
        return self._words.passage_frequencies(words)

    def _live(self, search: Callable[[int], Hits], k: int) -> Hits:
        """The best ``k`` hits that are there; asks for more while others take their places."""
        wanted = k
        while True:
            found = search(wanted)
            live = self._store.live([passage_id for passage_id, _ in found])
            kept = [hit for hit in found if hit[0] in live]
            if len(kept) >= k or len(found) < wanted:
                return kept[:k]
            wanted *= 4


class Snapshots:
    """Makes snapshots of a store as it changes; threads may share one object.

    The index folder holds ``index/`` with the derived indexes and ``quarantine/`` with what was
    found damaged.
    """

    def __init__(self, folder: Path, store: Store, lock: WriterLock, pipeline: Pipeline) -> None:
        self._indexes = folder / "index"
        self._quarantine = folder / "quarantine"
        self._store = store
        self._lock = lock
        self._pipeline = pipeline
        self._refreshing = threading.Lock()
        self._dense: tuple[IndexState, DenseIndex] | None = None
        self._words: LexicalIndex | None = None
        self._snapshot: LibrarySnapshot | None = None

    def current(self) -> LibrarySnapshot:
        """A snapshot of what is committed now.

        Raises:
            IndexStaleError: If the store was made with another embedder or chunker.
            LibraryError: If the store cannot be read.
        """
        with self._refreshing:
            state = self._store.state()
            known = self._snapshot
            if known is None or known.state != state or known.words_state != state:
                check_pipeline(self._store, self._pipeline)
                known = LibrarySnapshot(
                    state, self._store, self._dense_at(state), self._words_at(state)
                )
                self._snapshot = known
            return known

    def publish(self) -> None:
        """Write the lexical index of what is committed now; the caller holds the writer's lock.

        A failure is logged only: the store has everything, and the next reader tries again.
        """
        try:
            if "purging" in self._store.meta():
                self.purge()
            with self._refreshing:
                self._words = self._published()
        except LibraryError as exc:
            _log.warning("%s", exc)

    def purge(self) -> None:
        """Erase what is left of deleted text; the caller holds the writer's lock.

        A purge that is cut short is finished by the next `publish`.

        Raises:
            LibraryError: If something cannot be erased.
        """
        with self._refreshing:
            self._store.compact()
            # Readers find them until they are gone.
            self._store.note("words", self._store.seals().unpublished().text)
            generations.clear(self._indexes, self._quarantine)
            self._words = self._published()
            self._store.note("purging", None)

    def _dense_at(self, state: IndexState) -> DenseIndex:
        pipeline = self._pipeline
        before, index = self._dense or (state, None)
        if index is None or before.store != state.store:  # a backup was copied over it
            before, index = IndexState(state.store, 0, 0, state.delete_seq), None
        if before == state and index is not None:
            return index
        added = self._store.vectors(
            after=before.max_passage_id, until=state.max_passage_id, pipeline=pipeline
        )
        if index is None:
            index = DenseIndex.build(pipeline.dim, added)
        else:
            index = index.changed(removed=self._removed(before, state), added=added)
        self._dense = state, index
        return index

    def _words_at(self, state: IndexState) -> LexicalIndex:
        try:
            found = self._newest(state, known=self._words, quarantine=None)
            if found is None or found.state != state:
                found = self._words_after(state, found)
        except LibraryError as exc:
            _log.warning("%s The word index is kept in memory.", exc.message)
            found = self._in_memory(state)
        self._words = found
        return found

    def _words_after(self, state: IndexState, found: LexicalIndex | None) -> LexicalIndex:
        """Bring the lexical index up to date, unless a writer is at work."""
        try:
            with self._lock.held(wait_s=0):
                return self._published()
        except IndexLockedError:
            # Whoever is writing publishes when done; until then the last published one serves.
            return found or self._in_memory(state)

    def _published(self) -> LexicalIndex:
        state = self._store.state()  # read under the lock: nothing published can be ahead of it
        index = self._newest(state, known=None, quarantine=self._quarantine)
        if index is None or index.state != state:
            index = self._made(index, state)
        self._seal(index)
        return index

    def _made(self, base: LexicalIndex | None, state: IndexState) -> LexicalIndex:
        changes = self._changes(base, state)
        if sum(last - first + 1 for first, last in changes.removed) > self._store.counts()[1]:
            # Removed passages leave their words behind; a new index is smaller and as quick.
            base, changes = None, self._changes(None, state)
        index = generations.publish(self._indexes, base, changes, self._announce)
        _log.info("%s was made from %s", index.folder, base.folder if base else "the store")
        return index

    def _announce(self, seal: str) -> None:
        there = generations.names(self._indexes)
        self._store.note("words", self._store.seals().announced(seal, there).text)

    def _seal(self, index: LexicalIndex) -> None:
        """Note that it is published; a writer that was killed may not have come so far."""
        seals = self._store.seals()
        if seals.published != index.seal:
            # Also those that go in a moment: a writer that is killed first leaves them there.
            seals = seals.sealed(index.seal, generations.names(self._indexes))
            self._store.note("words", seals.text)
        generations.prune(self._indexes, self._quarantine, index.state, seals)

    def _newest(
        self, state: IndexState, *, known: LexicalIndex | None, quarantine: Path | None
    ) -> LexicalIndex | None:
        return generations.newest(
            self._indexes, state, seals=self._store.seals, known=known, quarantine=quarantine
        )

    def _in_memory(self, state: IndexState) -> LexicalIndex:
        base = self._words if self._words is not None and self._words.folder is None else None
        if base is not None and base.state == state:
            return base
        changes = self._changes(base, state)
        return lexical.in_memory(state, changes.added, base=base, removed=changes.removed)

    def _changes(self, base: LexicalIndex | None, state: IndexState) -> Changes:
        after = 0 if base is None else base.state.max_passage_id
        added = self._store.texts(after=after, until=state.max_passage_id)
        removed = () if base is None else self._removed(base.state, state)
        return Changes(state, added, removed)

    def _removed(self, before: IndexState, state: IndexState) -> tuple[tuple[int, int], ...]:
        return tuple(self._store.deletions(after=before.delete_seq, until=state.delete_seq))


def check_pipeline(store: Store, pipeline: Pipeline) -> None:
    """See that a store can be searched with an embedder.

    Raises:
        IndexStaleError: If it holds documents of another embedder or chunker.
    """
    made = store.pipeline()
    if made is None or made == pipeline or not store.counts()[0]:
        return
    part, old, new = "chunker", made.chunker, pipeline.chunker
    if (made.embedder, made.dim) != (pipeline.embedder, pipeline.dim):
        part, old, new = "embedder", made.embedder, pipeline.embedder
    raise IndexStaleError(
        f"The index {store.path.parent} was made with another {part} ({old}) than the one"
        f" in use ({new}).",
        detail=f"{old}, {new}",
    )
