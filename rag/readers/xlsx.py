"""Workbooks: each sheet a section, each row a line with the names of its columns."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

from rag.config import Readers
from rag.errors import ReadError
from rag.readers.archive import DAMAGED, open_archive
from rag.readers.extracted import Builder, Extracted
from rag.readers.tables import write_rows
from rag.readers.xlsx_sheets import as_shown, look_over, repeated

_MOST_ROWS = 1_100_000  # of a sheet, empty ones included


def read(data: bytes, limits: Readers) -> Extracted:
    """Read a .xlsx: values as they were last calculated, merged cells in each row that they cover.

    Raises:
        ReadError: If it is damaged, or too long.
    """
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    archive = open_archive(data, "xlsx")
    builder = Builder(most=limits.max_characters)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of extensions that it does not know
            book = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=True)
            builder.title = str(book.properties.title or "").strip()
            has_formulas = False
            for sheet in book.worksheets:
                builder.heading(str(sheet.title), 1)
                # What a sheet says of its size may be a million times too much.
                sheet.reset_dimensions()
                merged, formulas = look_over(archive.read(sheet._worksheet_path.lstrip("/")))
                write_rows(builder, repeated(_rows(sheet.iter_rows()), merged))
                has_formulas |= formulas
            book.close()
    except (InvalidFileException, SyntaxError, *DAMAGED) as exc:
        raise ReadError.because("damaged", exc) from exc
    found = builder.extracted()
    without_rows = len(found.text) <= sum(len(h.text) + 2 for h in found.headings)
    if without_rows:
        return Extracted("", empty="uncalculated" if has_formulas else "no_text")
    return found


def _rows(rows: Iterable[Iterable[Any]]) -> Iterator[list[str]]:
    for number, row in enumerate(rows):
        if number > _MOST_ROWS:
            raise ReadError.because("too_long", f"more than {_MOST_ROWS:,} rows in a sheet")
        yield [_shown(cell) for cell in row]


def _shown(cell: Any) -> str:  # noqa: ANN401 - openpyxl has no types
    value: object = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return as_shown(value, str(cell.number_format))
    if isinstance(value, datetime):
        at_midnight = value.time() == time()
        return value.date().isoformat() if at_midnight else value.isoformat(" ", "minutes")
    if isinstance(value, date | time | timedelta):
        return str(value)
    return str(value)
