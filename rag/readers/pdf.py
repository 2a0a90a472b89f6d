"""PDF text, page by page."""

from __future__ import annotations

import threading

from rag.config import Readers
from rag.errors import ReadError
from rag.readers.extracted import Builder, Extracted, check_length
from rag.readers.pdf_layout import Block, blocks_of
from rag.readers.pdf_lines import Line, lines_of, with_whole_words
from rag.readers.running_lines import running_lines
from rag.text import normalise

_LOCK = threading.Lock()  # PDFium is not safe for threads
_SCANNED_PAGE = "[Page {}: a scanned image without text.]"
_PASSWORD_ERROR = 4


def read(data: bytes, limits: Readers) -> Extracted:
    """Read a PDF; running heads, page numbers and hyphens at line ends are dropped.

    Headings are known by size and weight, paragraphs by distance (`rag.readers.pdf_layout`). Form
    fields that are filled in, and notes, follow the text of their page.

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
            scanned = [i for i, page in enumerate(pages) if not page and _is_scan(pdf, i)]
        except (pdfium.PdfiumError, ValueError) as exc:
            raise ReadError.because("damaged", exc) from exc
        finally:
            pdf.close()
    pages = with_whole_words(pages)
    dropped = running_lines([[line.text for line in page] for page in pages])
    kept = [
        [line for i, line in enumerate(page) if i not in gone]
        for page, gone in zip(pages, dropped, strict=True)
    ]
    return _joined(blocks_of(kept), notes, title, frozenset(scanned))


def _pages(pdf: object, most: int) -> tuple[list[list[Line]], list[str]]:
    """The lines of each page, and what was filled in or noted on it."""
    from rag.readers.pdf_notes import Notes

    reader = Notes(pdf)
    pages, notes, length = [], [], 0
    for index in range(len(pdf)):  # type: ignore[arg-type]
        page = pdf[index]  # type: ignore[index]
        pages.append(lines_of(page))
        notes.append(normalise(reader.of_page(page)))
        page.close()
        length += sum(len(line.text) for line in pages[-1]) + len(notes[-1])
        check_length(length, most)
    return pages, notes


def _is_scan(pdf: object, index: int) -> bool:
    """Whether there is an image on a page."""
    from pypdfium2 import raw

    page = pdf[index]  # type: ignore[index]
    found = any(True for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3))
    page.close()
    return found


def _joined(
    pages: list[list[Block]], notes: list[str], title: str, scanned: frozenset[int]
) -> Extracted:
    builder = Builder(" ".join(normalise(_title(pages, title)).split()))
    if scanned and not any(pages) and not any(notes):
        return Extracted("", builder.title, empty="scanned")
    goes_on = False
    for index, page in enumerate(pages):
        builder.page()
        if index in scanned:
            builder.block(_SCANNED_PAGE.format(index + 1))
        for block in page:
            if block.level:
                builder.heading(block.text, block.level)
            else:
                builder.block(block.text, gap="\n" if goes_on else "\n\n")
            goes_on = False
        builder.block(notes[index])
        # A sentence that runs on to the next page is kept whole: one line end, no blank line.
        goes_on = bool(page) and not (notes[index] or page[-1].level or _is_ended(page[-1]))
    return builder.extracted()


def _is_ended(block: Block) -> bool:
    return block.text[-1] in '.!?:…"”'


def _title(pages: list[list[Block]], title: str) -> str:
    if len(title.split()) > 1 and not title.lower().startswith(("microsoft", "untitled")):
        return title
    front = next((page for page in pages if page), [])
    large = [block for block in front if block.level and block.is_large]
    if large:
        return min(large, key=_level).text
    if front and front[0].stands_out:
        return front[0].as_line
    lines = (line for page in pages for block in page for line in block.lines)
    return next((line for line in lines if len(line) > 3), "")


def _level(block: Block) -> int:
    return block.level
