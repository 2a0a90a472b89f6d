"""The library: the one writer from folder to index, and the snapshots that readers search."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from rag.errors import LibraryError, ReadError
from rag.indexing import Steps, embed_slices, passage_input, read_passages
from rag.lock import WriterLock
from rag.protocols import Embedder
from rag.snapshot import LibrarySnapshot, Snapshots, check_pipeline
from rag.store import Store
from rag.sync import FolderListing, SyncPlan, explain, file_sha256, list_files, make_plan
from rag.types import Document, DocumentInfo, FailedFile, Passage, SyncProgress, SyncReport

__all__ = ["Library", "LibraryStatus", "passage_input"]

_LOCK = "LOCK"


@dataclass(frozen=True, slots=True)
class LibraryStatus:
    """The state of an index.

    Attributes:
        generation: Counts the commits that changed what can be found.
        bytes: Of the index folder on disk.
        embedder: Fingerprint of the embedder that made it; None while nothing was indexed.
        last_change: UTC, ISO 8601; None while nothing was indexed.
    """

    documents: int
    passages: int
    generation: int
    bytes: int
    embedder: str | None
    last_change: str | None


class Library:
    """A folder of documents and its index; threads may share one object.

    Any number of processes may read; one at a time may `sync` or `remove`.
    """

    def __init__(self, documents: Path, index: Path, steps: Steps) -> None:
        """See `open`."""
        try:
            index.mkdir(parents=True, exist_ok=True)
        except OSError as exc:
            raise LibraryError(f"The index folder {index} cannot be made: {exc}.") from exc
        self._documents = documents
        self._index = index
        self._steps = steps
        self._lock = WriterLock(index / _LOCK)
        self._store = Store(index)
        self._snapshots = Snapshots(index, self._store, self._lock, steps.pipeline)

    @classmethod
    def open(  # noqa: PLR0913 - what the library is made of, each named
        cls,
        documents: Path,
        index: Path,
        *,
        embedder: Embedder,
        read: Callable[[Path, str], Document],
        chunk: Callable[[Document], list[Passage]],
        chunker_fingerprint: str,
        suffixes: frozenset[str],
    ) -> Self:
        """Open a library; nothing is indexed yet.

        Args:
            documents: The folder of documents; need not exist before `sync`.
            index: The folder of the index; made when it is not there.
            embedder: Makes the vectors.
            read: Path and ``doc_id`` to a document; raises `ReadError`.
            chunk: A document to its passages, none longer than ``embedder.max_tokens``.
            chunker_fingerprint: Changes when ``chunk`` would cut otherwise.
            suffixes: Of the files that ``read`` can read; lower case, with the dot.

        Raises:
            LibraryError: If the index folder cannot be used.
            IndexCorruptError: If the store is damaged.
        """
        return cls(documents, index, Steps(embedder, read, chunk, chunker_fingerprint, suffixes))

    def sync(
        self,
        *,
        progress: Callable[[SyncProgress], None] | None = None,
        rebuild: bool = False,
        allow_empty: bool = False,
    ) -> SyncReport:
        """Bring the index up to date with the folder.

        Each document is committed by itself: whatever ends a sync midway, the next one goes on
        where it ended, a rebuild as well.

        Args:
            progress: Called for each file at least once.
            rebuild: Index everything again, e.g. after the embedder was changed.
            allow_empty: Let a folder that has become empty empty the index.

        Raises:
            LibraryError: If the folder does not exist or has become empty, or the disk is full.
            IndexLockedError: If another process is writing.
            IndexStaleError: If the index was made with another embedder or chunker.
        """
        with self._lock.held(), self._steps:
            listing = list_files(self._documents, suffixes=self._steps.suffixes, skip=self._index)
            if not (listing.files or listing.failed or allow_empty):
                self._refuse_to_empty()
            self._settle_pipeline(rebuild)
            report = _SyncRun(self._store, self._steps, listing, progress).run()
            if "rebuilding" in self._store.meta():
                self._store.set_rebuilt()
            self._snapshots.publish()
        return report

    def remove(self, doc_id: str) -> None:
        """Remove a document from the index; its file is left alone.

        Raises:
            LibraryError: If there is no such document.
            IndexLockedError: If another process is writing.
        """
        with self._lock.held():
            if not self._store.remove(doc_id):
                raise LibraryError(f"There is no document {doc_id} in the index.")
            self._snapshots.publish()

    def snapshot(self) -> LibrarySnapshot:
        """What is committed now, to be searched by any number of threads.

        Raises:
            IndexStaleError: If the index was made with another embedder or chunker.
            LibraryError: If the index cannot be read.
        """
        return self._snapshots.current()

    def documents(self) -> tuple[DocumentInfo, ...]:
        """The indexed documents, by ``doc_id``."""
        return self._store.documents()

    def failed(self) -> tuple[FailedFile, ...]:
        """The files that could not be indexed at the last sync, by ``doc_id``."""
        return self._store.failed()

    def is_empty(self) -> bool:
        """Whether no file was ever indexed, or found to be unreadable."""
        return not self._store.counts()[0] and not self._store.failed()

    def status(self) -> LibraryStatus:
        """The state of the index."""
        documents, passages = self._store.counts()
        pipeline = self._store.pipeline()
        return LibraryStatus(
            documents=documents,
            passages=passages,
            generation=self._store.state().generation,
            bytes=sum(_sizes(self._index)),
            embedder=None if pipeline is None else pipeline.embedder,
            last_change=self._store.meta().get("changed_at"),
        )

    def close(self) -> None:
        """Close the index; may be called twice."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:  # fmt: skip
        self.close()

    def _refuse_to_empty(self) -> None:
        documents, _ = self._store.counts()
        if documents:
            raise LibraryError(
                f"The documents' folder {self._documents} is empty, but the index holds"
                f" {documents} documents; nothing was removed.",
                hint="Check that it is the right folder; `kaynak sync --allow-empty` empties"
                " the index.",
            )

    def _settle_pipeline(self, rebuild: bool) -> None:
        """See that the index may be written with this embedder and chunker."""
        made, mine = self._store.pipeline(), self._steps.pipeline
        if rebuild:
            # A rebuild that was cut short goes on; it does not start again.
            if made != mine or "rebuilding" not in self._store.meta():
                self._store.set_pipeline(mine, rebuild=True)
        else:
            check_pipeline(self._store, mine)
            if made != mine:
                self._store.set_pipeline(mine)


