"""Tables as text, separated by commas, semicolons, tabs or bars."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from io import StringIO

from rag.config import Readers
from rag.readers.extracted import Builder, Extracted
from rag.readers.tables import write_rows
from rag.readers.txt import decode

_SEPARATORS = "\t;,|"
_QUOTED = re.compile(r'"[^"]*"')
_SAMPLE_CHARS = 20_000
_SAMPLE_ROWS = 50


def read(data: bytes, limits: Readers) -> Extracted:
    """Read separated values; the separator is the one that cuts the first rows most alike.

    Raises:
        ReadError: If it is no text, or too long.
    """
    text = decode(data, limits).removeprefix("\ufeff")
    separator = _separator(text)
    try:
        return _table(csv.reader(StringIO(text, newline=""), delimiter=separator), limits)
    except csv.Error:
        # A quotation mark that is never closed: then marks are letters like any other.
        return _table((line.split(separator) for line in text.splitlines()), limits)


def _table(rows: Iterable[list[str]], limits: Readers) -> Extracted:
    builder = Builder(most=limits.max_characters)
    write_rows(builder, rows)
    return builder.extracted()


def _separator(text: str) -> str:
    # Not csv.Sniffer: its patterns take minutes for some texts.
    bare = _QUOTED.sub("", text[:_SAMPLE_CHARS])
    lines = [line for line in bare.splitlines() if line.strip()][:_SAMPLE_ROWS]

    def score(separator: str) -> tuple[int, int]:
        widths = [line.count(separator) for line in lines]
        usual = max(set(widths), key=widths.count, default=0)
        return (widths.count(usual) if usual else 0, usual)

    return max(_SEPARATORS, key=score)
