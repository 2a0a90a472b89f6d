"""What happens when a reader changes the documents: plain generators, without gradio."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Protocol

from rag.errors import RagError
from rag.types import DocumentInfo, FailedFile, SyncProgress, SyncReport
from ui import render, render_library


class Keeper(Protocol):
    """What the list of documents needs of `rag.Assistant`."""

    def sync(
        self,
        *,
        progress: Callable[[SyncProgress], None] | None = None,
        rebuild: bool = False,
        allow_empty: bool = False,
    ) -> SyncReport:
        """See `rag.Assistant.sync`."""
        ...

    def documents(self) -> tuple[DocumentInfo, ...]:
        """The indexed documents."""
        ...

    def failed(self) -> tuple[FailedFile, ...]:
        """The files that could not be read."""
        ...

    def add(self, source: Path, *, name: str | None = None) -> str:
        """See `rag.Assistant.add`."""
        ...

    def remove(self, doc_id: str) -> None:
        """See `rag.Assistant.remove`."""
        ...


@dataclass(frozen=True, slots=True)
class ShelfView:
    """What the documents' part of the page shows next; None leaves it as it is."""

    documents: str | None = None
    status: str | None = None


class Shelf:
    """The documents' folder, as a page shows it."""

    def __init__(self, assistant: Keeper) -> None:
        self._assistant = assistant

    def show(self, status: str = "") -> ShelfView:
        """The list as it is now."""
        listed = render_library.documents(self._assistant.documents(), self._assistant.failed())
        return ShelfView(documents=listed, status=status)

    def add(self, files: Sequence[Path]) -> Iterator[ShelfView]:
        """Take uploaded files into the folder and index them; the uploads are deleted."""
        added: list[str] = []
        problems: list[str] = []
        for file in files:
            try:
                added.append(self._assistant.add(file))
            except RagError as error:
                problems.append(render.notice(error.message, error.hint))
            finally:
                file.unlink(missing_ok=True)
        if not added:
            yield self.show("".join(problems))
            return
        yield from self._sync("".join(problems), f"Added {', '.join(added)}.")

    def remove(self, doc_id: str) -> ShelfView:
        """Take a document out of the folder and the index."""
        try:
            self._assistant.remove(doc_id)
        except RagError as error:
            return self.show(render.notice(error.message, error.hint))
        return self.show(render.notice(f"Removed {doc_id}.", kind="done"))

    def sync(self) -> Iterator[ShelfView]:
        """Bring the index up to date with the folder."""
        yield from self._sync("", "")

    def _sync(self, problems: str, done: str) -> Iterator[ShelfView]:
        """Sync in a thread of its own, which ends even when the reader leaves."""
        steps: SimpleQueue[SyncProgress | None] = SimpleQueue()
        pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sync")
        future = pool.submit(self._assistant.sync, progress=steps.put)
        pool.shutdown(wait=False)
        future.add_done_callback(lambda _: steps.put(None))
        for step in iter(steps.get, None):
            yield ShelfView(status=problems + render_library.progress(step))
        yield self.show(problems + _outcome(future, done))


def _outcome(future: Future[SyncReport], done: str) -> str:
    try:
        report = future.result()
    except RagError as error:
        return render.notice(error.message, error.hint)
    unread = {f.doc_id: f.reason for f in report.failed}
    said = done if done and not unread else render_library.synced(report)
    return render.notice(said, kind="error" if unread else "done")
