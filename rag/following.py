"""What a page needs of the assistant beside answers: runs that can be looked into, files again."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace

from rag.answering import Answering, Event
from rag.config import Config
from rag.errors import LibraryError
from rag.library import Library
from rag.run import Run
from rag.types import SyncProgress, SyncReport


class Following:
    """The part of `rag.Assistant` that the web chat uses and others need not know."""

    config: Config
    _library: Library
    _answering: Answering

    def follow(self, run: Run) -> Generator[Event, None, None]:
        """As `rag.Assistant.stream`, with the run's wishes.

        Afterwards the run shows what was found and weighed; see `rag.explanation`.
        """
        if self._library.is_empty():
            self._library.sync()
        writes = run.wishes.writes(usually=self._answering.writes)
        answering = replace(
            self._answering, config=run.wishes.applied(self.config), writes=writes
        )  # fmt: skip
        yield from answering.stream(run, self._library.snapshot())

    def reread(
        self, doc_id: str, *, progress: Callable[[SyncProgress], None] | None = None
    ) -> SyncReport:
        """Read one file again, as if it were new, and whatever else has changed.

        Raises:
            LibraryError: If there is no such document.
        """
        known = {d.doc_id for d in self._library.documents()}
        if doc_id not in known | {f.doc_id for f in self._library.failed()}:
            raise LibraryError(f"There is no document {doc_id}.", code="no_document", detail=doc_id)
        self._library.remove(doc_id)
        return self._library.sync(progress=progress)
