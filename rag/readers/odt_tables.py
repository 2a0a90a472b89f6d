"""OpenDocument tables: what repeats and what reaches over other cells, as rows of equal columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml.etree import _Element

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_ROW, _CELL = f"{_TABLE}table-row", f"{_TABLE}table-cell"
_COVERED = f"{_TABLE}covered-table-cell"
_GROUPS = frozenset(
    f"{_TABLE}{name}" for name in ("table-header-rows", "table-rows", "table-row-group")
)
_MOST_REPEATS = 100  # a cell or row that repeats more often is filling: read once
_MOST_COLUMNS = 1000  # that repeating may make; Word allows 63
_MOST_REPEATED = 200  # characters: what is longer stands in one place only


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as it is written, before it is laid out.

    Attributes:
        times: How many columns hold the same.
        rows: How many rows it reaches over, its own included.
        is_covered: Another cell reaches over it.
    """

    text: str
    times: int = 1
    rows: int = 1
    is_covered: bool = False

    @classmethod
    def of(cls, element: _Element, text: str) -> Cell | None:
        """The cell that an element of a row stands for; None when it is none."""
        if element.tag not in (_CELL, _COVERED):
            return None
        return cls(
            text,
            _count(element, "number-columns-repeated"),
            _count(element, "number-rows-spanned"),
            element.tag == _COVERED,
        )


def each_row(table: _Element) -> Iterator[tuple[_Element, int]]:
    """The rows of a table, not of those within, and how often each is to be written."""
    for element in table:
        if element.tag == _ROW:
            times = _count(element, "number-rows-repeated")
            yield element, times if times <= _MOST_REPEATS else 1
        elif element.tag in _GROUPS:
            yield from each_row(element)


def grid(rows: Iterable[tuple[list[Cell], int]]) -> Iterator[list[str]]:
    """The texts by column; a cell over several columns stands in its first, over rows in each."""
    above = _Row()
    for cells, times in rows:
        for _ in range(times):
            above = _laid_out(cells, above)
            yield above.texts


class _Row:
    """A row as far as it is laid out; columns without text count once something is behind them."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.left: dict[int, int] = {}  # rows below that the cell in a column still reaches over
        self._empty = 0

    @property
    def column(self) -> int:
        return len(self.texts) + self._empty

    def skip(self, columns: int) -> None:
        self._empty = min(self._empty + columns, _MOST_COLUMNS)

    def add(self, text: str, left: int) -> None:
        self.texts.extend([""] * self._empty)
        self._empty = 0
        if left > 0 and len(text) <= _MOST_REPEATED:
            self.left[len(self.texts)] = left
        self.texts.append(text)


def _laid_out(cells: list[Cell], above: _Row) -> _Row:
    row = _Row()
    reached = max(above.left, default=-1) + 1
    for cell in cells:
        if cell.is_covered:
            start, end = row.column, row.column + cell.times
            for column in range(start, min(end, reached)):
                left = above.left.get(column, 0)
                row.add(above.texts[column] if left else "", left - 1)
            row.skip(end - max(start, row.column))
        elif not cell.text:
            row.skip(cell.times)
        else:
            for _ in range(_times(cell, row.column)):
                row.add(cell.text, cell.rows - 1)
    return row


def _times(cell: Cell, column: int) -> int:
    is_filling = cell.times > _MOST_REPEATS or len(cell.text) > _MOST_REPEATED
    return 1 if is_filling else min(cell.times, max(1, _MOST_COLUMNS - column))


def _count(element: _Element, name: str) -> int:
    number = element.get(f"{_TABLE}{name}", "1").strip()
    return max(1, int(number)) if number.isdecimal() and len(number) < 10 else 1
