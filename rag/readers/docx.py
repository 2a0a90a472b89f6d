"""Word documents: the parts of one; `docx_blocks` and `docx_text` read what is in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from lxml.etree import XPath, _Element

from rag.config import Readers
from rag.errors import ReadError
from rag.readers.archive import DAMAGED, open_archive, parse_xml
from rag.readers.docx_blocks import Surroundings, Writer
from rag.readers.docx_text import is_on, value, word
from rag.readers.extracted import Builder, Extracted

_MOST_CELLS = 300_000
_MOST_PARAGRAPHS = 200_000  # python-docx takes 25 microseconds for each
_NAMES = {"w": word("")[1:-1]}
_PARAGRAPHS = XPath("count(//w:p)", namespaces=_NAMES)
_CELLS = XPath("count(//w:tbl) + count(//w:tr) + count(//w:tc)", namespaces=_NAMES)
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_NOTES = ("footnote", "endnote")
# Words of a line that only says where in the document it stands: "Page 3 of 12", "Sayfa 3 / 12".
_OF_PAGES = frozenset("page pages of p pp sayfa sayı s səhifə стр страница из с seite von".split())


def read(data: bytes, limits: Readers) -> Extracted:
    """Read a .docx: headings by style, lists, tables and boxes in their place, as it stands now.

    Notes follow their paragraph. What pages have at their top comes first, once, and what they
    have at their foot last.

    Raises:
        ReadError: If it is damaged, or would unpack to far more than it is.
    """
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    broken: tuple[type[Exception], ...] = (PackageNotFoundError, *DAMAGED)
    open_archive(data, "docx").close()
    try:
        document = docx.Document(BytesIO(data))
        builder = Builder((document.core_properties.title or "").strip(), limits.max_characters)
        _write(builder, document)
    except broken as exc:
        raise ReadError.because("damaged", exc) from exc
    return builder.extracted()


def _write(builder: Builder, document: Any) -> None:  # noqa: ANN401 - python-docx has no types
    body = document.element.body
    notes = {kind: _related(document.part, f"{kind}s") for kind in _NOTES}
    heads, feet = (_margins(document, f"{kind}Reference") for kind in ("header", "footer"))
    _check_size([body, *heads, *feet, *(root for roots in notes.values() for root in roots)])
    around = _surroundings(document, notes)
    for text in _texts(heads, around, builder.most):
        builder.block(text)
    Writer(builder, around).blocks(body)
    for text in _texts(feet, around, builder.most):
        builder.block(text)


def _check_size(roots: list[_Element]) -> None:
    # Of the parsed parts, whatever their names: a prefix may be any, and counting takes no time.
    found = sum(int(_PARAGRAPHS(root)) for root in roots)
    if found > _MOST_PARAGRAPHS:
        raise ReadError.because("too_long", f"{found:,} paragraphs")
    found = sum(int(_CELLS(root)) for root in roots)
    if found > _MOST_CELLS:
        raise ReadError.because("too_long", f"{found:,} tables, rows and cells")


def _surroundings(document: Any, notes: dict[str, list[_Element]]) -> Surroundings:  # noqa: ANN401
    styles, hidden = {}, set()
    for style in document.styles.element.iterfind(word("style")):
        if value(style, "type") == "paragraph":
            styles[value(style, "styleId")] = value(style.find(word("name"))) or ""
        if is_on(style.find(f"{word('rPr')}/{word('vanish')}")):
            hidden.add(value(style, "styleId") or "")
    by_id = {
        (kind, value(note, "id") or ""): note
        for kind, roots in notes.items()
        for root in roots
        for note in root.iterfind(word(kind))
    }
    return Surroundings(styles, frozenset(hidden), by_id)


def _margins(document: Any, reference: str) -> list[_Element]:  # noqa: ANN401
    """What stands at the top or at the foot of the pages, each part of the file once."""
    ids = [element.get(_RELATION) for element in document.element.iter(word(reference))]
    parts = document.part.related_parts
    return [_root(part) for part in dict.fromkeys(parts[id_] for id_ in ids if id_ in parts)]


def _related(part: Any, kind: str) -> list[_Element]:  # noqa: ANN401
    found = [
        relation.target_part
        for relation in part.rels.values()
        if not relation.is_external and relation.reltype.endswith(f"/{kind}")
    ]
    return [_root(part) for part in dict.fromkeys(found)]


def _root(part: Any) -> _Element:  # noqa: ANN401
    """The XML of a part, also of a kind that python-docx does not parse."""
    element = getattr(part, "element", None)
    return parse_xml(part.blob) if element is None else element


def _texts(roots: list[_Element], around: Surroundings, most: int) -> Iterator[str]:
    """The words of each, once, but not what is the number of a page and no more."""
    said: set[str] = set()
    for root in roots:
        builder = Builder(most=most)
        Writer(builder, around, plain=True).blocks(root)
        text = builder.extracted().text
        words = " ".join(text.split()).casefold()
        if words not in said and not _is_page_number(words):
            said.add(words)
            yield text


def _is_page_number(text: str) -> bool:
    rest = [token for token in re.findall(r"\w+", text) if token not in _OF_PAGES]
    return len(rest) <= 2 and all(map(str.isdigit, rest))
