"""PDF text, page by page."""

from __future__ import annotations

import re
import threading
from collections import Counter

from rag.config import Readers
from rag.errors import ReadError
from rag.readers.extracted import Extracted
from rag.text import normalise

_LOCK = threading.Lock()  # PDFium is not safe for threads
# PDFium marks the hyphen at a line's end by U+0002 or U+FFFE and joins the lines itself.
_HYPHEN = re.compile(
    r"(?<=[^\W\d_])(?:[-\u2010]\n(?=[a-zçğıöşüäß])|[\ufffe\u0002]\n?(?=[a-zçğıöşüäß]))"
)
_KEPT_HYPHEN = re.compile(r"[\ufffe\u0002]\n?")
_PAGE_NUMBER = re.compile(
    r"[\W_]*(?:page|sayfa|стр\.?)?\s*\d{1,4}(?:\s*(?:/|of|von|-)\s*\d{1,4})?[\W_]*", re.I
)
_FULL_PAGE_LINES = 8
_SCANNED = "holds no text: its pages are probably scanned images"
_PASSWORD_ERROR = 4


def read(data: bytes, limits: Readers) -> Extracted:
    """Read a PDF; running heads, page numbers and hyphens at line ends are dropped.

    Raises:
        ReadError: If it is protected, damaged or too long.
    """
    import pypdfium2 as pdfium

    with _LOCK:
        try:
            pdf = pdfium.PdfDocument(data)
        except pdfium.PdfiumError as exc:
            if "assword" in str(exc) or getattr(exc, "err_code", None) == _PASSWORD_ERROR:
                raise ReadError(
                    "is protected by a password", hint="Save a copy without the password."
                ) from exc
            raise ReadError(f"is damaged: {exc}") from exc
        try:
            if len(pdf) > limits.max_pages:
                raise ReadError(
                    f"has {len(pdf):,} pages; {limits.max_pages:,} are allowed",
                    hint="Split the file, or raise `readers.max_pages` in config.yaml.",
                )
            title = str(pdf.get_metadata_dict().get("Title", ""))
            pages = [_page_text(pdf, i) for i in range(len(pdf))]
        except pdfium.PdfiumError as exc:
            raise ReadError(f"is damaged: {exc}") from exc
        finally:
            pdf.close()
    return _joined(_without_running_lines(pages), title)


def _page_text(pdf: object, index: int) -> str:
    page = pdf[index]  # type: ignore[index]
    text_page = page.get_textpage()
    text = str(text_page.get_text_bounded())
    text_page.close()
    page.close()
    text = _HYPHEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return normalise(_KEPT_HYPHEN.sub("-", text))


def _joined(pages: list[str], title: str) -> Extracted:
    starts, parts, length = [], [], 0
    for page in pages:
        starts.append(length)
        # A sentence that runs on to the next page is kept whole: one line end, no blank line.
        ended = not page or page.rstrip()[-1:] in '.!?:…"”'
        part = page.strip() + ("\n\n" if ended else "\n")
        parts.append(part)
        length += len(part)
    text = "".join(parts).rstrip()
    sensible = len(title.split()) > 1 and not title.lower().startswith(("microsoft", "untitled"))
    first = next((line.strip() for line in text.split("\n") if len(line.strip()) > 3), "")
    chosen = title if sensible else first
    starts = [min(s, len(text)) for s in starts]
    return Extracted(text, normalise(chosen), tuple(starts), empty_reason=_SCANNED)


def _without_running_lines(pages: list[str]) -> list[str]:
    """Drop page numbers, and lines at the edge of a page that stand on most pages."""
    pages_lines = [[line.strip() for line in p.split("\n") if line.strip()] for p in pages]
    edges = Counter(key for lines in pages_lines for key in {_key(lines[i]) for i in _edge(lines)})
    running = {k for k, n in edges.items() if len(pages) > 3 and n > len(pages) / 2}
    kept = []
    for lines in pages_lines:
        dropped = {
            i for i in _edge(lines) if _key(lines[i]) in running or _PAGE_NUMBER.fullmatch(lines[i])
        }
        kept.append("\n".join(line for i, line in enumerate(lines) if i not in dropped))
    return kept


def _edge(lines: list[str]) -> set[int]:
    """The first and last lines of a page; few of a page that has few."""
    n = 2 if len(lines) >= _FULL_PAGE_LINES else 1
    return set(range(len(lines))[:n]) | set(range(len(lines))[-n:])


def _key(line: str) -> str:
    return re.sub(r"\d+", "#", line.casefold())
