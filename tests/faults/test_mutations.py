"""Damaged files by the thousand: none crashes its reader, leaks an exception or takes long."""

from __future__ import annotations

import os
import time
from collections import Counter
from pathlib import Path

import psutil
import pytest

from rag.config import Readers
from rag.readers import IsolatedReader
from rag.reasons import REASONS
from tests.conftest import SEEDS
from tests.faults.figures import Figure, size
from tests.faults.mutations import mutated
from tests.faults.naive import naive_read
from tests.faults.watch import Read, peak_mb, read_once

FILES = size(2_000, 10_000)
SEED = 20
MOST_SECONDS, MOST_MB, MOST_GROWTH_MB = 30, 2048, 50


def measure(folder: Path, read: Read, *, files: int = FILES, seed: int = SEED) -> dict[str, object]:
    """Read damaged files one after the other.

    Returns:
        ``files``, ``crashed`` readers, ``unclassified`` exceptions, ``seconds`` of the slowest,
        ``peak_mb`` of the reading process, ``growth_mb`` of this one, and ``verdicts`` counted.
    """
    verdicts: Counter[str] = Counter()
    slowest, peak = 0.0, 0
    before = psutil.Process().memory_info().rss
    for number, (format_, data) in enumerate(mutated(files, seed, SEEDS)):
        file = folder / f"m{number}.{format_}"
        file.write_bytes(data)
        outcome = read_once(read, file)
        file.unlink()
        verdicts[outcome.verdict] += 1
        slowest = max(slowest, outcome.seconds)
        if isinstance(read, IsolatedReader) and read.process_id:
            peak = max(peak, peak_mb(read.process_id))
    growth = (psutil.Process().memory_info().rss - before) // 10**6
    unclassified = sum(n for v, n in verdicts.items() if v not in {"indexed", *REASONS})
    return {
        "files": files, "crashed": verdicts["crashed"],
        "unclassified": unclassified + verdicts["unreadable"], "seconds": round(slowest, 1),
        "peak_mb": peak, "growth_mb": growth, "verdicts": dict(verdicts.most_common()),
    }  # fmt: skip


def damaged_files(folder: Path) -> list[Figure]:
    """Files damaged at random, read by the real readers and by naive ones."""
    started = time.monotonic()
    reader = IsolatedReader(Readers())
    try:
        found = measure(folder, reader)
    finally:
        reader.close()
    seconds = time.monotonic() - started
    slow = int(float(str(found["seconds"])) > MOST_SECONDS)
    naive = measure(folder, naive_read, files=300)
    note = (
        f"slowest {found['seconds']} s; reader at most {found['peak_mb']} MB; this process grew by"
        f" {found['growth_mb']} MB; {found['verdicts']}"
    )
    control = f"{naive['unclassified']} of 300 leak an exception"
    wrong = int(str(found["crashed"])) + int(str(found["unclassified"])) + slow
    return [Figure("files damaged at random", FILES, wrong, seconds, note, control)]


HARNESSES = (damaged_files,)


@pytest.mark.timeout(3600)
@pytest.mark.skipif(os.name == "nt", reason="there, only the clock limits a reader")
def test_no_damaged_file_crashes_hangs_or_leaks(tmp_path) -> None:
    reader = IsolatedReader(Readers())
    try:
        result = measure(tmp_path, reader)
    finally:
        reader.close()
    print(f"mutations: {result}")
    assert result["crashed"] == 0
    assert result["unclassified"] == 0
    assert result["seconds"] < MOST_SECONDS
    assert result["peak_mb"] < MOST_MB
    assert result["growth_mb"] < MOST_GROWTH_MB
    assert result["verdicts"]["indexed"] > FILES / 10, "most of the damage must be survivable"


def test_the_naive_way_fails_the_same_check(tmp_path) -> None:
    result = measure(tmp_path, naive_read, files=300)
    print(f"mutations, the naive way: {result}")
    assert result["unclassified"] > 30
