"""The list of documents as HTML; names and reasons are escaped.

One set of rows serves the narrow list and the wide table: the style sheet makes the difference.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from html import escape

from rag.types import DocumentInfo, FailedFile, SyncProgress, SyncReport
from ui import told
from ui.messages import Words

_MOST_FILES = 12
ACTIONS = (
    "checking", "unchanged", "reading", "embedding", "indexed", "failed", "removed",
)  # fmt: skip
_COLUMNS = ("name", "pages", "passages", "added", "state")


def documents(infos: Sequence[DocumentInfo], failed: Sequence[FailedFile], words: Words) -> str:
    """The documents, each with a box that restricts the question to it, and what failed."""
    if not infos and not failed:
        return f'<p class="empty" data-listed="none">{escape(words("library.none"))}</p>'
    note = words.count("library.failures", len(failed)) if failed else ""
    noted = f'<p class="failures" role="status">{escape(note)}</p>' if failed else ""
    rows = "".join(_failure(f, words) for f in failed) + "".join(_row(i, words) for i in infos)
    return (
        f'{noted}<div class="documents" role="table" data-listed="{state(infos, failed)}" '
        f'aria-label="{escape(words("documents"))}">'
        f'<div role="rowgroup" class="heads">{_heads(words)}</div>'
        f'<div role="rowgroup" class="rows">{rows}</div></div>'
        f'<p class="nomatch" hidden>{escape(words("library.nomatch"))}</p>'
    )


def state(infos: Sequence[DocumentInfo], failed: Sequence[FailedFile]) -> str:
    """A name for what the list shows; the same for the same documents."""
    if not infos and not failed:
        return "none"
    shown = [(i.doc_id, i.indexed_at, i.title) for i in infos]
    told_why = [(f.doc_id, str(f.reason)) for f in failed]
    return hashlib.sha256(repr((shown, told_why)).encode()).hexdigest()[:16]


def progress(step: SyncProgress, files: Mapping[str, str], words: Words) -> str:
    """How far a sync has come, and each of the added files.

    Args:
        files: What is going on with the files that were added, by name.
    """
    total = max(1, step.total)
    said = words("library.progress", done=step.done, total=step.total)
    action = words(f"file.{step.action}") if step.action in ACTIONS else step.action
    return (
        f'<div class="progress" role="status"><progress max="{total}" value="{step.done}" '
        f'aria-label="{escape(said)}"></progress><span>{escape(said)} · {escape(action)} '
        f"{escape(step.doc_id)}</span></div>{_files(files, words)}"
    )


def synced(report: SyncReport, words: Words) -> str:
    """What a sync did, as one sentence, unescaped."""
    counts = (
        (len(report.added), "added"), (len(report.changed), "changed"),
        (len(report.removed), "removed"), (len(report.failed), "failed"),
    )  # fmt: skip
    said = [words(f"synced.{key}", n=n) for n, key in counts if n]
    if report.others:
        kinds = ", ".join(suffix or words("synced.no_ending") for suffix, _ in report.others)
        said.append(words("synced.others", n=sum(n for _, n in report.others), kinds=kinds))
    return words("library.synced", said=", ".join(said)) if said else words("library.unchanged")


def unread(failed: Sequence[FailedFile], words: Words) -> tuple[str, str]:
    """How many files could not be read, and which and why, unescaped."""
    reasons = [f"{f.doc_id}: {told.reason(f.reason, words)}" for f in failed[:_MOST_FILES]]
    return words("synced.failed", n=len(failed)), " ".join(reasons)


def _files(files: Mapping[str, str], words: Words) -> str:
    if not files:
        return ""
    rows = "".join(
        f'<li class="{escape(state)}"><span>{escape(name)}</span>'
        f"<em>{escape(words(f'file.{state}'))}</em></li>"
        for name, state in list(files.items())[:_MOST_FILES]
    )
    rest = len(files) - _MOST_FILES
    more = f"<li>+ {escape(words.count('files', rest))}</li>" if rest > 0 else ""
    return f'<ul class="adding">{rows}{more}</ul>'


def _heads(words: Words) -> str:
    sortable = "".join(
        f'<span role="columnheader" class="{key}"><button type="button" data-sort="{key}">'
        f"{escape(words(f'library.{key}'))}</button></span>"
        for key in _COLUMNS
    )
    actions = escape(words("library.actions"))
    return (
        '<div role="row" class="head"><span role="columnheader" class="pick">'
        f'<span class="unseen">{escape(words("library.pick.all"))}</span></span>{sortable}'
        f'<span role="columnheader" class="does"><span class="unseen">{actions}</span></span></div>'
    )


def _row(info: DocumentInfo, words: Words) -> str:
    doc_id, title = escape(info.doc_id), escape(info.title)
    pick = escape(words("library.pick", title=info.title))
    pages = "" if info.pages is None else _amount(words.count("pages", info.pages), info.pages)
    added = info.indexed_at[:10]
    name = f'<strong>{title}</strong><span class="where">{doc_id}</span>'
    return (
        f'<div role="row" class="document" data-document="{doc_id}"><span role="cell" class="pick">'
        f'<input type="checkbox" data-pick="{doc_id}" aria-label="{pick}"></span>'
        f'<span role="cell" class="name"><button type="button" data-whole title="{title}">{name}'
        f'</button></span><span role="cell" class="pages">{pages}</span>'
        f'<span role="cell" class="passages">'
        f"{_amount(words.count('passages', info.passages), info.passages)}</span>"
        f'<span role="cell" class="added">{escape(added)}</span><span role="cell" class="state">'
        f"{escape(words('library.ready'))}</span>{_does(info.title, words)}</div>"
    )


def _failure(failed: FailedFile, words: Words) -> str:
    doc_id, reason = escape(failed.doc_id), escape(told.reason(failed.reason, words))
    hint = escape(told.reason_hint(failed.reason, words))
    more = f'<span class="where">{hint}</span>' if hint else ""
    return (
        f'<div role="row" class="document failed" data-document="{doc_id}">'
        f'<span role="cell" class="pick"></span><span role="cell" class="name"><strong>{doc_id}'
        f'</strong><span class="where">{reason}</span>{more}</span>'
        '<span role="cell" class="pages"></span><span role="cell" class="passages"></span>'
        '<span role="cell" class="added"></span><span role="cell" class="state">'
        f"{escape(words('library.failed'))}</span>{_does(failed.doc_id, words)}</div>"
    )


def _amount(said: str, n: int) -> str:
    return f'<span class="said" data-n="{n}">{escape(said)}</span>'


def _does(title: str, words: Words) -> str:
    again, remove = (escape(words(f"library.{key}", title=title)) for key in ("reread", "remove"))
    return (
        f'<span role="cell" class="does"><button type="button" class="reread" data-reread '
        f'aria-label="{again}" title="{again}">↻</button><button type="button" class="remove" '
        f'data-remove aria-label="{remove}" title="{remove}">×</button></span>'
    )
