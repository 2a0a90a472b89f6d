"""One pass over the folder: every file ends in exactly one list of the report."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np

from rag.errors import ReadError
from rag.files import check_inside, is_gone, may_be_as_before, may_pass
from rag.indexing import Steps, embed_slices, read_passages
from rag.queries import Known
from rag.store import Store
from rag.sync import FolderListing, SyncPlan, explain, file_sha256, make_plan
from rag.types import Document, FailedFile, Passage, SyncProgress, SyncReport

_MAY_PASS = ("cannot_open", "changed")
_log = logging.getLogger(__name__)


def settle_readers(store: Store, version: int) -> None:
    """Let every file be read again when other readers have read it."""
    if store.meta().get("readers") == str(version):
        return
    if store.counts()[0]:
        _log.warning("The readers have been improved, so every file is read again.")
        store.note("unread_until", str(store.state().max_passage_id))
    store.note("readers", str(version))


def forget_what_was_done(store: Store) -> None:
    """Drop the notes about work that a sync goes on with when it was stopped."""
    meta = store.meta()
    if "rebuilding" in meta:
        store.note("rebuilding", None)
    if "unread_until" in meta and not store.unread():
        store.note("unread_until", None)


class SyncRun:
    """Brings a store up to date with a listing; the caller holds the writer's lock."""

    def __init__(
        self, store: Store, steps: Steps, listing: FolderListing,
        progress: Callable[[SyncProgress], None] | None,
        refuse_to_empty: Callable[[], None] | None = None,
    ) -> None:  # fmt: skip
        """Prepare a pass.

        Args:
            progress: Called for each file at least once.
            refuse_to_empty: Raises; called before the last of the documents would go, and nothing
                was indexed or kept. None to let them go.
        """
        self._store = store
        self._steps = steps
        self._files = listing.files
        self._progress = progress
        self._done = 0
        self._total = len(listing.files) + len(listing.failed)
        self._stored = store.versions(steps.pipeline)
        self._unread = store.unread()
        self._failed: list[FailedFile] = []
        self._listing = listing
        self._wanted: set[str] = set()
        self._kept: dict[str, Known] = {}
        self._gone: list[str] = []
        self._refuse_to_empty = refuse_to_empty
        # Nothing goes before it is known that something stays; each with why it failed, if it did.
        self._going: dict[str, FailedFile | None] = {}
        self._something_stays = refuse_to_empty is None

    def run(self) -> SyncReport:
        """Do all of it; each document is committed by itself."""
        for file in self._listing.failed:
            self._fail(file, keep=self._listing.is_kept(file.doc_id))
        hashes = self._hashes()
        there = {file.doc_id for file in self._failed}
        there.update(filter(self._listing.is_kept, self._stored))
        plan = make_plan(hashes, self._stored, there, self._unread)
        self._wanted = {hashes[doc_id] for doc_id in plan.index}
        if hashes.keys() - set(plan.index) or any(map(self._listing.is_kept, self._stored)):
            self._let_go()
        # What goes but has the bytes of a file to come is removed once that one has its vectors.
        self._remove(old for old in plan.removed if self._stored[old] not in self._wanted)
        indexed = [doc_id for doc_id in plan.index if self._index(doc_id, plan)]
        moved = sorted(old for sources in plan.moved.values() for old in sources)
        self._remove([*plan.removed, *moved])
        if self._going and self._refuse_to_empty is not None:
            self._refuse_to_empty()
        self._store.forget_failed(keep={file.doc_id for file in self._failed})
        unchanged = hashes.keys() - set(plan.index)
        return SyncReport(
            added=tuple(d for d in indexed if d not in self._stored),
            changed=tuple(d for d in indexed if d in self._stored),
            unchanged=tuple(sorted(unchanged)),
            removed=tuple(sorted([*plan.removed, *moved, *self._gone])),
            failed=tuple(sorted(self._failed, key=lambda file: file.doc_id)),
            others=self._listing.others,
        )

    def _remove(self, doc_ids: Iterable[str]) -> None:
        """Remove documents, once something is sure to stay."""
        self._going.update(dict.fromkeys(doc_ids))
        if self._something_stays:
            self._let_go()

    def _let_go(self) -> None:
        self._something_stays = True
        for doc_id, failed in self._going.items():
            if failed is None:
                self._store.remove(doc_id)
            else:
                self._store.fail(failed)
        self._going.clear()

    def _hashes(self) -> dict[str, str]:
        hashes = {}
        for doc_id, path in self._files.items():
            self._report(doc_id, "checking")
            try:
                hashes[doc_id] = file_sha256(path, most=self._steps.most_bytes)
            except OSError as exc:
                if doc_id in self._stored and is_gone(path):
                    self._finish(doc_id, "removed")  # the plan finds it gone
                    continue
                self._fail(FailedFile(doc_id, explain(exc)), keep=may_pass(exc))
                continue
            except ReadError as exc:
                self._fail(FailedFile(doc_id, exc.message), keep=False)
                continue
            if hashes[doc_id] == self._stored.get(doc_id) and doc_id not in self._unread:
                self._finish(doc_id, "unchanged")
        return hashes

    def _index(self, doc_id: str, plan: SyncPlan) -> bool:
        """Index one file; False when it cannot be."""
        self._report(doc_id, "reading")
        self._keep(doc_id)
        pipeline = self._steps.pipeline
        try:
            document, passages = read_passages(self._files[doc_id], doc_id, self._steps)
            check_inside(self._files[doc_id], doc_id)
            known = self._known(document)
            passages = _as_known(passages, known)
            vectors = []
            for rows in embed_slices(passages, self._steps.embedder, known.vectors):
                vectors.append(rows)
                self._report(doc_id, "embedding")
        except ReadError as exc:
            self._not_read(doc_id, exc)
            return False
        replaces = plan.moved.get(doc_id, ())
        self._store.put(document, passages, np.concatenate(vectors), pipeline, replaces=replaces)
        self._kept.pop(document.sha256, None)
        self._let_go()
        self._finish(doc_id, "indexed")
        return True

    def _not_read(self, doc_id: str, error: ReadError) -> None:
        path = self._files[doc_id]
        if doc_id in self._stored and is_gone(path):
            self._gone.append(doc_id)
            self._remove([doc_id])
            self._finish(doc_id, "removed")
        else:
            keep = error.code in _MAY_PASS and may_be_as_before(path)
            self._fail(FailedFile(doc_id, error.message), keep=keep)

    def _known(self, document: Document) -> Known:
        """The vectors of these bytes wherever they were, and of this document as it was."""
        stored = self._store.known(document.doc_id, document.sha256, self._steps.pipeline)
        kept = self._kept.get(document.sha256)
        if kept is None or stored.title is not None:
            return stored
        return Known({**stored.vectors, **kept.vectors}, kept.title)

    def _keep(self, doc_id: str) -> None:
        """Files that took each other's names: this one is about to go, its bytes are to come."""
        sha256 = self._stored.get(doc_id)
        if sha256 is not None and sha256 in self._wanted:
            self._kept[sha256] = self._store.known("", sha256, self._steps.pipeline)

    def _fail(self, file: FailedFile, *, keep: bool) -> None:
        """Note that a file cannot be indexed.

        Args:
            keep: It may be readable again: what is indexed of it stays, and this is said.
        """
        below = sum(1 for doc_id in self._stored if doc_id.startswith(f"{file.doc_id}/"))
        keep = keep and file.doc_id in self._stored
        if keep:
            file = _with(file, "its earlier version is still used")
        elif below and self._listing.is_kept(f"{file.doc_id}/"):
            file = _with(file, f"{below} documents in it stay as they were")
        if file.doc_id in self._stored and not (keep or self._something_stays):
            self._store.fail(file, keep=True)
            self._going[file.doc_id] = file
        else:
            self._store.fail(file, keep=keep)
        if keep:
            self._let_go()
        self._failed.append(file)
        self._finish(file.doc_id, "failed")

    def _finish(self, doc_id: str, action: str) -> None:
        self._done += 1
        self._report(doc_id, action)

    def _report(self, doc_id: str, action: str) -> None:
        if self._progress is not None:
            self._progress(SyncProgress(self._done, self._total, doc_id, action))


def _with(file: FailedFile, said: str) -> FailedFile:
    """One more word in the detail of a reason; see `rag.reasons.code_of`."""
    return FailedFile(file.doc_id, f"{file.reason}{'; ' if ': ' in file.reason else ': '}{said}")


def _as_known(passages: list[Passage], known: Known) -> list[Passage]:
    """With the title that the same bytes were embedded with, when nothing else differs.

    The title then is made of the file's name, and a file that was renamed is not to be embedded
    again.
    """
    if known.title is None:
        return passages
    titled = [replace(p, title=known.title) for p in passages]
    same = all((p.title, p.heading, p.text) in known.vectors for p in titled)
    return titled if same else passages
