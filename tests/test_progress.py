"""Progress: rate and time left, on a terminal and in a log."""

from __future__ import annotations

import io
import re
import time

from rag import progress
from rag.progress import _lines, _short, sync_progress
from rag.types import SyncProgress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def lines(*steps: tuple[float, int, int, str]) -> list[str]:
    out, now = io.StringIO(), iter([step[0] for step in steps])
    show = _lines(out, clock=lambda: next(now))
    for _, done, total, text in steps:
        show(done, total, text)
    return out.getvalue().splitlines()


def test_lines_tell_rate_and_time_left():
    assert lines(
        (0, 0, 100, "reading a"),
        (10, 20, 100, "reading b"),
        (12, 21, 100, "not shown: 2 seconds after the last"),
        (20, 30, 100, "reading c"),
        (21, 100, 100, "indexed d"),
    ) == [
        "0/100 reading a",
        "20/100, 2.0 a second, 0:40 left, reading b",
        "30/100, 1.5 a second, 0:47 left, reading c",
        "100/100 indexed d",
    ]


def test_the_pace_is_that_of_the_last_minute():
    """After a stop, what is unchanged is passed at once, and says nothing about the rest."""
    resumed = [(i * 5.0, 900 + i, 1000, "embedding x") for i in range(20)]
    shown = lines((0.0, 0, 1000, "checking a"), *resumed)
    assert shown[-1] == "919/1000, 0.2 a second, 6:45 left, embedding x"


def test_a_bar_tells_rate_and_time_left():
    out = Terminal()
    with sync_progress(out) as step:
        for done in range(4):
            time.sleep(0.15)
            step(SyncProgress(done, 4, "a.txt", "reading"))
    assert re.search(r"3/4 \[00:00<00:00, +\d+\.\d+file/s\]", out.getvalue())


def test_a_bar_moves_while_one_large_file_is_embedded(monkeypatch):
    out, times = Terminal(), iter(range(100))
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(times))
    with sync_progress(out) as step:
        for action in ("reading", "embedding", "indexed"):
            step(SyncProgress(0, 4, "a.txt", action))
    assert "embedding a.txt" in out.getvalue()


def test_a_name_in_the_progress_is_one_line():
    assert _short("a\x1b[2J\n.md") == "a\\u001b[2J\\u000a.md"