class _SyncRun:
    """One pass over the folder; every file ends in exactly one list of the report."""

    def __init__(
        self, store: Store, steps: Steps, listing: FolderListing,
        progress: Callable[[SyncProgress], None] | None,
    ) -> None:  # fmt: skip
        self._store = store
        self._steps = steps
        self._files = listing.files
        self._progress = progress
        self._done = 0
        self._total = len(listing.files) + len(listing.failed)
        self._stored = store.versions(steps.pipeline)
        self._failed: list[FailedFile] = []
        self._unreadable = listing.failed

    def run(self) -> SyncReport:
        for file in self._unreadable:
            self._fail(file)
        hashes = self._hashes()
        plan = make_plan(hashes, self._stored, {file.doc_id for file in self._failed})
        for doc_id in plan.removed:
            self._store.remove(doc_id)
        indexed = [doc_id for doc_id in plan.index if self._index(doc_id, plan)]
        moved = sorted(old for sources in plan.moved.values() for old in sources)
        for doc_id in moved:
            self._store.remove(doc_id)  # still there when the new file could not be read
        self._store.forget_failed(keep={file.doc_id for file in self._failed})
        unchanged = hashes.keys() - set(plan.index)
        return SyncReport(
            added=tuple(d for d in indexed if d not in self._stored),
            changed=tuple(d for d in indexed if d in self._stored),
            unchanged=tuple(sorted(unchanged)),
            removed=tuple(sorted([*plan.removed, *moved])),
            failed=tuple(sorted(self._failed, key=lambda file: file.doc_id)),
        )

    def _hashes(self) -> dict[str, str]:
        hashes = {}
        for doc_id, path in self._files.items():
            self._report(doc_id, "checking")
            try:
                hashes[doc_id] = file_sha256(path)
            except OSError as exc:
                self._fail(FailedFile(doc_id, explain(exc)))
                continue
            if hashes[doc_id] == self._stored.get(doc_id):
                self._finish(doc_id, "unchanged")
        return hashes

    def _index(self, doc_id: str, plan: SyncPlan) -> bool:
        """Index one file; False when it cannot be."""
        self._report(doc_id, "reading")
        pipeline = self._steps.pipeline
        try:
            document, passages = read_passages(self._files[doc_id], doc_id, self._steps)
            known = self._store.known_vectors(doc_id, document.sha256, pipeline)
            vectors = []
            for rows in embed_slices(passages, self._steps.embedder, known):
                vectors.append(rows)
                self._report(doc_id, "embedding")
        except ReadError as exc:
            self._fail(FailedFile(doc_id, exc.message))
            return False
        replaces = plan.moved.get(doc_id, ())
        self._store.put(document, passages, np.concatenate(vectors), pipeline, replaces=replaces)
        self._finish(doc_id, "indexed")
        return True

    def _fail(self, file: FailedFile) -> None:
        self._store.fail(file)
        self._failed.append(file)
        self._finish(file.doc_id, "failed")

    def _finish(self, doc_id: str, action: str) -> None:
        self._done += 1
        self._report(doc_id, action)

    def _report(self, doc_id: str, action: str) -> None:
        if self._progress is not None:
            self._progress(SyncProgress(self._done, self._total, doc_id, action))


def _sizes(folder: Path) -> Iterator[int]:
    for path in folder.rglob("*"):
        with suppress(OSError):  # a writer may remove files at the same time
            yield path.stat().st_size if path.is_file() else 0
