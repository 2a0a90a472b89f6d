"""What openpyxl leaves out of a sheet that it reads row by row: merged cells, shown numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

_MERGED = re.compile(
    rb"""<(?:\w+:)?mergeCell\s[^<>]*?\bref=["']([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})["']"""
)
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_MOST_MERGED = 100_000
_MOST_REPEATED = 200  # characters: what is longer stands in one row only
_NOT_SHOWN = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')  # of a format: literals, colours, spaces

Merged = Mapping[int, list[tuple[int, int]]]
"""By the row where a merged cell begins, from 1: its column, from 0, and its last row."""


def look_over(sheet: bytes) -> tuple[Merged, bool]:
    """Find the cells of a sheet's XML that reach over rows, and whether there are formulas."""
    merged: dict[int, list[tuple[int, int]]] = {}
    after_rows = sheet.rfind(b"sheetData>")
    for n, found in enumerate(_MERGED.finditer(sheet, max(0, after_rows))):
        first, last = int(found[2]), int(found[3])
        if last > first and n < _MOST_MERGED:
            merged.setdefault(first, []).append((_column(found[1]), last))
    return merged, _FORMULA.search(sheet) is not None


def repeated(rows: Iterable[list[str]], merged: Merged) -> Iterator[list[str]]:
    """The rows of a sheet, the text of a cell over several rows in each of them."""
    over: dict[int, tuple[int, str]] = {}
    end = 0
    for number, row in enumerate(rows, start=1):
        if not any(row) and number <= end:
            continue  # all of it is covered: no end of the table
        if over and any(row):
            over = {column: cell for column, cell in over.items() if cell[0] >= number}
            _fill(row, over)
        for column, last in merged.get(number, ()):
            if column < len(row) and 0 < len(row[column]) <= _MOST_REPEATED:
                over[column] = (last, row[column])
                end = max(end, last)
        yield row


def _fill(row: list[str], over: Mapping[int, tuple[int, str]]) -> None:
    for column, (_, text) in over.items():
        row.extend([""] * (column + 1 - len(row)))
        row[column] = row[column] or text


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1


def as_shown(value: float, number_format: str) -> str:
    """A number as its program shows it: 15.5%, 007, and 0.3 rather than 0.30000000000000004."""
    is_percent, digits = _parsed(number_format)
    if is_percent:
        return f"{value * 100:.15g}%"
    if digits and 0 <= value < 10**15 and value == int(value):
        return str(int(value)).zfill(digits)
    return format(value, ".15g") if isinstance(value, float) else str(value)


@lru_cache(maxsize=1000)
def _parsed(number_format: str) -> tuple[bool, int]:
    """Whether a format shows percent, and how many digits it fills up with zeros."""
    shown = _NOT_SHOWN.sub("", number_format.split(";")[0])
    return "%" in shown, len(shown) if set(shown) == {"0"} and len(shown) > 1 else 0
