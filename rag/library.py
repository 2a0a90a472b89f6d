"""The library: the one writer from folder to index, and the snapshots that readers search."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from rag import doctor, lock
from rag.doctor import Check
from rag.errors import LibraryError
from rag.indexing import Steps, passage_input
from rag.lock import WriterLock
from rag.protocols import Embedder
from rag.snapshot import LibrarySnapshot, Snapshots, check_pipeline
from rag.status import LibraryStatus
from rag.store import Store
from rag.sync import FolderListing, check_apart, list_files
from rag.sync_run import SyncRun, forget_what_was_done, settle_readers
from rag.types import Document, DocumentInfo, FailedFile, Passage, SyncProgress, SyncReport

__all__ = ["Library", "LibraryStatus", "passage_input"]

_log = logging.getLogger(__name__)


class Library:
    """A folder of documents and its index; threads may share one object.

    Any number of processes may read; one at a time may `sync` or `remove`.
    """

    def __init__(self, documents: Path, index: Path, steps: Steps) -> None:
        """See `open`."""
        check_apart(documents, index)
        try:
            index.mkdir(parents=True, exist_ok=True)
        except OSError as exc:
            raise LibraryError(f"The index folder {index} cannot be made: {exc}.") from exc
        self._documents = documents
        self._index = index
        self._steps = steps
        self._lock = WriterLock(index / lock.NAME)
        self._opening = threading.Lock()
        self._open()

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
        most_bytes: int = sys.maxsize,
        readers_version: int = 0,
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
            most_bytes: Larger files are refused before anything of them is read.
            readers_version: Changes when ``read`` would make another text of the same bytes.

        Raises:
            ConfigError: If the index folder is or holds the documents' folder.
            LibraryError: If the index folder cannot be used.
            IndexCorruptError: If the store is damaged.
        """
        steps = Steps(
            embedder, read, chunk, chunker_fingerprint, suffixes, most_bytes, readers_version
        )  # fmt: skip
        return cls(documents, index, steps)

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
            allow_empty: Let a folder of which nothing can be indexed or kept empty the index.

        Raises:
            LibraryError: If the folder does not exist or has become empty, or the disk is full.
            IndexLockedError: If another process is writing.
            IndexStaleError: If the index was made with another embedder or chunker.
        """
        self._current()  # makes the folder of the lock, if that was deleted
        with self._lock.held(), self._steps:
            store = self._current()
            listing = list_files(self._documents, suffixes=self._steps.suffixes, skip=self._index)
            if not (listing.files or allow_empty):
                self._refuse_to_empty(listing)
            self._settle_pipeline(rebuild)
            settle_readers(store, self._steps.readers_version)
            refuse = None if allow_empty else partial(self._refuse_to_empty, listing)
            report = SyncRun(store, self._steps, listing, progress, refuse).run()
            forget_what_was_done(store)
            self._require_still(store)
            self._snapshots.publish()
        return report

    def remove(self, *doc_ids: str, purge: bool = False) -> None:
        """Remove documents from the index, all or none; their files are left alone.

        Args:
            purge: Leave no byte of their text in the index folder: the store is written anew, and
                so is the word index; what was set aside in quarantine goes as well.

        Raises:
            LibraryError: If one is not in the index, or something cannot be erased.
            IndexLockedError: If another process is writing.
        """
        self._current()
        with self._lock.held():
            store = self._current()
            known = {d.doc_id for d in self.documents()} | {f.doc_id for f in self.failed()}
            for doc_id in doc_ids:
                if doc_id not in known:
                    raise LibraryError(
                        f"There is no document {doc_id} in the index.",
                        code="no_document", detail=doc_id,
                    )  # fmt: skip
            store.remove(*doc_ids, purge=purge)
            if purge:
                self._snapshots.purge()
            else:
                self._snapshots.publish()

    def texts(self, doc_ids: Iterable[str]) -> list[str]:
        """The texts of those documents that are in the index."""
        store = self._current()
        found = (store.document(doc_id) for doc_id in doc_ids)
        return [document.text for document in found if document is not None]

    def hashes(self, doc_ids: Iterable[str]) -> list[str]:
        """Of the bytes of those documents that are in the index."""
        return self._current().hashes(doc_ids)

    def copies(self, doc_id: str) -> list[str]:
        """The other documents with the same bytes."""
        return self._current().copies(doc_id)

    def examine(self, *, sample: int = 20) -> tuple[Check, ...]:
        """Check all that is stored and all that is derived from it; changes nothing.

        Args:
            sample: So many passages are embedded again.

        Raises:
            IndexLockedError: If another process is writing.
        """
        self._current()
        with self._lock.held():
            return doctor.examine(self._current(), self._index, self._steps, sample=sample)

    def snapshot(self) -> LibrarySnapshot:
        """What is committed now, to be searched by any number of threads.

        Raises:
            IndexStaleError: If the index was made with another embedder or chunker.
            LibraryError: If the index cannot be read.
        """
        self._current()
        return self._snapshots.current()

    def documents(self) -> tuple[DocumentInfo, ...]:
        """The indexed documents, by ``doc_id``."""
        return self._current().documents()

    def failed(self) -> tuple[FailedFile, ...]:
        """The files that could not be indexed at the last sync, by ``doc_id``."""
        return self._current().failed()

    def is_empty(self) -> bool:
        """Whether no file was ever indexed, or found to be unreadable."""
        store = self._current()
        return not store.counts()[0] and not store.failed()

    def status(self) -> LibraryStatus:
        """The state of the index."""
        store = self._current()
        documents, passages = store.counts()
        pipeline, meta = store.pipeline(), store.meta()
        return LibraryStatus(
            documents=documents,
            passages=passages,
            generation=store.state().generation,
            bytes=sum(_sizes(self._index)),
            embedder=None if pipeline is None else pipeline.embedder,
            chunker=None if pipeline is None else pipeline.chunker,
            since=store.since(),
            last_change=meta.get("changed_at"),
            is_rebuilding="rebuilding" in meta,
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

    def _current(self) -> Store:
        """The store that is at its path now, whatever another process has put there.

        Snapshots that were taken keep the one they were made of.
        """
        with self._opening:
            if not self._store.is_current():
                _log.warning("%s was deleted or replaced; it is opened again.", self._store.path)
                self._open()
            return self._store

    def _open(self) -> None:
        try:
            self._index.mkdir(exist_ok=True)
        except OSError as exc:
            raise LibraryError(
                f"The index folder {self._index} is gone and cannot be made: {exc.strerror}.",
                code="index_unwritable", detail=f"{self._index}, {exc.strerror}",
            ) from exc  # fmt: skip
        self._store = Store(self._index)
        self._snapshots = Snapshots(self._index, self._store, self._lock, self._steps.pipeline)

    def _require_still(self, store: Store) -> None:
        if not store.is_current():
            raise LibraryError(
                f"{store.path} was deleted or replaced while it was written.",
                hint="Run `kaynak sync` again, and let one program at a time touch the folder.",
                code="index_unwritable", detail=str(store.path),
            )  # fmt: skip

    def _refuse_to_empty(self, listing: FolderListing) -> None:
        documents, _ = self._store.counts()
        if not all(listing.is_kept(document.doc_id) for document in self._store.documents()):
            what = (
                "holds no file that can be read" if listing.failed or listing.files else "is empty"
            )
            raise LibraryError(
                f"The documents' folder {self._documents} {what}, but the index holds"
                f" {documents} documents; nothing was removed.",
                hint="Check that it is the right folder; `kaynak sync --allow-empty` empties"
                " the index.",
                code="folder_empty", detail=str(self._documents),
            )  # fmt: skip

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


def _sizes(folder: Path) -> Iterator[int]:
    for path in folder.rglob("*"):
        with suppress(OSError):  # a writer may remove files at the same time
            yield path.stat().st_size if path.is_file() else 0
