"""Progress: rate and time left, on a terminal and in a log."""

from __future__ import annotations

import io
import re
import time

from rag import progress
from rag.progress import _lines, sync_progress
from rag.types import SyncProgress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_lines_tell_rate_and_time_left():
    out, now = io.StringIO(), iter([0.0, 1.0, 10.0, 12.0, 20.0, 21.0])
    show = _lines(out, clock=lambda: next(now))
    show(0, 100, "reading a")
    show(20, 100, "reading b")
    show(21, 100, "not shown: 2 seconds after the last")
    show(30, 100, "reading c")
    show(100, 100, "indexed d")
    assert out.getvalue().splitlines() == [
        "0/100 reading a",
        "20/100, 2.0 a second, 0:40 left, reading b",
        "30/100, 1.5 a second, 0:47 left, reading c",
        "100/100 indexed d",
    ]


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
