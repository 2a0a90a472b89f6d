"""Files of questions, row by row: JSON lines for programs, CSV for spreadsheets."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.errors import QuestionSetError

CSV_COLUMNS = (
    "id", "question", "answers", "all", "documents", "kind", "status", "evidence", "history",
)  # fmt: skip
SEPARATOR = "|"

# A spreadsheet would run what begins so; it takes an apostrophe in front for "this is text".
_FORMULA = re.compile(r"'?[=+\-@]")

_LISTS = ("answers", "documents")
_JSON = ("history", "evidence")
_FLAGS = {
    "true": True, "yes": True, "1": True, "x": True, "false": False, "no": False, "0": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is none, and why."""

    reason: str


def read_rows(path: Path) -> Iterator[tuple[int, object]]:
    """Rows of a file with the numbers of their lines, from 1.

    Args:
        path: UTF-8. CSV when its name ends so, with ``,`` or ``;`` or tabs between the cells and
            lists inside a cell parted by ``|``; else one JSON value a line.

    Yields:
        Numbers and rows as JSON gives them; `BadRow` for those that cannot be read.

    Raises:
        QuestionSetError: If the file cannot be read.
    """
    text = _text(path)
    is_csv = path.suffix.lower() in (".csv", ".tsv")
    yield from _csv_rows(path, text) if is_csv else _json_rows(text)


def write_rows(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    """Write rows as `read_rows` reads them.

    Raises:
        QuestionSetError: If the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            _as_csv(rows) if path.suffix.lower() == ".csv" else _as_json(rows), encoding="utf-8"
        )
    except OSError as exc:
        message = f"{path} cannot be written: {exc.strerror or exc}."
        raise QuestionSetError(message, hint="Choose another file with --out.") from exc


def _text(path: Path) -> str:
    try:
        # Not splitlines(): U+2028 and the like may stand unescaped inside a JSON string.
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as exc:
        hint = "Check the path; seeds/questions.jsonl is an example."
        raise QuestionSetError(f"The question set {path} does not exist.", hint=hint) from exc
    except UnicodeDecodeError as exc:
        hint = "Save it as UTF-8; in a spreadsheet: “CSV UTF-8”."
        message = f"The question set {path} cannot be read: it is no UTF-8."
        raise QuestionSetError(message, hint=hint) from exc
    except OSError as exc:
        raise QuestionSetError(f"The question set {path} cannot be read: {exc}.") from exc


def _json_rows(text: str) -> Iterator[tuple[int, object]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, _json(line)


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError) as exc:
        return BadRow(f"no JSON ({getattr(exc, 'msg', 'nested too deeply')})")


def _csv_rows(path: Path, text: str) -> Iterator[tuple[int, object]]:
    header = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        names = [name.strip() for name in next(reader, [])]
        before = reader.line_num
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield before + 1, _row_of(names, cells)
            before = reader.line_num
    except csv.Error as exc:
        message = f"{path} is no CSV from line {reader.line_num} on: {exc}."
        raise QuestionSetError(message, hint="Save it again as “CSV UTF-8”.") from exc


def _row_of(names: Sequence[str], cells: Sequence[str]) -> object:
    """A row as JSON would have it; cells that are empty say nothing, but for answers."""
    if any(cell.strip() for cell in cells[len(names) :]):
        return BadRow(f"{len(cells)} cells where the header has {len(names)}")
    row: dict[str, object] = {}
    for name, cell in zip(names, map(_plain, cells), strict=False):
        if name in _LISTS:
            row[name] = [part.strip() for part in cell.split(SEPARATOR) if part.strip()]
        elif name == "all" and cell:
            # What is neither goes on as it is, and is named as wrong.
            row[name] = _FLAGS.get(cell.lower(), cell)
        elif name in _JSON and cell:
            row[name] = _json(cell) if cell.startswith("[") else _quotes(row, cell)
        elif cell:
            row[name] = cell
    bad = next((value for value in row.values() if isinstance(value, BadRow)), None)
    return bad or row


def _plain(cell: str) -> str:
    text = cell.strip()
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def _quotes(row: Mapping[str, object], cell: str) -> object:
    """Sentences of the one document that the row names, as people write them into a cell."""
    match row.get("documents"):
        case [str(document)]:
            parts = filter(None, map(str.strip, cell.split(SEPARATOR)))
            return [{"document": document, "quote": part} for part in parts]
    return BadRow('"evidence" in words needs exactly one of "documents", in a column before it')


def _as_json(rows: Sequence[Mapping[str, object]]) -> str:
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)


def _as_csv(rows: Sequence[Mapping[str, object]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for row in rows:
        writer.writerow([_cell(name, row.get(name)) for name in CSV_COLUMNS])
    # A mark at the start, without which spreadsheets read letters beyond ASCII wrongly.
    return f"\ufeff{out.getvalue()}"


def _cell(name: str, value: object) -> str:
    if value is None:
        return ""
    if name in _LISTS and isinstance(value, list):
        value = SEPARATOR.join(map(str, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"'{text}" if _FORMULA.match(text) else text
