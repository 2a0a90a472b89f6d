"""Word documents."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

from rag.config import Readers
from rag.errors import ReadError
from rag.readers.archive import DAMAGED, open_archive
from rag.readers.extracted import Builder, Extracted
from rag.readers.tables import check_cells, is_headed, write_rows

_HEADING = re.compile(r"heading (\d)", re.IGNORECASE)
_MOST_COLUMNS = 1000  # Word itself allows 63
_MOST_CELLS = 300_000
_MOST_PARAGRAPHS = 200_000  # python-docx takes 25 microseconds for each


def read(data: bytes, limits: Readers) -> Extracted:
    """Read a .docx: headings by style, lists, tables in their place.

    Raises:
        ReadError: If it is damaged, or would unpack to far more than it is.
    """
    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from docx.table import Table

    broken: tuple[type[Exception], ...] = (PackageNotFoundError, *DAMAGED)
    open_archive(data, "docx").close()
    try:
        word = docx.Document(BytesIO(data))
        _check_paragraphs(word.element)
        builder = Builder((word.core_properties.title or "").strip(), limits.max_characters)
        style_of = _Styles()
        for item in word.iter_inner_content():
            if isinstance(item, Table):
                _table(builder, item)
            else:
                _paragraph(builder, item.text, style_of(item))
    except broken as exc:
        raise ReadError.because("damaged", exc) from exc
    return builder.extracted()


def _check_paragraphs(root: Any) -> None:  # noqa: ANN401 - python-docx has no types
    # Of the parsed part, whatever its name: its prefix may be any, and counting takes no time.
    found = int(root.xpath("count(//w:p)"))
    if found > _MOST_PARAGRAPHS:
        raise ReadError.because("too_long", f"{found:,} paragraphs")
    found = int(root.xpath("count(//w:tbl) + count(//w:tr) + count(//w:tc)"))
    if found > _MOST_CELLS:
        raise ReadError.because("too_long", f"{found:,} tables, rows and cells")


class _Styles:
    """Names of the styles of paragraphs; python-docx looks through all of them each time."""

    def __init__(self) -> None:
        self._names: dict[str | None, str] = {}

    def __call__(self, paragraph: Any) -> str:  # noqa: ANN401 - python-docx has no types
        style_id = paragraph._p.style
        if style_id not in self._names:
            self._names[style_id] = str(getattr(paragraph.style, "name", "") or "")
        return self._names[style_id]


def _paragraph(builder: Builder, text: str, style: str) -> None:
    heading = _HEADING.match(style)
    if heading or style == "Title":
        builder.heading(text, int(heading.group(1)) if heading else 1)
    elif style.startswith("List") and text.strip():
        builder.block(f"- {text}", gap="\n")
    else:
        builder.block(text)


def _table(builder: Builder, table: Any) -> None:  # noqa: ANN401
    rows: list[list[str]] = []
    cells = 0
    for tr in table._tbl.tr_lst:
        rows.append(_row(table, tr, rows[-1] if rows else []))
        cells += 1 + len(rows[-1])
        check_cells(cells)
    first = table._tbl.tr_lst[0] if rows else None
    marked = first is not None and bool(first.xpath("./w:trPr/w:tblHeader"))
    write_rows(builder, rows, header=marked or is_headed(rows))


def _row(table: Any, tr: Any, above: list[str]) -> list[str]:  # noqa: ANN401
    """The texts by column; a cell over several columns stands in its first, over rows in each."""
    # Not row.cells: that climbs over all rows of a merged cell again for each of them.
    from docx.table import _Cell

    row = [""] * _allowed(tr.grid_before)
    for tc in tr.tc_lst:
        column, span = len(row), _allowed(tc.grid_span)
        if tc.vMerge == "continue":
            row.extend((above[column : column + span] + [""] * span)[:span])
        else:
            row.append(" ".join(_Cell(tc, table).text.split()))
            row.extend([""] * (span - 1))
    return row


def _allowed(columns: int) -> int:
    if columns > _MOST_COLUMNS:
        raise ReadError.because("bomb", f"a cell over {columns:,} columns")
    return columns
