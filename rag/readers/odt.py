"""OpenDocument texts."""

from __future__ import annotations

from collections.abc import Iterator

from lxml.etree import _Element

from rag.config import Readers
from rag.errors import ReadError
from rag.readers.archive import DAMAGED, open_archive, parse_xml
from rag.readers.extracted import Builder, Extracted
from rag.readers.tables import write_rows

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_SPACES = {f"{_TEXT}s": " ", f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}
_APART = frozenset({f"{_TEXT}note", f"{_OFFICE}annotation"})
_DROPPED = frozenset({f"{_TEXT}tracked-changes", f"{_OFFICE}annotation", f"{_OFFICE}forms"})
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
        _blocks(builder, body, "")
    except DAMAGED as exc:
        raise ReadError.because("damaged", exc) from exc
    return builder.extracted()


def _blocks(builder: Builder, parent: _Element, bullet: str) -> None:
    """Write what is below an element; its depth is that of the XML, 256 at most."""
    for element in parent:
        if element.tag == f"{_TEXT}h":
            builder.heading(_text(element), int(element.get(f"{_TEXT}outline-level", "1")))
        elif element.tag == f"{_TEXT}p":
            _paragraph(builder, element, bullet)
        elif element.tag == f"{_TABLE}table":
            _table(builder, element)
        elif element.tag == f"{_TEXT}list":
            _blocks(builder, element, "- ")
        elif element.tag not in _DROPPED:
            _blocks(builder, element, bullet)


def _paragraph(builder: Builder, element: _Element, bullet: str) -> None:
    text = _text(element)
    if text.strip():
        builder.block(bullet + text.strip(), gap="\n" if bullet else "\n\n")
    for inner in element:
        # Text boxes and notes stand inside a paragraph, but are not part of its sentences.
        if inner.tag in _APART or any(True for _ in inner.iter(*_BLOCKS)):
            _blocks(builder, inner, "")


def _table(builder: Builder, table: _Element) -> None:
    header = table.find(f"{_TABLE}table-header-rows") is not None
    write_rows(builder, _rows(table), header=header)


def _rows(table: _Element) -> Iterator[list[str]]:
    for row in table.iter(f"{_TABLE}table-row"):
        # A cell that is repeated for a million columns is read once.
        cells = (cell for cell in row if cell.tag == f"{_TABLE}table-cell")
        yield [" ".join(_text(p) for p in cell.iter(f"{_TEXT}p", f"{_TEXT}h")) for cell in cells]


def _text(element: _Element) -> str:
    """The text of a paragraph without notes, comments and boxes."""
    parts = [element.text or ""]
    for inner in element:
        if inner.tag in _SPACES:
            parts.append(_SPACES[inner.tag])
        elif inner.tag not in _APART and not any(True for _ in inner.iter(*_BLOCKS)):
            parts.append(_text(inner))
        parts.append(inner.tail or "")
    return "".join(parts)
