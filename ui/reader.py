"""What a reader opens beside the conversation: documents, pages, reasons. Without gradio.

`Reader.fetch` is called by the page with plain data and answers with plain data.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

from rag.config import Config
from rag.errors import RagError, ReadError
from rag.pages import PageImage, draw
from rag.types import Document
from ui import render, render_reader, render_why
from ui.desk import Desk
from ui.messages import Words
from ui.settings import parse_settings
from ui.sources import passage_after, passage_before
from ui.views import Answerer

Said = dict[str, str | int]
_DRAWN = 24
_DRAWING_AT_ONCE = 2
_MOST_QUOTE = 4000


class Reader:
    """Opens documents of an assistant, and what is kept of its answers; threads may share it."""

    def __init__(self, assistant: Answerer, desk: Desk) -> None:
        self._assistant = assistant
        self._desk = desk
        self._config: Config = assistant.config
        self._drawing = threading.Semaphore(_DRAWING_AT_ONCE)
        self._draw = lru_cache(maxsize=_DRAWN)(self._drawn)
        self._is_unchanged = lru_cache(maxsize=_DRAWN)(_has_hash)
        self._does: dict[str, Callable[[_Wanted, Words], Said]] = {
            "around": self._around, "text": self._text, "page": self._page, "why": self._why,
            "rate": self._rate,
        }  # fmt: skip

    def fetch(self, data: object) -> Said:
        """Answer a page: ``html`` to show, or ``error`` as HTML."""
        # The page sends its arguments as a list.
        value = data[0] if isinstance(data, list) and data else data
        wanted = _Wanted(value if isinstance(value, Mapping) else {})
        words = parse_settings(wanted.values.get("settings")).words
        do = self._does.get(wanted.text("do"))
        try:
            return {} if do is None else do(wanted, words)
        except RagError as error:
            return {"error": render.problem(error, words)}

    def _around(self, wanted: _Wanted, words: Words) -> Said:
        """The passage before or after a place."""
        document = self._assistant.document(wanted.text("document"))
        if document is None:
            return _gone(wanted.text("document"), words)
        at = min(wanted.number("at"), len(document.text))
        is_before = wanted.text("way") == "previous"
        low = passage_before(document.text, at) if is_before else at
        high = at if is_before else passage_after(document.text, at)
        return {
            "html": render_reader.passage(document, low, high),
            "at": low if is_before else high,
            "is_end": int(low == 0 if is_before else high == len(document.text)),
        }

    def _text(self, wanted: _Wanted, words: Words) -> Said:
        """A document, or the part of a long one that holds a place."""
        document = self._assistant.document(wanted.text("document"))
        if document is None:
            return _gone(wanted.text("document"), words)
        start, end = wanted.number("start"), wanted.number("end")
        marked = (start, end) if start < end <= len(document.text) else None
        part = None if wanted.values.get("part") is None else wanted.number("part")
        shown = render_reader.part_of(document, part=part, at=start)
        return {
            "html": render_reader.text(document, shown, words, marked=marked),
            "title": document.title, "where": document.doc_id, "part": shown,
            "is_paged": int(document.format == "pdf"),
        }  # fmt: skip

    def _page(self, wanted: _Wanted, words: Words) -> Said:
        """A page of a PDF as it was printed."""
        document = self._assistant.document(wanted.text("document"))
        if document is None or document.format != "pdf":
            return _gone(wanted.text("document"), words)
        file = _file_of(document, self._config.documents.folder)
        if file is None:
            said = words("reader.unreadable", document=document.doc_id)
            return {"error": render.notice(said, words("reader.changed.hint"))}
        version = file.stat()
        if not self._is_unchanged(file, document.sha256, version.st_mtime_ns, version.st_size):
            said = words("reader.changed", document=document.doc_id)
            return {"error": render.notice(said, words("reader.changed.hint"))}
        number = max(1, min(wanted.number("page"), len(document.page_starts)))
        start, end = wanted.number("start"), wanted.number("end")
        quote = _on_page(document, number, start, min(end, start + _MOST_QUOTE))
        try:
            image = self._draw(file, version.st_mtime_ns, number, quote)
        except ReadError as error:
            said = words.told("page.undrawn", error.message, n=number)
            return {"error": render.notice(said, words.told("page.undrawn.hint", error.hint))}
        return {
            "html": render_reader.page(document, image, words, is_marked=bool(quote)),
            "title": document.title, "where": document.doc_id, "page": number, "is_paged": 1,
        }  # fmt: skip

    def _why(self, wanted: _Wanted, words: Words) -> Said:
        kept = self._desk.find(wanted.text("key"))
        if kept is None:
            return {"error": render.notice(words("why.gone"))}
        return {
            "html": render_why.why(kept.explanation, words), "title": words("why.title"),
            "where": kept.answer.question,
        }  # fmt: skip

    def _rate(self, wanted: _Wanted, words: Words) -> Said:
        error = self._desk.rate(
            wanted.text("key"), wanted.text("verdict"), wanted.text("remark")
        )  # fmt: skip
        if error is None:
            return {"said": words("rate.saved")}
        if not error.message:
            return {"error": render.notice(words("rate.gone"))}
        return {"error": render.problem(error, words)}

    def _drawn(self, file: Path, _mtime_ns: int, number: int, quote: str) -> PageImage:
        with self._drawing:
            return draw(file, number, quote=quote)


class _Wanted:
    """What a page asks for, read with care."""

    def __init__(self, values: Mapping[object, object]) -> None:
        self.values = values

    def text(self, key: str) -> str:
        value = self.values.get(key)
        return value if isinstance(value, str) else ""

    def number(self, key: str) -> int:
        value = self.values.get(key)
        is_number = isinstance(value, int) and not isinstance(value, bool)
        return max(0, int(value)) if is_number and isinstance(value, int) else 0


def _gone(doc_id: str, words: Words) -> Said:
    return {"error": render.notice(words("reader.gone", document=doc_id))}


def _on_page(document: Document, number: int, start: int, end: int) -> str:
    """What of a quotation stands on a page."""
    ends = [*document.page_starts[1:], len(document.text)]
    low, high = max(start, document.page_starts[number - 1]), min(end, ends[number - 1])
    return document.text[low:high]


def _file_of(document: Document, folder: Path) -> Path | None:
    """The file of a document; None when it is gone or leads out of the folder."""
    file = (folder / document.doc_id).resolve()
    return file if file.is_file() and file.is_relative_to(folder.resolve()) else None


def _has_hash(file: Path, sha256: str, _mtime_ns: int, _size: int) -> bool:
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest() == sha256
    except OSError:
        return False
