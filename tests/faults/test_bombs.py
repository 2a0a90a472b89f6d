"""Bombs: each is refused before it can take much time or memory, and the next file is read."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rag.readers import IsolatedReader
from tests.faults.bombs import bombs, flate_bomb
from tests.faults.figures import Figure
from tests.faults.watch import PATIENT, read_watched

ROOT = Path(__file__).parent.parent.parent
MOST_SECONDS, MOST_MB = 5, 512
pytestmark = pytest.mark.skipif(os.name == "nt", reason="there, only the clock limits a reader")


def measure(folder: Path) -> dict[str, object]:
    """Read each bomb in a fresh process.

    Returns:
        ``bombs``, those that were ``wrong`` in any way, the most ``seconds`` of processor time,
        and the most memory ``peak_mb``.
    """
    count, wrong, seconds, peak = 0, {}, 0.0, 0
    good = folder / "good.txt"
    good.write_text("Some words.", encoding="utf-8")
    for bomb in bombs():
        file = folder / bomb.name
        file.write_bytes(bomb.data)
        reader = IsolatedReader(PATIENT)
        try:
            reader(good, "good.txt")
            outcome = read_watched(reader, file)
            after = reader(good, "good.txt").text
            if outcome.cpu_seconds > MOST_SECONDS:  # other work may slow it down, never speed it up
                again = read_watched(reader, file)
                outcome = min(outcome, again, key=lambda o: o.cpu_seconds)
        finally:
            reader.close()
        file.unlink()
        count, seconds = count + 1, max(seconds, outcome.cpu_seconds)
        peak = max(peak, outcome.peak_mb)
        refused = outcome.verdict == bomb.verdict and after == "Some words."
        if not refused or outcome.cpu_seconds > MOST_SECONDS or outcome.peak_mb > MOST_MB:
            wrong[bomb.name] = (outcome, bomb.verdict)
    return {"bombs": count, "wrong": wrong, "seconds": round(seconds, 1), "peak_mb": peak}


def measure_naive(folder: Path) -> int:
    """MB that a naive reader takes for one bomb (2,500 are allowed); MOST_MB + 1 when it dies."""
    file = folder / "bomb.pdf"
    file.write_bytes(flate_bomb(1_000_000_000))
    code = (
        "import os, resource, sys; from pathlib import Path\n"
        "from tests.faults.naive import naive_read; from tests.faults.watch import peak_mb\n"
        "resource.setrlimit(resource.RLIMIT_AS, (2_500_000_000,) * 2)\n"
        "naive_read(Path(sys.argv[1]), 'bomb.pdf'); print(peak_mb(os.getpid()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, file], capture_output=True, text=True, cwd=ROOT
    )
    # It either holds the whole of it, or dies of it and takes the program with it.
    return MOST_MB + 1 if done.returncode < 0 else int(done.stdout)


def refused_bombs(folder: Path) -> list[Figure]:
    """Each is refused within 5 s of processor time and 512 MB, and the next file is read."""
    started = time.monotonic()
    found = measure(folder)
    seconds = time.monotonic() - started
    wrong = found["wrong"]
    assert isinstance(wrong, dict)
    return [
        Figure(
            "bombs", int(str(found["bombs"])), len(wrong), seconds,
            f"at most {found['seconds']} s of processor time, {found['peak_mb']} MB",
            f"one PDF takes {measure_naive(folder)} MB",
            tuple(f"{name}: {got}" for name, got in wrong.items()),
        )
    ]  # fmt: skip


HARNESSES = (refused_bombs,)


@pytest.mark.timeout(1800)
def test_every_bomb_is_refused_in_time_and_in_little_memory(tmp_path) -> None:
    result = measure(tmp_path)
    print(
        f"bombs: {result['bombs']} refused; at most {result['seconds']} s of processor time,"
        f" {result['peak_mb']} MB"
    )
    assert result["wrong"] == {}
    assert result["bombs"] >= 40


def test_the_naive_way_fails_the_same_check(tmp_path) -> None:
    assert measure_naive(tmp_path) > MOST_MB
