"""All harnesses, one after the other; the table is written to docs/reliability.md.

`python -m tests.faults [NAME ...]` runs those whose module name begins with ``test_NAME``; rows of
the others stay as they are. KAYNAK_FAULTS=full for the full sizes, as in `make faults`.
"""

from __future__ import annotations

import importlib
import logging
import os
import platform
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.faults.figures import FULL, Figure, Harness, place, upper_bound

_HERE = Path(__file__).parent
_TABLE = _HERE.parent.parent / "docs" / "reliability.md"
_HEAD = """\
# Reliability, measured

Written by `make faults`; do not edit. Each row was tried *n* times; *wrong* counts outcomes that
are not allowed; *at most* is the largest share of them that n trials leave possible (exact, 95 %).
The control is what a naive way does under the same check: if it did not fail, the check would prove
nothing. The harnesses are in `tests/faults/`; CI runs smaller sizes of them on every change.

| what | n | wrong | at most | s | seen | control |
|---|--:|--:|--:|--:|---|---|
"""
_FOOT = """
What these figures do not show: `kill -9` keeps what the system has not yet written to disk, so it
says nothing about power failures; for those SQLite's own guarantees stand (`synchronous` is EXTRA,
FULL in WAL mode). The word index is read from a private copy: files cut short in place do no
harm to readers; a writer maps the files of the folder in which it makes the next generation, for as
long as that takes, and there a file that another program cuts short in place still ends the writer:
nothing is lost then, the next sync goes on. Purging overwrites and deletes files; it cannot reach
snapshots, backups, or the spare blocks of a solid-state disk.
"""


def _harnesses(wanted: list[str]) -> Iterator[tuple[str, Harness]]:
    for file in sorted(_HERE.glob("test_*.py")):
        if not wanted or any(file.stem.startswith(f"test_{name}") for name in wanted):
            module = importlib.import_module(f"tests.faults.{file.stem}")
            for harness in getattr(module, "HARNESSES", ()):
                yield f"{file.stem}: {harness.__name__}", harness


def row(figure: Figure) -> str:
    at_most = f"{upper_bound(figure.wrong, figure.n):.2%}" if figure.n > 1 else ""
    cells = (
        figure.what, f"{figure.n:,}", str(figure.wrong), at_most, f"{figure.seconds:.0f}",
        figure.note, figure.control,
    )  # fmt: skip
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def merged(table: str, figures: list[Figure]) -> str:
    """The table with these rows in place of those of the same name."""
    lines = [line for line in table.splitlines() if line.startswith("| ")][1:]
    rows = {line.split(" | ")[0].removeprefix("| "): line for line in lines}
    rows |= {figure.what: row(figure) for figure in figures}
    machine = (
        f"\nMeasured with {os.cpu_count()} cores, {platform.system()}, Python"
        f" {platform.python_version()}, SQLite {sqlite3.sqlite_version}.\n"
    )
    return _HEAD + "\n".join(rows.values()) + "\n" + machine + _FOOT


def main(wanted: list[str]) -> int:
    # Damage is what is looked for: the harnesses listen, nobody needs to read it.
    logging.getLogger("rag").addHandler(logging.NullHandler())
    logging.getLogger("rag").propagate = False
    is_wrong = False
    for name, harness in _harnesses(wanted):
        print(f"{name} ...", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(dir=place()) as folder:
            figures = harness(Path(folder))
        for figure in figures:
            print(row(figure), flush=True)
            print("\n".join(figure.examples[:5]), end="", file=sys.stderr, flush=True)
        is_wrong |= any(figure.wrong for figure in figures)
        if FULL:  # after each, so that what was measured is kept when a later one is stopped
            known = _TABLE.read_text(encoding="utf-8") if _TABLE.exists() else ""
            _TABLE.write_text(merged(known, figures), encoding="utf-8")
    return int(is_wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
