"""What a table of a page is: data in rows, or only a way to place blocks on the page."""

from __future__ import annotations

from collections.abc import Iterator

from bs4.element import PageElement, Tag

from rag.readers.html_nodes import BLOCKS, HEADINGS, walk
from rag.readers.tables import is_headed

_CELLS = ("td", "th")
_LABEL_CHARS = 80


def data_tables(outer: Tag) -> Iterator[Tag]:
    """Those of a table, and of the tables in it, whose rows mean something."""
    open_: list[_Facts] = []
    for node, closing in walk(outer):
        if not isinstance(node, Tag):
            open_[-1].take_text(node)
        elif node.name != "table":
            open_[-1].take_tag(node, closing)
        elif closing and open_.pop().is_data:
            yield node
        elif not closing:
            for facts in open_[-1:]:
                facts.holds_headings_or_tables = True
            open_.append(_Facts(node))


class _Facts:
    """What was seen of a table so far."""

    def __init__(self, table: Tag) -> None:
        self.holds_headings_or_tables = False
        self._placed = table.get("role") in ("presentation", "none")
        self._widths: list[int] = []
        self._has_names = self._has_values = self._heads_name = False
        self._cell = ""  # its name, while one is open
        self._runs = 0  # of text in it, between blocks
        self._in_run = False
        self._most_runs = 0
        self._first_chars: list[int] = []

    def take_tag(self, tag: Tag, closing: bool) -> None:
        self._in_run = self._in_run and tag.name not in BLOCKS and tag.name not in HEADINGS
        if tag.name == "tr" and not closing:
            self._widths.append(0)
        elif tag.name in _CELLS:
            self._cell, self._runs = ("" if closing else tag.name), 0
            if not closing and self._widths:
                self._widths[-1] += 1
            if not closing and len(self._widths) == 1:
                self._first_chars.append(0)
            self._has_names |= tag.name == "th"
            self._has_values |= tag.name == "td"
        elif tag.name in HEADINGS:
            self._heads_name |= self._cell == "th"
            self.holds_headings_or_tables |= self._cell == "td"

    def take_text(self, node: PageElement) -> None:
        text = str(node).strip()
        if not self._cell or not text:
            return
        if not self._in_run:
            self._in_run = True
            self._runs += 1
            self._most_runs = max(self._most_runs, self._runs)
        if len(self._widths) == 1 and self._first_chars:
            # Blocks in it make it longer than any name.
            self._first_chars[-1] += len(text) if self._runs == 1 else _LABEL_CHARS + 1

    @property
    def is_data(self) -> bool:
        if self._placed or self.holds_headings_or_tables:
            return False
        if max(self._widths, default=0) < 2 or not self._has_values:
            # Letters are often laid out in cells that claim to be names.
            return self._has_names and self._most_runs < 2 and not self._heads_name
        if self._has_names:
            return True
        return self._most_runs < 2 or self._is_regular

    @property
    def _is_regular(self) -> bool:
        same = len(self._widths) > 1 and len(set(self._widths)) == 1
        return same and all(0 < chars <= _LABEL_CHARS for chars in self._first_chars)


class Table:
    """The rows of a table so far, and what its tags say about the first."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self._cells_of_first = 0
        self._names_columns = True
        self._has_names = False
        self._is_plain = True

    def begin_cell(self, tag: Tag) -> None:
        """Take note of a cell of the row that is being read."""
        if not self.rows:
            self._cells_of_first += 1
            # The corner above the names of rows may be a cell like any other.
            self._names_columns &= tag.name == "th" or self._cells_of_first == 1
        self._has_names |= tag.name == "th"
        # Where cells reach over others, which name stands above which is not certain.
        self._is_plain &= all(tag.get(span, "1") == "1" for span in ("colspan", "rowspan"))

    @property
    def is_headed(self) -> bool:
        """Whether the first row names the columns."""
        if not self._is_plain:
            return False
        if self._has_names:
            return self._names_columns
        return is_headed(self.rows)
