"""HTML, however broken, to plain text with headings, lists and tables."""

from __future__ import annotations

import re
import warnings

from bs4 import BeautifulSoup
from bs4.builder import ParserRejectedMarkup
from bs4.element import NavigableString, Tag

from rag.config import Readers
from rag.errors import ReadError
from rag.readers.extracted import Builder, Extracted
from rag.readers.html_nodes import BLOCKS, HEADINGS, walk
from rag.readers.html_tables import Table, data_tables
from rag.readers.raised import raised
from rag.readers.tables import write_rows

_MOST_TAGS = 2_000_000  # a tag takes about 1 KB once parsed
_MANY_TAGS, _DENSE_BYTES = 250_000, 8  # a page of real text has 15 bytes or more for each
_SPACES = re.compile(r"\s+")


def read(data: bytes, limits: Readers) -> Extracted:
    """Read HTML; the encoding is found as a browser would.

    Raises:
        ReadError: If it is too long.
    """
    builder = Builder(most=limits.max_characters)
    write(builder, data)
    return builder.extracted()


def write(builder: Builder, data: bytes | str, *, encoding: str | None = None) -> None:
    """Add the text of HTML to a builder; its title is the builder's, when that has none.

    Args:
        encoding: What is said of it elsewhere; that comes before what the page itself says.

    Raises:
        ReadError: If it is too long.
    """
    soup = _parsed(data, encoding)
    writer = _Writer(builder)
    if soup.title is not None and not builder.title:
        builder.title = " ".join(soup.title.get_text().split())
    for node, closing in walk(soup):
        if not isinstance(node, Tag):
            writer.add(raised(str(node)) if _is_raised(node) else str(node))
        elif closing:
            writer.close(node)
        else:
            writer.open(node)
    writer.flush()
    writer.end_rows()


def check_tags(tags: int, size: int) -> None:
    """Refuse what has too many tags to be parsed.

    Raises:
        ReadError: If it has.
    """
    if tags > _MOST_TAGS:
        raise ReadError.because("too_long", f"more than {_MOST_TAGS:,} tags")
    if tags > _MANY_TAGS and tags * _DENSE_BYTES > size:
        raise ReadError.because("bomb", "there is next to nothing in it but tags")


def _parsed(data: bytes | str, encoding: str | None) -> BeautifulSoup:
    check_tags(data.count(b"<") if isinstance(data, bytes) else data.count("<"), len(data))
    try:
        with warnings.catch_warnings():
            # It warns of HTML that looks like XML, a file's name or an address: any is read alike.
            warnings.simplefilter("ignore")
            return BeautifulSoup(data, "lxml", from_encoding=encoding)
    except (ParserRejectedMarkup, AssertionError, ValueError, LookupError) as exc:
        raise ReadError.because("damaged", exc) from exc


def _is_raised(text: NavigableString) -> bool:
    """Of its own, or as the link to a note."""
    above = text.parent
    if above is not None and above.name == "a":
        above = above.parent
    return above is not None and above.name == "sup"


class _Writer:
    """Turns open and close events into blocks."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self._text: list[str] = []
        self._prefix = ""
        self._gap = "\n\n"
        self._lines_kept = 0  # how many elements are open that keep their lines as they are
        self._cells: list[str] | None = None
        self._table = Table()
        self._tables: list[Tag] = []
        self._data: set[int] = set()

    def add(self, text: str) -> None:
        self._text.append(text if self._lines_kept else _SPACES.sub(" ", text))

    def open(self, tag: Tag) -> None:
        name = tag.name
        if name == "table":
            self._begin_table(tag)
        elif name == "tr" and self._cells is not None:
            self._end_row()
        if name == "br":
            self._text.append("\n" if self._cells is None else " ")
        elif name == "tr" and self._in_rows:
            self.flush()
            self._cells = []
        elif name in ("td", "th") and self._cells is not None:
            self._table.begin_cell(tag)
        elif name in BLOCKS or name in HEADINGS:
            self._begin_block(name)

    def close(self, tag: Tag) -> None:
        name = tag.name
        if name == "table":
            self._end_table(tag)
        elif self._cells is not None:
            self._close_in_row(name)
        elif name in HEADINGS:
            self.end_rows()
            self.builder.heading("".join(self._text), HEADINGS[name])
            self._text.clear()
        elif name in BLOCKS:
            self.flush()
        if name == "pre":
            self._lines_kept -= 1
        elif name in ("ul", "ol"):
            self._gap = "\n\n"

    def _begin_block(self, name: str) -> None:
        if self._cells is not None:
            self._text.append(" ")
        else:
            self.flush()
            self._prefix = "- " if name == "li" else self._prefix
        if name == "pre":
            self._lines_kept += 1

    def _close_in_row(self, name: str) -> None:
        if name in ("td", "th"):
            self._end_cell()
        elif name == "tr":
            self._end_row()
        elif name in BLOCKS or name in HEADINGS:
            self._text.append(" ")

    @property
    def _in_rows(self) -> bool:
        """Whether the next row is one of data; so are those outside of any table."""
        return not self._tables or id(self._tables[-1]) in self._data

    def _begin_table(self, tag: Tag) -> None:
        if self._cells is not None:
            self._end_row()  # a table in a row outside of one: what stands before it is a row
        self.flush()
        self.end_rows()
        self._gap = "\n\n"
        if not self._tables:
            self._data = {id(table) for table in data_tables(tag)}
        self._tables.append(tag)

    def _end_table(self, tag: Tag) -> None:
        if self._cells is not None:
            self._end_row()
        self.flush()
        self.end_rows()
        self._gap = "\n\n"
        self._tables.pop()

    def _end_cell(self) -> None:
        if self._cells is not None:
            self._cells.append(" ".join("".join(self._text).split()))
        self._text.clear()

    def _end_row(self) -> None:
        if "".join(self._text).strip():
            self._end_cell()
        self._text.clear()
        self._table.rows.append(self._cells or [])
        self._cells = None

    def end_rows(self) -> None:
        """Write the rows so far, if there are any."""
        if self._table.rows:
            write_rows(self.builder, self._table.rows, header=self._table.is_headed)
            self._table = Table()

    def flush(self) -> None:
        """End the current block."""
        lines = "".join(self._text).split("\n")
        self._text.clear()
        if self._lines_kept:
            text = "\n".join(line.rstrip() for line in lines).strip("\n")
        else:
            text = "\n".join(filter(None, (" ".join(line.split()) for line in lines)))
        if text:
            self.end_rows()
            self.builder.block(self._prefix + text, gap=self._gap if self._prefix else "\n\n")
            self._gap = "\n" if self._prefix else "\n\n"
            self._prefix = ""
