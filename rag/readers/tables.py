"""Rows of tables as lines that can each be understood alone: ``Country: Kars | Year: 1992``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import zip_longest

from rag.errors import ReadError
from rag.readers.extracted import Builder

_MOST_CELLS = 2_000_000
_LABEL_CHARS = 80
_HELD_ROWS = 50
_LINES_AT_ONCE = 1000
_DIGIT = re.compile(r"\s*[-+(]?[^\w\s]?\s?\d")
_NUMBER = re.compile(r"[-+(]?[^\w\s]?\s?\d[\d.,:/\- %()]*[^\W\d]?")


def write_rows(
    builder: Builder, rows: Iterable[Sequence[str]], *, header: bool | None = None
) -> None:
    """Add the rows of a sheet, or of one table, each as one line.

    The first row of several cells names the columns, when it holds words alone. Without names,
    cells are only joined, or become ``Capital: Ankara`` where rows hold a name and a value.

    Args:
        header: Whether there may be names of columns at all. In a table, they hold for all its
            rows. None for a sheet, where an empty row ends a table: names of the next are only
            taken when they are plain to see.

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
    words must stand above a column of numbers, and one number is no column.
    """
    first = rows[0] if len(rows) > 1 else ()
    if len(first) != 2:
        return len(first) > 2
    below = [row for row in rows[1:] if any(row)]
    numbers = [
        column
        for column in (0, 1)
        if not _DIGIT.match(first[column])
        and all(len(row) == 2 and _DIGIT.match(row[column]) for row in below)
    ]
    return 0 in numbers or (1 in numbers and len(below) > 1)


def _is_labelled(rows: Sequence[Sequence[str]]) -> bool:
    """Whether rows are a name and a value each: names that differ, values of several kinds.

    Two rows may as well be a head and one row below it.
    """
    pairs = [[cell for cell in row if cell] for row in rows]
    if len(pairs) < 3 or any(len(pair) != 2 for pair in pairs):
        return False
    labels = {pair[0].casefold() for pair in pairs}
    numbers = sum(_DIGIT.match(pair[1]) is not None for pair in pairs)
    return len(labels) == len(pairs) > numbers > 0 and all(map(_is_label, labels))


def _is_label(cell: str) -> bool:
    is_short = len(cell) <= _LABEL_CHARS // 2 and not cell.endswith((".", "!", "?"))
    return is_short and not _DIGIT.match(cell)


class _Writer:
    """Holds back the first rows of a block until they show what they are."""

    def __init__(self, builder: Builder, header: bool | None) -> None:
        self._builder = builder
        self._header = header
        self._names: list[str] = []
        self._named = False  # whether there were names before
        self._width = 0  # of the table that had them
        self._is_labelled = False
        self._held: list[list[str]] = []
        self._begun = False
        self._lines: list[str] = []
        self._gap = "\n\n"

    def row(self, cells: list[str]) -> None:
        if not any(cells):
            self.end_block()
        elif self._held:
            self._held.append(cells)
            if len(self._held) >= _HELD_ROWS:
                self._settle()
        elif not self._begun and (filled := sum(map(bool, cells))) > 1:
            self._begin(cells, filled)
        else:
            self._line(cells)

    def end_block(self) -> None:
        self._settle()
        self._begun = False
        if self._header is None:
            self._names, self._is_labelled = [], False
        self.flush()
        self._gap = "\n\n"

    def flush(self) -> None:
        """Hand over the lines so far; a thousand at once take a tenth of the time."""
        self._builder.block("\n".join(self._lines), gap=self._gap)
        self._gap = "\n" if self._lines else self._gap
        self._lines.clear()

    def _begin(self, cells: list[str], filled: int) -> None:
        self._held, self._begun = [cells], True
        if filled * 2 < len(self._names):
            self._names = []  # a note below the table, not one more row of it

    def _settle(self) -> None:
        """Take the first row for names of columns, or write it as any other."""
        held, self._held = self._held, []
        if len(held) > 1 and self._has_names(held):
            self._names, self._named = held[0], True
            self._width = sum(map(bool, self._names))
            del held[0]
        elif held and not self._names:
            self._is_labelled = _is_labelled(held)
        for cells in held:
            self._line(cells)

    def _has_names(self, rows: list[list[str]]) -> bool:
        if self._header is False or not _could_name(rows[0]):
            return False
        has_numbers = any(map(_is_number, rows[1]))
        if self._header or not self._named:
            return has_numbers or not self._named
        # One more table of the sheet, or only the rest of the last one after a gap.
        used = [column for column, cells in enumerate(zip_longest(*rows)) if any(cells)]
        if len(used) == 2:
            pairs = [[row[i] if i < len(row) else "" for i in used] for row in rows]
            return is_headed(pairs)
        return has_numbers or len(used) != self._width

    def _line(self, cells: list[str]) -> None:
        if self._names:
            pairs = zip_longest(self._names, cells, fillvalue="")
            cells = [f"{name}: {cell}" if name else cell for name, cell in pairs if cell]
        filled = [cell for cell in cells if cell]
        if self._is_labelled and len(filled) == 2:
            filled = [f"{filled[0].removesuffix(':')}: {filled[1]}"]
        self._lines.append(" | ".join(filled))
        if len(self._lines) >= _LINES_AT_ONCE:
            self.flush()


def _could_name(cells: list[str]) -> bool:
    filled = [cell.casefold() for cell in cells if cell]
    short = all(len(cell) <= _LABEL_CHARS for cell in filled)
    years = [cell for cell in filled if _is_number(cell)]
    words = len(filled) > len(years)
    # "Country, 2019, 2020" names columns as well, and so does no word before years.
    is_bare = not cells[0] and 1 < len(filled) == len(years)
    is_behind = is_bare or (words and filled[0] not in years)
    as_years = not years or (is_behind and all(map(_is_year, years)))
    return short and (words or is_bare) and as_years and len(set(filled)) == len(filled)


def _is_number(cell: str) -> bool:
    return _NUMBER.fullmatch(cell) is not None


def _is_year(cell: str) -> bool:
    return re.fullmatch(r"(?:1[5-9]|20|21)\d\d", cell) is not None
