"""Rows of tables as lines that can each be understood alone: ``Country: Kars | Year: 1992``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import zip_longest

from rag.errors import ReadError
from rag.readers.extracted import Builder

_MOST_CELLS = 2_000_000
_LABEL_CHARS = 80
_LINES_AT_ONCE = 1000
_DIGIT = re.compile(r"\s*[-+(]?[^\w\s]?\s?\d")
_NUMBER = re.compile(r"[-+(]?[^\w\s]?\s?\d[\d.,:/\- %()]*[^\W\d]?")


def write_rows(builder: Builder, rows: Iterable[Sequence[str]], *, header: bool = True) -> None:
    """Add the rows of a sheet, or of one table, each as one line.

    The first row of several cells names the columns, when it holds words alone; so does a later
    one after an empty row, when numbers follow it. Without names, cells are only joined.

    Args:
        header: Whether there may be names of columns at all.

    Raises:
        ReadError: If there are too many cells.
    """
    writer = _Writer(builder, header)
    cells = 0
    for row in rows:
        cells += 1 + len(row)  # a row takes as long as a cell
        check_cells(cells)
        writer.row([" ".join(cell.split()) for cell in row])
    writer.end_block()
    writer.flush()


def check_cells(cells: int) -> None:
    """Refuse a table that is too large.

    Raises:
        ReadError: If it is.
    """
    if cells > _MOST_CELLS:
        raise ReadError.because("too_long", f"more than {_MOST_CELLS:,} rows and cells")


def is_headed(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row of a table that does not say so may name its columns.

    Three columns or more have names as a rule. Two may be a name and a value in each row: there,
    words must stand above a column of numbers.
    """
    first = rows[0] if len(rows) > 1 else ()
    if len(first) != 2:
        return len(first) > 2
    return any(
        not _DIGIT.match(first[column])
        and all(len(row) == 2 and _DIGIT.match(row[column]) for row in rows[1:] if any(row))
        for column in (0, 1)
    )


class _Writer:
    """Holds back the first row of a block until the second shows what it is."""

    def __init__(self, builder: Builder, header: bool) -> None:
        self._builder = builder
        self._header = header
        self._names: list[str] = []
        self._named = False
        self._first: list[str] | None = None
        self._begun = False
        self._lines: list[str] = []
        self._gap = "\n\n"

    def row(self, cells: list[str]) -> None:
        if not any(cells):
            self.end_block()
        elif self._first is not None:
            self._settle(self._first, cells)
            self._first = None
            self._line(cells)
        elif self._header and not self._begun and (filled := sum(map(bool, cells))) > 1:
            self._begin(cells, filled)
        else:
            self._line(cells)

    def end_block(self) -> None:
        if self._first is not None:
            self._line(self._first)
        self._first, self._begun = None, False
        self.flush()
        self._gap = "\n\n"

    def flush(self) -> None:
        """Hand over the lines so far; a thousand at once take a tenth of the time."""
        self._builder.block("\n".join(self._lines), gap=self._gap)
        self._gap = "\n" if self._lines else self._gap
        self._lines.clear()

    def _begin(self, cells: list[str], filled: int) -> None:
        self._first, self._begun = cells, True
        if filled * 2 < len(self._names):
            self._names = []  # a note below the table, not one more row of it

    def _settle(self, first: list[str], second: list[str]) -> None:
        """Take the first row for names of columns, or write it as any other."""
        if _could_name(first) and (not self._named or any(map(_is_number, second))):
            self._names, self._named = first, True
        else:
            self._line(first)

    def _line(self, cells: list[str]) -> None:
        if self._names:
            pairs = zip_longest(self._names, cells, fillvalue="")
            cells = [f"{name}: {cell}" if name else cell for name, cell in pairs if cell]
        self._lines.append(" | ".join(filter(None, cells)))
        if len(self._lines) >= _LINES_AT_ONCE:
            self.flush()


def _could_name(cells: list[str]) -> bool:
    filled = [cell.casefold() for cell in cells if cell]
    short = all(len(cell) <= _LABEL_CHARS for cell in filled)
    years = [cell for cell in filled if _is_number(cell)]
    words = len(filled) > len(years)
    # "Country, 2019, 2020" names columns as well: a word first, years after it.
    as_years = not years or (words and filled[0] not in years and all(map(_is_year, years)))
    return short and words and as_years and len(set(filled)) == len(filled)


def _is_number(cell: str) -> bool:
    return _NUMBER.fullmatch(cell) is not None


def _is_year(cell: str) -> bool:
    return re.fullmatch(r"(?:1[5-9]|20|21)\d\d", cell) is not None
