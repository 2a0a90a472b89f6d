"""Tables as text, separated by commas, semicolons, tabs or bars."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from io import StringIO

from rag.config import Readers
from rag.readers.extracted import Builder, Extracted
from rag.readers.tables import write_rows
from rag.readers.txt import decode

_SEPARATORS = "\t;,|"
_NAMED = re.compile(r"""\ufeff?"?sep=([^\w\s"]|\t)"?[ \t]*(?:\r\n?|\n|\Z)""", re.IGNORECASE)
_MARKS = r'"([^"]*+(?:""[^"]*+)*+)" *+'  # possessive: no text may be looked through twice
_QUOTED = re.compile(rf"(?<![^\t;,|\r\n]){_MARKS}(?![^\t;,|\r\n])")
_SAMPLE_CHARS = 20_000
_SAMPLE_ROWS = 50


def read(data: bytes, limits: Readers) -> Extracted:
    """Read separated values; the separator is the one that cuts the first rows most alike.

    Raises:
        ReadError: If it is no text, or too long.
    """
    text = decode(data, limits).removeprefix("\ufeff")
    named = _NAMED.match(text)  # as Excel does, in a first line that is no row
    text = text[named.end() :] if named else text
    separator = named[1] if named else _separator(text)
    try:
        return _table(_strict(text, separator, limits.max_characters), limits)
    except csv.Error:
        return _table(_lenient(text, separator), limits)


def _table(rows: Iterable[list[str]], limits: Readers) -> Extracted:
    builder = Builder(most=limits.max_characters)
    write_rows(builder, rows)
    return builder.extracted()


def _strict(text: str, separator: str, most: int) -> Iterator[list[str]]:
    before = csv.field_size_limit(most)
    try:
        yield from csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    finally:
        csv.field_size_limit(before)


def _lenient(text: str, separator: str) -> Iterator[list[str]]:
    """Rows where quotation marks that do not enclose a whole cell are letters like any other."""
    between = re.escape(separator)
    cell = re.compile(rf"(?: *+{_MARKS}(?=[{between}\r\n]|\Z)|([^{between}\r\n]*+))(\r\n?|\n|.|\Z)")
    row: list[str] = []
    for match in cell.finditer(text):
        quoted, bare, end = match.groups()
        row.append(bare if quoted is None else quoted.replace('""', '"'))
        if end != separator:
            yield row
            row = []


def _separator(text: str) -> str:
    # Not csv.Sniffer: its patterns take minutes for some texts.
    bare = _QUOTED.sub("", text[:_SAMPLE_CHARS])
    lines = [line for line in bare.splitlines() if line.strip()][:_SAMPLE_ROWS]

    def score(separator: str) -> tuple[int, int]:
        widths = [line.count(separator) for line in lines]
        usual = max(widths, key=lambda width: (widths.count(width), width), default=0)
        return (widths.count(usual) if usual else 0, usual)

    return max(_SEPARATORS, key=score)
