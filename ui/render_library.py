"""The list of documents as HTML; names and reasons are escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from rag.types import DocumentInfo, FailedFile, SyncProgress, SyncReport


def documents(infos: Sequence[DocumentInfo], failed: Sequence[FailedFile]) -> str:
    """The documents, each with a box that restricts the question to it, then what failed."""
    if not infos and not failed:
        return '<p class="empty">No documents yet.</p>'
    rows = "".join(_row(info) for info in infos)
    listed = f'<ul class="documents" aria-label="Documents">{rows}</ul>' if rows else ""
    return listed + (_failures(failed) if failed else "")


def progress(step: SyncProgress) -> str:
    """How far a sync has come."""
    total = max(1, step.total)
    return (
        f'<div class="progress" role="status"><progress max="{total}" value="{step.done}">'
        f"</progress><span>{step.done} of {step.total} · {escape(step.action)} "
        f"{escape(step.doc_id)}</span></div>"
    )


def synced(report: SyncReport) -> str:
    """What a sync did, as one sentence, unescaped."""
    counts = (
        (len(report.added), "added"), (len(report.changed), "updated"),
        (len(report.removed), "removed"), (len(report.failed), "not readable"),
    )  # fmt: skip
    said = ", ".join(f"{n} {word}" for n, word in counts if n)
    return f"Folder read: {said}." if said else "Nothing has changed in the folder."


def _row(info: DocumentInfo) -> str:
    doc_id = escape(info.doc_id)
    facts = [] if info.pages is None else [_count(info.pages, "page")]
    facts.append(_count(info.passages, "passage"))
    return (
        f'<li class="document" data-document="{doc_id}"><label><input type="checkbox" '
        f'data-pick="{doc_id}" aria-label="Ask only {escape(info.title)}">'
        f'<span class="name"><strong title="{escape(info.title)}">{escape(info.title)}</strong>'
        f'<span class="where" title="{doc_id}">{doc_id}</span><span class="where">'
        f"{' · '.join(facts)}</span></span></label>{_remove(info.doc_id, info.title)}</li>"
    )


def _failures(failed: Sequence[FailedFile]) -> str:
    rows = "".join(
        f'<li class="document failed" data-document="{escape(f.doc_id)}"><span class="name">'
        f'<strong>{escape(f.doc_id)}</strong><span class="where">{escape(f.reason)}</span></span>'
        f"{_remove(f.doc_id, f.doc_id)}</li>"
        for f in failed
    )
    return (
        f'<details class="failures" open><summary>{_count(len(failed), "file")} could not be read'
        f'</summary><ul class="documents" aria-label="Unreadable files">{rows}</ul></details>'
    )


def _remove(doc_id: str, name: str) -> str:
    return (
        f'<button type="button" class="remove" data-remove aria-label="Remove {escape(name)}" '
        'title="Remove">×</button><div class="confirm" role="group" aria-label="Confirm">'
        "<span>Take it out of the folder? It is kept in the index folder, under removed.</span>"
        f'<button type="button" class="danger" data-removed="{escape(doc_id)}">Remove</button>'
        '<button type="button" data-keep>Keep</button></div>'
    )


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"
