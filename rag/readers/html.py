"""HTML, however broken, to plain text with headings, lists and tables."""

from __future__ import annotations

import warnings

from bs4 import BeautifulSoup
from bs4.builder import ParserRejectedMarkup
from bs4.element import NavigableString, PreformattedString, Tag

from rag.config import Readers
from rag.errors import ReadError
from rag.readers.extracted import Builder, Extracted
from rag.readers.tables import is_headed, write_rows

_DROPPED = frozenset({"script", "style", "template", "noscript", "nav", "svg", "head", "iframe"})
_BLOCKS = frozenset(
    "address article aside blockquote body dd details div dl dt fieldset figcaption figure footer "
    "form header hr html li main ol p pre section summary table tbody tfoot thead tr ul".split()
)
_MOST_TAGS = 2_000_000  # a tag takes about 1 KB once parsed
_MANY_TAGS, _DENSE_BYTES = 250_000, 8  # a page of real text has 15 bytes or more for each
_HEADINGS = {f"h{n}": n for n in range(1, 7)}


def read(data: bytes, limits: Readers) -> Extracted:
    """Read HTML; the encoding is found as a browser would.

    Raises:
        ReadError: If it is too long.
    """
    builder = Builder(most=limits.max_characters)
    write(builder, data)
    return builder.extracted()


def write(builder: Builder, data: bytes) -> None:
    """Add the text of HTML to a builder; its title is the builder's, when that has none.

    Raises:
        ReadError: If it is too long.
    """
    soup = _parsed(data)
    writer = _Writer(builder)
    if soup.title is not None and not builder.title:
        builder.title = " ".join(soup.title.get_text().split())
    # Open and close events from a stack of our own: deep nesting must not exhaust Python's.
    stack: list[tuple[object, bool]] = [(soup, False)]
    while stack:
        node, closing = stack.pop()
        if closing and isinstance(node, Tag):
            writer.close(node.name)
        elif isinstance(node, Tag):
            if node.name in _DROPPED:
                continue
            writer.open(node)
            stack.append((node, True))
            stack.extend((child, False) for child in reversed(node.contents))
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            writer.text.append(str(node))
    writer.flush()
    writer.end_rows()


def _parsed(data: bytes) -> BeautifulSoup:
    tags = data.count(b"<")
    if tags > _MOST_TAGS:
        raise ReadError.because("too_long", f"more than {_MOST_TAGS:,} tags")
    if tags > _MANY_TAGS and tags * _DENSE_BYTES > len(data):
        raise ReadError.because("bomb", "there is next to nothing in it but tags")
    try:
        with warnings.catch_warnings():
            # It warns of HTML that looks like XML, a file's name or an address: any is read alike.
            warnings.simplefilter("ignore")
            return BeautifulSoup(data, "lxml")
    except (ParserRejectedMarkup, AssertionError, ValueError, LookupError) as exc:
        raise ReadError.because("damaged", exc) from exc


class _Table:
    """The rows of a table so far, and what its tags say about the first."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self._cells_of_first = 0
        self._names_columns = True
        self._has_names = False
        self._is_plain = True

    def begin_cell(self, tag: Tag) -> None:
        if not self.rows:
            self._cells_of_first += 1
            # The corner above the names of rows may be a cell like any other.
            self._names_columns &= tag.name == "th" or self._cells_of_first == 1
        self._has_names |= tag.name == "th"
        # Where cells reach over others, which name stands above which is not certain.
        self._is_plain &= all(tag.get(span, "1") == "1" for span in ("colspan", "rowspan"))

    @property
    def is_headed(self) -> bool:
        if not self._is_plain:
            return False
        if self._has_names:
            return self._names_columns
        return is_headed(self.rows)


class _Writer:
    """Turns open and close events into blocks."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.text: list[str] = []
        self._prefix = ""
        self._gap = "\n\n"
        self._cells: list[str] | None = None
        self._table = _Table()

    def open(self, tag: Tag) -> None:
        name = tag.name
        if name in ("table", "tr") and self._cells is not None:
            self._end_row()  # a table in a cell: what stands before it is a row of its own
        if name == "table":
            self._end_table()
        if (name in _BLOCKS or name in _HEADINGS) and self._cells is None:
            self.flush()
        if name == "li":
            self._prefix = "- "
        elif name == "tr":
            self._cells = []
        elif name in ("td", "th"):
            self._table.begin_cell(tag)
        elif name == "br":
            self.text.append("\n" if self._cells is None else " ")

    def close(self, name: str) -> None:
        if name in _HEADINGS and self._cells is None:
            self.end_rows()
            self.builder.heading("".join(self.text), _HEADINGS[name])
            self.text.clear()
        elif name in ("td", "th") and self._cells is not None:
            self._end_cell()
        elif name == "tr" and self._cells is not None:
            self._end_row()
        elif name == "table":
            self._end_table()
        elif name in ("td", "th"):
            self.flush()  # the rest of a cell, after a table in it
        elif name in _BLOCKS and self._cells is None:
            self.flush()
            if name in ("ul", "ol"):
                self._gap = "\n\n"

    def _end_cell(self) -> None:
        if self._cells is not None:
            self._cells.append(" ".join("".join(self.text).split()))
        self.text.clear()

    def _end_row(self) -> None:
        if "".join(self.text).strip():
            self._end_cell()
        self._table.rows.append(self._cells or [])
        self._cells = None

    def _end_table(self) -> None:
        self.flush()
        self.end_rows()
        self._gap = "\n\n"

    def end_rows(self) -> None:
        """Write the rows so far, if there are any."""
        if self._table.rows:
            write_rows(self.builder, self._table.rows, header=self._table.is_headed)
            self._table = _Table()

    def flush(self) -> None:
        """End the current block."""
        lines = (" ".join(line.split()) for line in "".join(self.text).split("\n\n"))
        text = "\n".join(line for line in lines if line)
        self.text.clear()
        if text:
            self.end_rows()
            self.builder.block(self._prefix + text, gap=self._gap if self._prefix else "\n\n")
            self._gap = "\n" if self._prefix else "\n\n"
            self._prefix = ""
