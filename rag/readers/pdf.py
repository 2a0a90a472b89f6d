"""PDF text, page by page."""

from __future__ import annotations

import re
import threading
from typing import Any

from rag.config import Readers
from rag.errors import ReadError
from rag.readers.extracted import Extracted, check_length
from rag.readers.running_lines import without_running_lines
from rag.text import normalise

_LOCK = threading.Lock()  # PDFium is not safe for threads
# PDFium marks the hyphen at a line's end by U+0002 or U+FFFE and joins the lines itself.
_HYPHEN = re.compile(
    r"(?<=[^\W\d_])(?:[-\u2010]\n(?=[a-zçğıöşüäß])|[\ufffe\u0002]\n?(?=[a-zçğıöşüäß]))"
)
_KEPT_HYPHEN = re.compile(r"[\ufffe\u0002]\n?")
_SCANNED_PAGE = "[Page {}: a scanned image without text.]"
_PASSWORD_ERROR = 4


def read(data: bytes, limits: Readers) -> Extracted:
    """Read a PDF; running heads, page numbers and hyphens at line ends are dropped.

    Form fields that are filled in, and notes, follow the text of their page.

    Raises:
        ReadError: If it is protected, damaged or too long.
    """
    import pypdfium2 as pdfium

    with _LOCK:
        try:
            pdf = pdfium.PdfDocument(data)
        except pdfium.PdfiumError as exc:
            # PDFium may still have in mind the error of the file before.
            locked = getattr(exc, "err_code", None) == _PASSWORD_ERROR
            if locked and b"/Encrypt" in data:
                raise ReadError.because("protected") from exc
            raise ReadError.because("damaged", "" if locked else exc) from exc
        try:
            if len(pdf) > limits.max_pages:
                found = f"{len(pdf):,} pages; {limits.max_pages:,} are allowed"
                raise ReadError.because("too_long", found)
            title = str(pdf.get_metadata_dict().get("Title", ""))
            pages, notes = _pages(pdf, limits.max_characters)
            scanned = [i for i, page in enumerate(pages) if not page.strip() and _is_scan(pdf, i)]
        except (pdfium.PdfiumError, ValueError) as exc:
            raise ReadError.because("damaged", exc) from exc
        finally:
            pdf.close()
    return _joined(without_running_lines(pages), notes, title, frozenset(scanned))


def _pages(pdf: object, most: int) -> tuple[list[str], list[str]]:
    """The text of each page, and what was filled in or noted on it."""
    from rag.readers.pdf_notes import Notes

    reader = Notes(pdf)
    pages, notes, length = [], [], 0
    for index in range(len(pdf)):  # type: ignore[arg-type]
        page = pdf[index]  # type: ignore[index]
        pages.append(_page_text(page))
        notes.append(normalise(reader.of_page(page)))
        page.close()
        length += len(pages[-1]) + len(notes[-1])
        check_length(length, most)
    return pages, notes


def _is_scan(pdf: object, index: int) -> bool:
    """Whether there is an image on a page."""
    from pypdfium2 import raw

    page = pdf[index]  # type: ignore[index]
    found = any(True for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3))
    page.close()
    return found


def _page_text(page: Any) -> str:  # noqa: ANN401 - pypdfium2 has no types
    text_page = page.get_textpage()
    text = str(text_page.get_text_bounded())
    text_page.close()
    text = _HYPHEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return normalise(_KEPT_HYPHEN.sub("-", text))


def _joined(pages: list[str], notes: list[str], title: str, scanned: frozenset[int]) -> Extracted:
    chosen = normalise(_title(pages, title))
    if scanned and not any(pages) and not any(notes):
        return Extracted("", chosen, empty="scanned")
    starts, parts, length = [], [], 0
    for index, page in enumerate(pages):
        starts.append(length)
        # A sentence that runs on to the next page is kept whole: one line end, no blank line.
        ended = not page or page.rstrip()[-1:] in '.!?:…"”' or {index, index + 1} & scanned
        text = _SCANNED_PAGE.format(index + 1) if index in scanned else page.strip()
        text = "\n\n".join(part for part in (text, notes[index]) if part)
        part = text + ("\n\n" if ended or notes[index] else "\n")
        parts.append(part)
        length += len(part)
    text = "".join(parts).rstrip()
    return Extracted(text, chosen, tuple(min(s, len(text)) for s in starts))


def _title(pages: list[str], title: str) -> str:
    if len(title.split()) > 1 and not title.lower().startswith(("microsoft", "untitled")):
        return title
    lines = (line.strip() for page in pages for line in page.split("\n"))
    return next((line for line in lines if len(line) > 3), "")
