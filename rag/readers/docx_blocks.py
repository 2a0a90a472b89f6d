"""The blocks of a Word document: headings by style, lists, tables, boxes and notes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml.etree import _Element

from rag.errors import ReadError
from rag.readers.docx_text import Paragraph, below, is_on, value, word
from rag.readers.extracted import Builder
from rag.readers.tables import check_cells, is_headed, write_rows

_HEADING = re.compile(r"heading (\d)", re.IGNORECASE)
_MOST_COLUMNS = 1000  # Word itself allows 63
_LABEL_CHARS = 80


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the paragraphs of a document refer to.

    Attributes:
        styles: Names of the styles of paragraphs by id.
        hidden: Ids of the styles that hide text.
        notes: Footnotes and endnotes by kind and id; taken out as they are written.
    """

    styles: Mapping[str | None, str]
    hidden: frozenset[str]
    notes: dict[tuple[str, str], _Element]


class Writer:
    """Writes what is below an element; its depth is that of the XML.

    Args:
        plain: Whether to write words alone: no headings, bullets, rows or notes.
    """

    def __init__(self, builder: Builder, around: Surroundings, *, plain: bool = False) -> None:
        self._builder = builder
        self._around = around
        self._plain = plain
        self._open: Paragraph | None = None
        self._notes: list[tuple[str, str]] = []

    def blocks(self, parent: _Element) -> None:
        """Write the paragraphs and tables of an element."""
        for element in below(parent):
            if element.tag == word("p"):
                self._paragraph(element)
            elif element.tag == word("tbl"):
                self._end_open()
                self._table(element)
        self._end_open()

    def _write_notes(self) -> None:
        """Write the notes that were met; each once, however often it is named."""
        met, self._notes = self._notes, []
        for name in met:
            note = self._around.notes.pop(name, None)
            if note is not None:
                self.blocks(note)

    def _paragraph(self, element: _Element) -> None:
        found = self._open or Paragraph()
        self._open = None
        found.collect(element, self._around.hidden)
        if _end_is_deleted(element.find(word("pPr"))):
            self._open = found  # what follows has become the rest of it
        else:
            self._end(found, self._style(element))

    def _end_open(self) -> None:
        if self._open is not None:
            found, self._open = self._open, None
            self._end(found, "")

    def _end(self, found: Paragraph, style: str) -> None:
        heading = _HEADING.match(style)
        if self._plain:
            self._builder.block(found.text)
        elif heading or style == "Title":
            self._builder.heading(found.text, int(heading.group(1)) if heading else 1)
        elif style.startswith("List") and found.text.strip():
            self._builder.block(f"- {found.text}", gap="\n")
        else:
            self._builder.block(found.text)
        for box in found.boxes:
            self.blocks(box)
        self._notes.extend(found.notes)
        if not self._plain:
            self._write_notes()

    def _table(self, table: _Element) -> None:
        rows = [tr for tr in below(table) if tr.tag == word("tr") and not _row_is_deleted(tr)]
        _check_columns(rows)
        if self._plain or self._is_layout(rows):
            for tr in rows:
                for tc in _cells(tr):
                    self.blocks(tc)
            return
        texts: list[list[str]] = []
        for tr in rows:
            texts.append(self._row(tr, texts[-1] if texts else []))
        write_rows(self._builder, texts, header=_is_marked(rows) or is_headed(texts))
        self._write_notes()

    def _row(self, tr: _Element, above: list[str]) -> list[str]:
        """The texts by column; a cell over columns stands in its first, over rows in each."""
        row = [""] * _number(tr, "trPr", "gridBefore", 0)
        for tc in _cells(tr):
            column, span = len(row), _number(tc, "tcPr", "gridSpan", 1)
            if _goes_on(tc):
                row.extend((above[column : column + span] + [""] * span)[:span])
            else:
                row.append(self._words(tc))
                row.extend([""] * (span - 1))
        return row

    def _words(self, tc: _Element) -> str:
        builder = Builder(most=self._builder.most)
        writer = Writer(builder, self._around, plain=True)
        writer.blocks(tc)
        self._notes.extend(writer._notes)
        return " ".join(builder.extracted().text.split())

    def _is_layout(self, rows: list[_Element]) -> bool:
        """Whether a table only places blocks on the page: its rows say nothing of their own."""
        if all(len(_cells(tr)) < 2 for tr in rows):
            return True
        holds_blocks = any(self._holds_blocks(tc) for tr in rows for tc in _cells(tr))
        return holds_blocks and not _is_marked(rows) and not self._names_columns(rows)

    def _holds_blocks(self, tc: _Element) -> bool:
        return any(
            element.tag == word("tbl") or _HEADING.match(self._style(element))
            for element in below(tc)
        )

    def _names_columns(self, rows: list[_Element]) -> bool:
        first = _cells(rows[0])
        if len(rows) < 2 or any(self._holds_blocks(tc) for tc in first):
            return False
        return all(0 < len(self._words(tc)) <= _LABEL_CHARS for tc in first)

    def _style(self, paragraph: _Element) -> str:
        properties = paragraph.find(word("pPr"))
        style = None if properties is None else value(properties.find(word("pStyle")))
        return self._around.styles.get(style, "")


def _cells(tr: _Element) -> list[_Element]:
    return [element for element in below(tr) if element.tag == word("tc")]


def _check_columns(rows: list[_Element]) -> None:
    columns = 0
    for tr in rows:
        columns += 1 + _number(tr, "trPr", "gridBefore", 0)
        columns += sum(_number(tc, "tcPr", "gridSpan", 1) for tc in _cells(tr))
        check_cells(columns)


def _is_marked(rows: list[_Element]) -> bool:
    return bool(rows) and is_on(rows[0].find(f"{word('trPr')}/{word('tblHeader')}"))


def _row_is_deleted(tr: _Element) -> bool:
    return tr.find(f"{word('trPr')}/{word('del')}") is not None


def _end_is_deleted(properties: _Element | None) -> bool:
    """Whether the mark at a paragraph's end was deleted or moved away."""
    marks = None if properties is None else properties.find(word("rPr"))
    return marks is not None and any(
        marks.find(word(name)) is not None for name in ("del", "moveFrom")
    )


def _goes_on(tc: _Element) -> bool:
    """Whether a cell is the rest of the one above it."""
    merge = tc.find(f"{word('tcPr')}/{word('vMerge')}")
    return merge is not None and (value(merge) or "continue") == "continue"


def _number(element: _Element, properties: str, name: str, default: int) -> int:
    found = value(element.find(f"{word(properties)}/{word(name)}"))
    columns = default if found is None else int(found)
    if columns > _MOST_COLUMNS:
        raise ReadError.because("bomb", f"a cell over {columns:,} columns")
    return columns
