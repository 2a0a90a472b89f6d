"""Progress of long steps: a bar where there is a terminal, else a line every few seconds."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from rag.printable import safe_name
from rag.types import SyncProgress

if TYPE_CHECKING:
    from rag.results import QuestionResult

_LINE_SECONDS = 5.0
_PACE_LINES = 12
_REFRESH_SECONDS = 0.5
_NAME_CHARS = 48

_Show = Callable[[int, int, str], None]


@contextmanager
def sync_progress(out: TextIO) -> Iterator[Callable[[SyncProgress], None]]:
    """Show the steps of a sync.

    Args:
        out: Usually standard error.
    """
    with _shown(out, unit="file") as show:
        yield lambda step: show(step.done, step.total, f"{step.action} {_short(step.doc_id)}")


@contextmanager
def evaluation_progress(out: TextIO, total: int) -> Iterator[Callable[[QuestionResult], None]]:
    """Show how many of ``total`` questions are done, and how many replies held the gold answer."""
    done = held = answerable = 0
    with _shown(out, unit="question") as show:
        show(0, total, "asking")

        def advance(result: QuestionResult) -> None:
            nonlocal done, held, answerable
            done += 1
            answerable += result.is_answerable
            held += bool(result.gold_held)
            show(done, total, f"gold held {held}/{answerable}")

        yield advance


@contextmanager
def _shown(out: TextIO, *, unit: str) -> Iterator[_Show]:
    if not out.isatty():
        yield _lines(out)
        return
    from tqdm import tqdm

    # No thread that watches the bar: it would outlive the command.
    tqdm.monitor_interval = 0
    with tqdm(file=out, unit=unit, leave=False, dynamic_ncols=True) as bar:
        shown = {"at": 0.0}

        def show(done: int, total: int, text: str) -> None:
            bar.total = total
            bar.set_description_str(text, refresh=False)
            bar.update(done - bar.n)
            if time.monotonic() - shown["at"] >= _REFRESH_SECONDS:
                bar.refresh()  # one large file moves nothing else for minutes
                shown["at"] = time.monotonic()

        yield show


def _lines(out: TextIO, clock: Callable[[], float] = time.monotonic) -> _Show:
    """The first step and the last, and between them one every few seconds."""
    # The pace of the last minute: files that are unchanged are passed in no time.
    shown: deque[tuple[float, int]] = deque(maxlen=_PACE_LINES)

    def show(done: int, total: int, text: str) -> None:
        now = clock()
        if not shown or now - shown[-1][0] >= _LINE_SECONDS or done == total:
            pace = _pace(shown[0], (now, done), total) if shown else ""
            out.write(f"{done}/{total}{pace} {text}\n")
            out.flush()
            shown.append((now, done))

    return show


def _pace(before: tuple[float, int], now: tuple[float, int], total: int) -> str:
    """Rate and time left, once there is something to tell them from."""
    seconds, done = now[0] - before[0], now[1] - before[1]
    if done < 1 or seconds < _LINE_SECONDS or now[1] == total:
        return ""
    rate = done / seconds
    minutes, rest = divmod(round((total - now[1]) / rate), 60)
    return f", {rate:.1f} a second, {minutes}:{rest:02} left,"


def _short(name: str) -> str:
    name = safe_name(name)
    return name if len(name) <= _NAME_CHARS else f"...{name[3 - _NAME_CHARS :]}"
