"""OpenDocument texts."""

from __future__ import annotations

from lxml.etree import _Element

from rag.config import Readers
from rag.errors import ReadError
from rag.readers.archive import DAMAGED, open_archive, parse_xml
from rag.readers.extracted import Builder, Extracted
from rag.readers.odt_tables import Cell, each_row, grid
from rag.readers.tables import write_rows

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_SPACES = {f"{_TEXT}s": " ", f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}
_APART = frozenset({f"{_TEXT}note", f"{_OFFICE}annotation"})
_DROPPED = frozenset({f"{_TEXT}tracked-changes", f"{_OFFICE}annotation", f"{_OFFICE}forms"})
_MOST_LEVEL = 10  # of headings
_BLOCKS = frozenset({f"{_TEXT}p", f"{_TEXT}h", f"{_TEXT}list", f"{_TABLE}table"})


def read(data: bytes, limits: Readers) -> Extracted:
    """Read a .odt: headings, lists, tables, and notes after their paragraph.

    Raises:
        ReadError: If it is damaged, protected or too long.
    """
    builder = Builder(most=limits.max_characters)
    try:
        with open_archive(data, "odt") as archive:
            if "meta.xml" in archive.namelist():
                title = parse_xml(archive.read("meta.xml")).findtext(f".//{_TITLE}") or ""
                builder.title = " ".join(title.split())
            body = parse_xml(archive.read("content.xml")).find(f".//{_OFFICE}text")
        if body is None:
            raise ReadError.because("damaged", "it has no body of text")
        _Writer(builder, body).blocks(body)
    except DAMAGED as exc:
        raise ReadError.because("damaged", exc) from exc
    return builder.extracted()


class _Writer:
    """Writes what is below an element; its depth is that of the XML, 256 at most."""

    def __init__(self, builder: Builder, body: _Element) -> None:
        self._builder = builder
        # Found once: to look below each of many nested spans takes as many times longer.
        self._holders: set[_Element] = set()
        for block in body.iter(*_BLOCKS):
            for above in block.iterancestors():
                if above in self._holders:
                    break
                self._holders.add(above)

    def blocks(self, parent: _Element, bullet: str = "") -> None:
        for element in parent:
            if element.tag == f"{_TEXT}h":
                level = int(element.get(f"{_TEXT}outline-level", "1"))
                self._builder.heading(self._text(element), min(level, _MOST_LEVEL))
            elif element.tag == f"{_TEXT}p":
                self._paragraph(element, bullet)
            elif element.tag == f"{_TABLE}table":
                self._table(element)
            elif element.tag == f"{_TEXT}list":
                self.blocks(element, "- ")
            elif element.tag not in _DROPPED:
                self.blocks(element, bullet)

    def _paragraph(self, element: _Element, bullet: str) -> None:
        text = self._text(element).strip()
        if text:
            self._builder.block(bullet + text, gap="\n" if bullet else "\n\n")
        for inner in element:
            # Text boxes and notes stand inside a paragraph, but are not part of its sentences.
            if inner.tag in _APART or self._holds_blocks(inner):
                self.blocks(inner)

    def _table(self, table: _Element) -> None:
        header = table.find(f"{_TABLE}table-header-rows") is not None
        inner: list[_Element] = []
        rows = ((self._cells(row, inner), times) for row, times in each_row(table))
        write_rows(self._builder, grid(rows), header=header)
        for table_in_cell in inner:
            self._table(table_in_cell)

    def _cells(self, row: _Element, inner: list[_Element]) -> list[Cell]:
        cells = []
        for element in row:
            parts: list[str] = []
            self._cell(element, parts, inner)
            cell = Cell.of(element, " ".join(" ".join(parts).split()))
            if cell is not None:
                cells.append(cell)
        return cells

    def _cell(self, parent: _Element, parts: list[str], inner: list[_Element]) -> None:
        """Collect the paragraphs of a cell, and apart from them the tables in it."""
        for element in parent:
            if element.tag == f"{_TABLE}table":
                inner.append(element)
            elif element.tag in (f"{_TEXT}p", f"{_TEXT}h"):
                parts.append(self._text(element))
                for apart in element:
                    if apart.tag in _APART or self._holds_blocks(apart):
                        self._cell(apart, parts, inner)
            elif element.tag not in _DROPPED:
                self._cell(element, parts, inner)

    def _text(self, element: _Element) -> str:
        """The text of a paragraph without notes, comments and boxes."""
        parts: list[str] = []
        self._collect(element, parts)
        return "".join(parts)

    def _collect(self, element: _Element, parts: list[str]) -> None:
        parts.append(element.text or "")
        for inner in element:
            tag = inner.tag
            if tag in _SPACES:
                parts.append(_SPACES[tag])
            elif tag not in _APART and not self._holds_blocks(inner):
                self._collect(inner, parts)
            parts.append(inner.tail or "")

    def _holds_blocks(self, element: _Element) -> bool:
        return element.tag in _BLOCKS or element in self._holders
