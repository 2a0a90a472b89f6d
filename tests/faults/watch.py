"""What reading a file cost: the verdict, the time, and the memory of the reading process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from rag.config import Readers
from rag.errors import ReadError
from rag.readers import IsolatedReader
from rag.types import Document

PATIENT = Readers(max_seconds=200)
"""For verdicts that must not depend on how busy the machine is."""
Read = Callable[[Path, str], Document]


@dataclass(frozen=True)
class Outcome:
    """One file read.

    Attributes:
        verdict: "indexed", a code of `rag.reasons`, or "leaked ..." with the exception's name.
        seconds: By the clock.
        cpu_seconds: Of the reading process; 0 when it was not watched.
        peak_mb: Of the reading process; 0 when it was not watched.
    """

    verdict: str
    seconds: float
    cpu_seconds: float = 0
    peak_mb: int = 0


def read_once(read: Read, file: Path) -> Outcome:
    """Read a file and say what became of it; nothing that a reader raises goes further."""
    started = time.perf_counter()
    try:
        read(file, file.name)
        verdict = "indexed"
    except ReadError as exc:
        verdict = str(exc.code)
    except Exception as exc:  # noqa: BLE001 - a reader that leaks is what is looked for
        verdict = f"leaked {type(exc).__name__}"
    return Outcome(verdict, time.perf_counter() - started)


def read_watched(reader: IsolatedReader, file: Path) -> Outcome:
    """As `read_once`, with an eye on the process that reads; it must have been started."""
    watcher = _Watcher(reader.process_id or 0)
    watcher.start()
    outcome = read_once(reader, file)
    watcher.done.set()
    watcher.join()
    return Outcome(outcome.verdict, outcome.seconds, watcher.cpu_seconds, watcher.peak_mb)


def peak_mb(pid: int) -> int:
    """Most memory that a process has held; 0 once it has gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(x.split()[1]) // 1000 for x in lines if x.startswith("VmHWM:")), 0)


class _Watcher(threading.Thread):
    """Looks every few milliseconds, since a process that is ended tells nothing afterwards."""

    def __init__(self, pid: int) -> None:
        super().__init__()
        self.done = threading.Event()
        self.cpu_seconds, self.peak_mb = 0.0, 0
        self._process = psutil.Process(pid)
        self._before = sum(self._process.cpu_times()[:2])

    def run(self) -> None:
        while True:
            last = self.done.is_set()
            self.peak_mb = max(self.peak_mb, peak_mb(self._process.pid))
            try:
                spent = sum(self._process.cpu_times()[:2]) - self._before
            except psutil.NoSuchProcess:
                return
            self.cpu_seconds = max(self.cpu_seconds, spent)
            if last:
                return
            self.done.wait(0.005)
