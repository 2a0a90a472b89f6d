"""What happens when a reader changes the documents: plain generators, without gradio."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Protocol

from rag.errors import RagError
from rag.types import DocumentInfo, FailedFile, SyncProgress, SyncReport
from ui import render, render_library
from ui.messages import Words
from ui.views import ShelfView

MOST_AT_ONCE = 100
_WORKED_ON = ("reading", "embedding")
_STATES = {
    "reading": "reading", "embedding": "embedding", "indexed": "done", "unchanged": "done",
    "failed": "failed",
}  # fmt: skip
_Sync = Callable[..., SyncReport]


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

    def remove(self, doc_id: str) -> object:
        """See `rag.Assistant.remove`."""
        ...

    def reread(
        self, doc_id: str, *, progress: Callable[[SyncProgress], None] | None = None
    ) -> SyncReport:
        """See `rag.Assistant.reread`."""
        ...


class Shelf:
    """The documents' folder, as a page shows it."""

    def __init__(self, assistant: Keeper) -> None:
        self._assistant = assistant

    def show(self, words: Words = Words(), status: str = "") -> ShelfView:  # noqa: B008 - frozen
        """The list as it is now; why there is none, when it cannot be read."""
        try:
            infos, failed = self._assistant.documents(), self._assistant.failed()
        except RagError as error:
            return ShelfView(documents="", status=status or render.problem(error, words))
        listed = render_library.documents(infos, failed, words)
        return ShelfView(documents=listed, status=status)

    def renew(self, words: Words, listed: str) -> ShelfView:
        """The list, if it is no longer the one that is shown: others change the folder, too."""
        try:
            infos, failed = self._assistant.documents(), self._assistant.failed()
        except RagError:
            return ShelfView()  # the answer has told it already
        if render_library.state(infos, failed) == listed:
            return ShelfView()
        return ShelfView(documents=render_library.documents(infos, failed, words))

    def add(self, files: Sequence[Path], words: Words = Words()) -> Iterator[ShelfView]:  # noqa: B008
        """Take uploaded files into the folder and index them; the uploads are deleted."""
        if len(files) > MOST_AT_ONCE:
            for file in files:
                file.unlink(missing_ok=True)
            said = words("library.toomany", n=len(files), most=MOST_AT_ONCE)
            yield self.show(words, render.notice(said, words("library.toomany.hint")))
            return
        added: list[str] = []
        problems: list[str] = []
        for file in files:
            try:
                added.append(self._assistant.add(file))
                # A number was added; other names are only tidied.
                if added[-1].startswith(f"{file.stem}-") and added[-1] != file.name:
                    said = words("library.renamed", name=file.name, kept=added[-1])
                    problems.append(render.notice(said, words("library.renamed.hint")))
            except RagError as error:
                problems.append(render.problem(error, words))
            finally:
                file.unlink(missing_ok=True)
        if not added:
            yield self.show(words, "".join(problems))
            return
        yield from self._followed(
            self._assistant.sync, words, "".join(problems), "library.added.files", added
        )

    def remove(self, doc_id: str, words: Words = Words()) -> ShelfView:  # noqa: B008 - frozen
        """Take a document out of the folder and the index."""
        try:
            self._assistant.remove(doc_id)
        except RagError as error:
            return self.show(words, render.problem(error, words))
        said = words("library.removed", name=doc_id)
        return self.show(words, render.notice(said, kind="done"))

    def sync(self, words: Words = Words()) -> Iterator[ShelfView]:  # noqa: B008 - frozen
        """Bring the index up to date with the folder."""
        yield from self._followed(self._assistant.sync, words, "", "", ())

    def reread(self, doc_id: str, words: Words = Words()) -> Iterator[ShelfView]:  # noqa: B008
        """Read one file again."""
        again = partial(self._assistant.reread, doc_id)
        yield from self._followed(again, words, "", "library.reread.done", [doc_id])

    def _followed(
        self, sync: _Sync, words: Words, problems: str, done: str, names: Sequence[str]
    ) -> Iterator[ShelfView]:
        """Sync in a thread of its own, which ends even when the reader leaves."""
        steps: SimpleQueue[SyncProgress | None] = SimpleQueue()
        pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sync")
        future = pool.submit(sync, progress=steps.put)
        pool.shutdown(wait=False)
        future.add_done_callback(lambda _: steps.put(None))
        files = dict.fromkeys(names, "waiting")
        for step in iter(steps.get, None):
            _note(files, step)
            yield ShelfView(status=problems + render_library.progress(step, files, words))
        yield self.show(words, problems + _outcome(future, done, names, words))


def _note(files: dict[str, str], step: SyncProgress) -> None:
    """What is going on with the files that were added; one at a time is worked on."""
    for name, state in files.items():
        if state in _WORKED_ON and name != step.doc_id:
            files[name] = "done"
    if step.doc_id in files:
        files[step.doc_id] = _STATES.get(step.action, files[step.doc_id])


def _outcome(future: Future[SyncReport], done: str, names: Sequence[str], words: Words) -> str:
    try:
        report = future.result()
    except RagError as error:
        return render.problem(error, words)
    if not names:
        said = render_library.synced(report, words)
        return render.notice(said, kind="error" if report.failed else "done")
    # Files that could not be read before are no news to who has added others.
    unread = {file.doc_id: file for file in report.failed if file.doc_id in names}
    read = ", ".join(name for name in names if name not in unread)
    told = render.notice(words(done, names=read), kind="done") if read else ""
    if unread:
        told += render.notice(*render_library.unread(list(unread.values()), words))
    return told
