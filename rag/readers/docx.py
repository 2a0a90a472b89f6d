"""Word documents."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

from rag.config import Readers
from rag.errors import ReadError
from rag.readers.extracted import Builder, Extracted

_MOST_ENTRIES = 10_000
_MOST_BYTES = 256_000_000
_MOST_RATIO = 100
_SMALL_BYTES = 1_000_000
_HEADING = re.compile(r"heading (\d)", re.IGNORECASE)


def read(data: bytes, limits: Readers) -> Extracted:
    """Read a .docx: headings by style, lists, tables in their place.

    Raises:
        ReadError: If it is damaged, or would unpack to far more than it is.
    """
    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from docx.table import Table
    from lxml.etree import XMLSyntaxError

    check_archive(data)
    try:
        word = docx.Document(BytesIO(data))
        builder = Builder(title=(word.core_properties.title or "").strip())
        for item in word.iter_inner_content():
            if isinstance(item, Table):
                _table(builder, item)
            else:
                _paragraph(builder, item)
    except (
        PackageNotFoundError, XMLSyntaxError, KeyError, ValueError, zipfile.BadZipFile,
    ) as exc:  # fmt: skip
        raise ReadError(f"is damaged: {exc}") from exc
    return builder.extracted()


def check_archive(data: bytes) -> None:
    """Refuse archives whose directory announces a bomb.

    Raises:
        ReadError: With what is too large.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as exc:
        raise ReadError(f"is damaged: {exc}") from exc
    if len(entries) > _MOST_ENTRIES or sum(e.file_size for e in entries) > _MOST_BYTES:
        raise ReadError("would unpack to far more than a document needs")
    for entry in entries:
        if entry.file_size > max(_SMALL_BYTES, _MOST_RATIO * max(1, entry.compress_size)):
            raise ReadError("would unpack to far more than a document needs")


def _paragraph(builder: Builder, paragraph: object) -> None:
    text = str(paragraph.text)  # type: ignore[attr-defined]
    style = str(getattr(getattr(paragraph, "style", None), "name", "") or "")
    heading = _HEADING.match(style)
    if heading or style == "Title":
        builder.heading(text, int(heading.group(1)) if heading else 1)
    elif style.startswith("List") and text.strip():
        builder.block(f"- {text}", gap="\n")
    else:
        builder.block(text)


def _table(builder: Builder, table: object) -> None:
    gap = "\n\n"
    for row in table.rows:  # type: ignore[attr-defined]
        cells: list[str] = []
        for cell in row.cells:
            text = " ".join(cell.text.split())
            if not cells or cells[-1] != text:  # a merged cell is listed once per column
                cells.append(text)
        builder.block(" | ".join(cells), gap=gap)
        gap = "\n"
